"""A folder of evidence, read file by file and put in order by instance."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from inventory.facts.host import AgentLog, Reading
from inventory.host.evidence import console, runbook, ssm_cli, toolkit_linux, toolkit_windows
from inventory.host.evidence.folder import pieces
from inventory.host.evidence.found import EvidenceFound, Problem
from inventory.host.evidence.limits import UNREADABLE, said
from inventory.host.evidence.ownership import Known, owner
from inventory.host.evidence.piece import Piece, stamp
from inventory.host.evidence.recognition import Kind
from inventory.host.evidence.survey import Item, Survey, told_instances
from inventory.host.evidence.text import text_of
from inventory.host.logs import read_agent_log

_READ: Final[dict[Kind, Callable[..., Reading]]] = {
    Kind.SSM_CLI: ssm_cli.ssm_cli_reading,
    Kind.TOOLKIT_LINUX: toolkit_linux.toolkit_linux_reading,
    Kind.TOOLKIT_WINDOWS: toolkit_windows.toolkit_windows_reading,
    Kind.RUNBOOK: runbook.runbook_reading,
}
#: The strongest source first (``Reading``).
_STRENGTH: Final = (
    ssm_cli.SOURCE,
    toolkit_linux.SOURCE,
    toolkit_windows.SOURCE,
    runbook.SOURCE,
)


def read_evidence(folder: Path, known: Known) -> EvidenceFound:
    """All that the files below a folder tell of the instances that are known.

    ``known`` maps an instance's id to its account id and Region. Never raises on content: a file
    that cannot be read, tied to an instance or understood is a Problem that names it. Nothing is
    written, and no more of a file is held in memory than a tool's output has.
    """
    gathering = _Gathering(Survey(pieces(folder)), known)
    gathering.take_all()
    return gathering.result()


class _Gathering:
    """What the files of a survey said so far, by the instances they belong to."""

    def __init__(self, survey: Survey, known: Known) -> None:
        self._survey = survey
        self._known = known
        self._readings: list[Reading] = []
        self._consoles: dict[str, list[AgentLog]] = {}
        self._logs: dict[str, list[Piece]] = {}
        self._problems = list(survey.problems)

    def take_all(self) -> None:
        """Read every file that tells something."""
        for item in self._survey.items:
            try:
                text = "" if item.kind is Kind.LOG else text_of(item.piece.content())
            except UNREADABLE as error:
                self._problems.append(Problem(item.piece.name, f"cannot be read: {said(error)}"))
            else:
                self._take(item, text)

    def result(self) -> EvidenceFound:
        """Everything in order: see EvidenceFound."""
        logs = tuple(self._log(one) for one in sorted({*self._logs, *self._consoles}))
        self._problems += [
            Problem(log.origin, one, log.instance_id) for log in logs for one in log.problems
        ]
        readings = sorted(self._readings, key=lambda one: (one.taken_at, one.origin), reverse=True)
        readings.sort(key=lambda one: (one.instance_id, _STRENGTH.index(one.source)))
        return EvidenceFound(tuple(readings), logs, tuple(sorted(set(self._problems))))

    def _take(self, item: Item, text: str) -> None:
        """One file: to whom it belongs, and what it says."""
        kind, piece = item.kind, item.piece
        told = item.named if kind is Kind.LOG else told_instances(kind, text)
        instance_id = owner(piece, self._survey.ids_of(item, told), self._known)
        if isinstance(instance_id, Problem):
            self._problems.append(instance_id)
        elif kind is Kind.LOG:
            self._logs.setdefault(instance_id, []).append(piece)
        elif kind is Kind.CONSOLE:
            log = console.console_log(instance_id, text, origin=piece.name)
            self._consoles.setdefault(instance_id, []).append(log)
        else:
            when = stamp(self._survey.collected(piece) or piece.modified)
            reading = _READ[kind](instance_id, text, origin=piece.name, taken_at=when)
            self._readings.append(reading)
            self._problems += [Problem(piece.name, one, instance_id) for one in reading.problems]

    def _log(self, instance_id: str) -> AgentLog:
        """The one log of an instance: its files, and what its consoles add."""
        consoles = self._consoles.get(instance_id, [])
        files = self._logs.get(instance_id)
        if files is None:
            first, *more = consoles
            return _joined(first, more)
        return _joined(self._read_log(instance_id, files), consoles)

    def _read_log(self, instance_id: str, files: list[Piece]) -> AgentLog:
        times = [when for one in files if (when := self._survey.collected(one)) is not None]
        latest = max(times, default=None)
        with contextlib.ExitStack() as stack:
            streams = []
            for piece in files:
                try:
                    streams.append((piece.base, stack.enter_context(piece.opener())))
                except UNREADABLE as error:
                    what = f"cannot be read: {said(error)}"
                    self._problems.append(Problem(piece.name, what, instance_id))
            return read_agent_log(
                instance_id,
                streams,
                origin=", ".join(dict.fromkeys(piece.unit for piece in files)),
                collected_at=latest,
                utc_offset=None if latest is None else _offset(latest),
            )


def _offset(when: datetime) -> timedelta | None:
    """How far the machine's own time is ahead of UTC. Who wrote ``Z`` did not say."""
    return None if when.tzinfo is UTC else when.utcoffset()


def _joined(log: AgentLog, consoles: list[AgentLog]) -> AgentLog:
    """A log with the signatures that only consoles show."""
    seen = {hit.signature for hit in log.hits}
    added = [hit for console in consoles for hit in console.hits if hit.signature not in seen]
    return msgspec.structs.replace(
        log,
        files=(*log.files, *(name for console in consoles for name in console.files)),
        hits=(*log.hits, *added),
        problems=(*log.problems, *(one for console in consoles for one in console.problems)),
    )
