"""Collecting: every call of the plan, for every account and Region, into one snapshot.

A Region is first asked for its instances. One that holds none has nothing to be judged, so its
other calls are not made and are recorded as not asked: empty Regions cost one call each. Where
another account of the run has instances in that Region, they may depend on what is here, so the
network calls are made (``regions_in_use``). Where DescribeInstances itself is refused, all other
calls are made.

The calls are made from this process by default, or by the workers of an engine (``executor``),
which changes who asks but not what is asked or kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from botocore.config import Config

from inventory.collect.accounts import OpenAccount, reject_twins
from inventory.collect.clients import Clients
from inventory.collect.collection import FEWEST_WORKERS, Collection, workers_for
from inventory.collect.deep import MANIFEST_NOTE
from inventory.collect.elsewhere import NOWHERE, Elsewhere
from inventory.collect.executor.engine import Executor
from inventory.collect.executor.spread import Spread
from inventory.collect.kept import RESUMED_NOTE, Kept
from inventory.collect.left_out import note_listers, note_unopened
from inventory.collect.node_calls import DEEP_CALLS
from inventory.collect.policy_cache import PolicyCache
from inventory.collect.progress import Progress
from inventory.collect.regions import choose_all_regions
from inventory.collect.settings import CLIENT_CONFIG
from inventory.collect.tool import TOOL
from inventory.collect.unopened import UnopenedAccount
from inventory.collect.wanted import wanted_calls
from inventory.snapshot import Manifest, SnapshotWriter


def collect(
    accounts: Sequence[OpenAccount],
    writer: SnapshotWriter,
    *,
    regions: Sequence[str] = (),
    now: datetime,
    progress: Callable[[Progress], None] | None = None,
    workers: int | None = None,
    parameters: Mapping[str, str] | None = None,
    config: Config = CLIENT_CONFIG,
    instances: Sequence[str] = (),
    policy_cache: PolicyCache | None = None,
    deep: bool = False,
    unopened: Sequence[UnopenedAccount] = (),
    listers: Sequence[OpenAccount] = (),
    elsewhere: Elsewhere = NOWHERE,
    executor: Executor | None = None,
    actions: AbstractSet[str] | None = None,
    kept: Kept | None = None,
) -> Manifest:
    """Read the accounts into the writer's snapshot and close it.

    ``regions`` are names or globs that override the accounts' own; ``now`` becomes the snapshot's
    time; ``parameters`` are noted in the manifest. ``progress`` is called from this thread only.
    ``workers`` is how many requests may wait for an answer at once; default: by the Regions.
    ``instances`` are ids whose profiles' roles are read, where given; everything else is read of
    all instances. ``policy_cache`` saves calls for versions of policies that an earlier run read.
    ``deep``: ask also what costs a request an instance; the manifest then says what is kept of it.
    ``unopened`` are accounts of the run of which nothing is read. ``listers`` are no accounts of
    the run: they are asked for the policies of their organizations only. ``elsewhere``: what is
    known of accounts that other processes read for the same run. ``executor``: an engine whose
    workers ask in place of this process, with their own ``workers``, ``config`` and cache.
    ``actions`` are the IAM actions that the run is about, ``ec2:DescribeVpcs``: all other calls are
    left out, but for DescribeInstances and those that lead to them; default: every call is made.
    ``kept`` is what an interrupted run has read: the rest is asked, by this process, and its
    beginning becomes the snapshot's time.
    What AWS refuses becomes coverage, also to an account whose credentials run out on the way
    while others have theirs. Raises AccountError for a Region that does not exist, one account
    given twice, and the last credentials that run out, and ExecutorError where no worker could
    read anything; the folder then has no manifest.
    """
    reject_twins(accounts)
    resumed = kept or Kept(now)
    writer.begin(tool=TOOL, collected_at=resumed.collected_at)
    wanted = wanted_calls(actions)
    clients = Clients(config)
    with ThreadPoolExecutor(workers or FEWEST_WORKERS) as pool:
        choices = choose_all_regions(accounts, clients, regions, pool)
    note_unopened(writer, unopened)
    note_listers(writer, listers, unopened)
    goes_deep = deep and not wanted.isdisjoint(DEEP_CALLS)
    callers = {one.account_id: one.caller_arn for one in (*listers, *accounts)}
    if executor is None:
        asking = workers or workers_for(sum(len(choice.names) for choice in choices))
        with Collection(
            clients,
            writer,
            progress,
            asking,
            listers,
            deep=deep,
            elsewhere=elsewhere,
            wanted=wanted,
            kept=resumed,
        ) as collection:
            collection.run(accounts, choices, instances, policy_cache or PolicyCache(None))
    else:
        spread = Spread(executor, clients, writer, progress, listers)
        callers |= spread.run(accounts, choices, instances, deep=deep, actions=actions)
    return writer.close(
        tool=TOOL,
        collected_at=resumed.collected_at,
        callers=callers,
        accounts={
            account.account_id: choice.names
            for account, choice in zip(accounts, choices, strict=True)
        },
        parameters={
            **(parameters or {}),
            **(MANIFEST_NOTE if goes_deep else {}),
            **(RESUMED_NOTE if kept else {}),
        },
    )
