"""The first look at a folder: what each file is, and what files say for those beside them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timezone
from typing import Final

from inventory.host.evidence import console, runbook, ssm_cli, toolkit_windows
from inventory.host.evidence.found import Problem
from inventory.host.evidence.limits import MOST_UNKNOWN
from inventory.host.evidence.ownership import named_alone, named_in_log, named_in_path
from inventory.host.evidence.piece import Piece
from inventory.host.evidence.recognition import Kind, kind_of
from inventory.host.evidence.text import text_of

#: Which instances a file says it is about. The Linux toolkit's output names none.
_TOLD: Final[dict[Kind, Callable[[str], frozenset[str]]]] = {
    Kind.SSM_CLI: ssm_cli.told_instance,
    Kind.TOOLKIT_WINDOWS: toolkit_windows.told_instance,
    Kind.RUNBOOK: runbook.told_instance,
    Kind.CONSOLE: console.told_instance,
    Kind.LOG: named_in_log,
    Kind.INSTANCE_ID: named_alone,
}
_ROOT: Final = "."


def told_instances(kind: Kind, text: str) -> frozenset[str]:
    """The instance ids that a file of that kind is about by what stands in it."""
    told = _TOLD.get(kind)
    return frozenset() if told is None else told(text)


@dataclasses.dataclass(frozen=True)
class Item:
    """A file that tells something; of its head only the ids in it are kept."""

    kind: Kind
    piece: Piece
    named: frozenset[str]


class Survey:
    """The files of a folder that tell something, in its order, and the problems met so far.

    No more of a file is held than its name: a folder may be full of large ones.
    """

    def __init__(self, found: Iterable[Piece | Problem]) -> None:
        self.items: list[Item] = []
        self.problems: list[Problem] = []
        self._ids: dict[str, set[str]] = {}
        self._times: dict[str, datetime] = {}
        self._units: dict[str, bool] = {}
        self._unknown: list[str] = []
        for one in found:
            if isinstance(one, Problem):
                self.problems.append(one)
            else:
                self._look_at(one)
        self.problems += self._of_no_use()

    def ids_of(self, item: Item, told: frozenset[str]) -> frozenset[str]:
        """The ids a file is about: its own, else those of the machine that it comes from.

        What lies in one archive or on one volume comes from one machine; so do logs beside each
        other in a folder of their own. Files that somebody only put side by side do not.
        """
        piece, is_log = item.piece, item.kind is Kind.LOG
        if named_in_path(piece):
            # A log may still name the machine that its image was made on.
            return frozenset() if is_log else told
        if piece.picked and (not is_log or piece.unit == _ROOT):
            return told
        beside = frozenset(self._ids.get(piece.unit, ()))
        return beside if is_log and not piece.picked else told or beside

    def collected(self, piece: Piece) -> datetime | None:
        """When the files were taken, as a note beside or above them says."""
        unit = piece.unit
        while unit not in self._times and "/" in unit:
            unit = unit.rpartition("/")[0]
        return self._times.get(unit)

    def _look_at(self, piece: Piece) -> None:
        kind = kind_of(piece)
        if not piece.picked:
            self._units[piece.unit] = self._units.get(piece.unit, False) or kind is not None
        if kind is None:
            if piece.picked:
                self._unknown.append(piece.name)
            return
        text = text_of(piece.head)
        named = told_instances(kind, text)
        self._ids.setdefault(piece.unit, set()).update(named)
        if kind is Kind.COLLECTED_AT:
            self._note_time(piece, text)
        elif kind is not Kind.INSTANCE_ID:
            self.items.append(Item(kind, dataclasses.replace(piece, head=b""), named))

    def _note_time(self, piece: Piece, text: str) -> None:
        when = _time_in(text)
        if when is None:
            self.problems.append(Problem(piece.name, "is no time such as 2026-11-01T08:15:02Z"))
        else:
            self._times[piece.unit] = when

    def _of_no_use(self) -> list[Problem]:
        """Archives and files that say nothing; of many files the first, and how many more."""
        what = "is nothing that this reads"
        told = [Problem(name, what) for name in self._unknown[:MOST_UNKNOWN]]
        if len(self._unknown) > MOST_UNKNOWN:
            more = len(self._unknown) - MOST_UNKNOWN
            told.append(Problem(_ROOT, f"{more:,} more files are nothing that this reads"))
        empty = [unit for unit, is_useful in self._units.items() if not is_useful]
        return told + [Problem(unit, "holds nothing that this reads") for unit in empty]


def _time_in(text: str) -> datetime | None:
    """ISO 8601 with its zone, as ``date +%FT%T%z`` prints it; ``None`` for anything else.

    Its zone is UTC itself only where the text ends in ``Z``: whoever wrote that did not tell what
    the machine's own time is.
    """
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    offset = when.utcoffset()
    if offset is None:
        return None
    is_local = not text.strip().endswith(("Z", "z"))
    return when.replace(tzinfo=timezone(offset, "local") if is_local else UTC)
