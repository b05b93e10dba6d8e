"""The lines of coverage for a share that no worker could read: nothing of it is lost silently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from inventory.collect.call import Call, Scope
from inventory.collect.executor.engine import NotDone
from inventory.collect.node_calls import NODE_CALLS
from inventory.collect.plan import FIRST_CALL, FURTHER_CALLS, ORGANIZATION_CALLS, PLAN
from inventory.collect.recording import refuse
from inventory.collect.refusal import Refusal
from inventory.collect.region_agenda import NO_INSTANCES
from inventory.collect.wanted import NOT_WANTED, wanted_calls
from inventory.facts import Status
from inventory.snapshot import GLOBAL, SnapshotWriter

_OF_ACCOUNT: Final = tuple(
    call for call in PLAN if call.scope is Scope.ACCOUNT and call not in ORGANIZATION_CALLS
)
_OF_HUB: Final = tuple(call for call in FURTHER_CALLS if call not in NODE_CALLS)


def note_not_done(writer: SnapshotWriter, end: NotDone) -> None:
    """Every call that the share was about failed, for the engine's reason."""
    account = end.share.account_id
    for region in end.share.regions:
        if end.share.as_hub:
            _refuse_each(writer, account, region, NODE_CALLS, NO_INSTANCES)
            _fail_each(writer, end, region, _OF_HUB)
        else:
            _fail_each(writer, end, region, (FIRST_CALL, *FURTHER_CALLS))
    if not end.share.as_hub:
        _fail_each(writer, end, GLOBAL, _OF_ACCOUNT)


def note_empty(writer: SnapshotWriter, account: str, region: str) -> None:
    """The Region holds no instance, and none of another account depends on it."""
    _refuse_each(writer, account, region, FURTHER_CALLS, NO_INSTANCES)


def _fail_each(writer: SnapshotWriter, end: NotDone, region: str, calls: Sequence[Call]) -> None:
    account, wanted = end.share.account_id, wanted_calls(end.share.actions)
    why = Refusal(Status.FAILED, end.code, end.detail)
    _refuse_each(writer, account, region, [one for one in calls if one in wanted], why)
    _refuse_each(writer, account, region, [one for one in calls if one not in wanted], NOT_WANTED)


def _refuse_each(
    writer: SnapshotWriter, account: str, region: str, calls: Iterable[Call], why: Refusal
) -> None:
    for call in calls:
        refuse(writer, account, region, call.operation, why)
