"""What a snapshot knows of machines from within: readings, logs, who could not be reached.

``host.Readings``, ``host.Logs`` and ``host.Unreached`` of a Region are lists whose entries have an
``instance_id``. ``host.Problems`` of an account's ``global`` folder lists the files of people's
evidence that could not be used, ``{"file": …, "problem": …}``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from inventory.facts import Node, Unread
from inventory.facts.coverage import Coverage, Status
from inventory.facts.host import AgentLog, HostFacts, Reading, Unreached
from inventory.reader import Reader
from inventory.snapshot import GLOBAL, Snapshot

READINGS: Final = "host.Readings"
LOGS: Final = "host.Logs"
UNREACHED: Final = "host.Unreached"
PROBLEMS: Final = "host.Problems"
#: What stands in the coverage for a file that people handed in and nobody could use.
EVIDENCE_CALL: Final = "host:Evidence"
#: A live look outweighs the agent's own tool, that the scripts, and those the runbook.
_STRONGEST_FIRST: Final = ("probe", "ssm-cli", "toolkit-linux", "toolkit-windows", "runbook")

Entry = TypeVar("Entry", bound=msgspec.Struct)


class EvidenceProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A file of people's evidence that could not be used, and why."""

    file: str
    problem: str


def load_host_facts(read: Reader) -> Mapping[str, HostFacts]:
    """Instance id → what is known of it from within. Raises SnapshotError."""
    readings: dict[str, list[Reading]] = {}
    for reading in _entries(read, READINGS, Reading):
        readings.setdefault(reading.instance_id, []).append(reading)
    logs = {log.instance_id: log for log in _entries(read, LOGS, AgentLog)}
    gaps = {one.instance_id: one.gap for one in _entries(read, UNREACHED, Unreached)}
    return {
        name: HostFacts(strongest_first(readings.get(name, ())), logs.get(name), gaps.get(name))
        for name in (readings | logs | gaps)
    }


def load_evidence_problems(snapshot: Snapshot) -> tuple[Coverage, ...]:
    """A line of coverage for each file that could not be used. Raises SnapshotError."""
    return tuple(
        Coverage(
            account=account,
            region=GLOBAL,
            call=EVIDENCE_CALL,
            status=Status.FAILED,
            code=one.file,
            detail=one.problem,
        )
        for account in snapshot.accounts
        for one in _entries(Reader(snapshot, account, GLOBAL), PROBLEMS, EvidenceProblem)
    )


def host_answers(
    nodes: Iterable[Node], snapshot: Snapshot
) -> Mapping[tuple[str, str, str], list[Any]]:
    """What ``load_host_facts`` reads, written out again: (account, Region, name) → entries.

    An answer without entries is there only where the snapshot has one that it takes the place of.
    """
    answers: dict[tuple[str, str, str], list[msgspec.Struct]] = defaultdict(list)
    for node in nodes:
        host = node.host or HostFacts()
        account, region, name = node.key
        logs = () if host.log is None else (host.log,)
        gaps = () if host.unreached is None else (_unreached(name, host.unreached),)
        answers[account, region, READINGS] += host.readings
        answers[account, region, LOGS] += logs
        answers[account, region, UNREACHED] += gaps
    return {
        key: msgspec.to_builtins(entries)
        for key, entries in answers.items()
        if entries or not isinstance(snapshot.read(*key), Unread)
    }


def _unreached(name: str, gap: Unread) -> Unreached:
    way = gap.call.partition(":")[2]
    return Unreached(instance_id=name, way=way, code=gap.code, detail=gap.detail)


def strongest_first(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """In the order in which sources are believed, of equal ones as they come.

    What this version does not know comes last.
    """
    return tuple(sorted(readings, key=_rank))


def _rank(reading: Reading) -> int:
    known = reading.source in _STRONGEST_FIRST
    return _STRONGEST_FIRST.index(reading.source) if known else len(_STRONGEST_FIRST)


def _entries(read: Reader, operation: str, kind: type[Entry]) -> tuple[Entry, ...]:
    answer: Any = read.answer(operation)
    if isinstance(answer, Unread):
        return ()
    with read.place(operation):
        return tuple(msgspec.convert(answer, list[kind]))  # type: ignore[valid-type]
