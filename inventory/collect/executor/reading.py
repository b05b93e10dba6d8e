"""What a worker does: sign in, read its share of the run, and give the part as bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import botocore.session
from botocore.loaders import Loader

from inventory.collect.access_errors import access_error
from inventory.collect.accounts import OpenAccount, open_account
from inventory.collect.clients import Clients
from inventory.collect.collection import Collection, workers_for
from inventory.collect.credential_sources import CredentialSources
from inventory.collect.elsewhere import Elsewhere
from inventory.collect.executor.hubs import read_hubs
from inventory.collect.executor.part import packed
from inventory.collect.executor.share import Share, decoded
from inventory.collect.policy_cache import PolicyCache
from inventory.collect.recording import record
from inventory.collect.refusal import AWS_ERRORS
from inventory.collect.regions import RegionChoice
from inventory.collect.settings import CLIENT_CONFIG
from inventory.collect.tool import TOOL
from inventory.collect.wanted import wanted_calls
from inventory.errors import ExecutorError
from inventory.snapshot import Manifest, SnapshotWriter

#: Its policies, and whether any account has credentials left, are settled by who sent the share.
_ONE_OF_MANY: Final = Elsewhere(settles_organizations=True, has_accounts=True)

OpenShare = Callable[[Share], OpenAccount]


@cache
def models() -> Loader:
    """AWS's models, which take a worker longer to read than most shares: read by its first."""
    loader: Loader = botocore.session.Session().get_component("data_loader")
    return loader


def open_by_name(share: Share) -> OpenAccount:
    """Sign in with this machine's own credentials; no other account than the share's will do.

    They are looked up for each share: a worker may outlive what it found before.
    """
    spec = dataclasses.replace(share.account, account_id=share.account_id)
    return open_account(spec, sources=CredentialSources(models()))


def read_share(content: bytes, opened: OpenShare = open_by_name) -> bytes:
    """Read an encoded share and give the packed part.

    What AWS refuses is coverage in the part. Raises AccountError where the account cannot be
    opened from here, and ExecutorError where this machine runs another version.
    """
    share = decoded(content)
    if share.tool != TOOL:
        raise ExecutorError(f"a worker runs {TOOL}, the run {share.tool}: install the same there")
    account = opened(share)
    clients = Clients(CLIENT_CONFIG)
    with TemporaryDirectory(prefix="ssm-rollcall-") as scratch:
        writer = SnapshotWriter(Path(scratch))
        if share.as_hub:
            _read_as_hub(share, account, clients, writer)
        else:
            _read_whole(share, account, clients, writer)
        manifest = _closed(writer, share, account)
        return packed(writer.folder, manifest, clients.throttles)


def _read_whole(
    share: Share, account: OpenAccount, clients: Clients, writer: SnapshotWriter
) -> None:
    asking = workers_for(len(share.regions))
    with Collection(
        clients,
        writer,
        None,
        asking,
        (),
        deep=share.deep,
        elsewhere=_ONE_OF_MANY,
        wanted=wanted_calls(share.actions),
    ) as collection:
        choice = RegionChoice(share.regions)
        collection.run([account], [choice], share.instances, PolicyCache.of_user())


def _read_as_hub(
    share: Share, account: OpenAccount, clients: Clients, writer: SnapshotWriter
) -> None:
    try:
        told = read_hubs(clients, account, share.regions, wanted_calls(share.actions))
    except AWS_ERRORS as error:
        raise access_error(share.account, error) from error
    for region, outcomes in zip(share.regions, told, strict=True):
        for call, outcome in outcomes:
            record(writer, account.account_id, region, call.operation, outcome)


def _closed(writer: SnapshotWriter, share: Share, account: OpenAccount) -> Manifest:
    """The part's own manifest; the run's says when and with which options it was taken."""
    return writer.close(
        tool=TOOL,
        collected_at=datetime.now(UTC),
        callers={account.account_id: account.caller_arn},
        accounts={account.account_id: share.regions},
        parameters={},
    )
