"""What an interrupted run has read: a run that takes it up asks AWS for the rest only.

The snapshot of both is one: its time is when the first of them began. That is why an interrupted
run can be taken up for an hour only: an instance that is unknown to Systems Manager for longer is
a failure (D13), so answers that lie further apart would make failures of what merely changed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from inventory.answer_file import parsed
from inventory.collect.call import Call, Request
from inventory.collect.notes import RESUMED
from inventory.collect.refusal import Refusal
from inventory.collect.regions_in_use import Place
from inventory.collect.replies import Followed, Outcome, Reply, request_key
from inventory.errors import SnapshotError
from inventory.facts import Coverage, Status, moment
from inventory.journal import JOURNAL, read_journal
from inventory.snapshot import MANIFEST, answer_files, read_manifest

RESUMABLE_FOR: Final = timedelta(hours=1)
RESUMED_NOTE: Final = {RESUMED: "part of it was read by an interrupted run"}
#: Where a run's folder has its snapshot.
_SNAPSHOT: Final = "snapshot"
_GAPS: Final = (Status.DENIED, Status.FAILED)


class Kept:
    """Whole answers by place and call. An answer that is not as it was noted is not kept.

    May be asked from any thread.
    """

    def __init__(
        self,
        collected_at: datetime,
        lines: Iterable[Coverage] = (),
        files: Mapping[tuple[str, str, str], Path] | None = None,
    ) -> None:
        self.collected_at = collected_at
        self._files = dict(files or {})
        self._entries: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._lines: defaultdict[tuple[str, str, str], list[Coverage]] = defaultdict(list)
        for line in lines:
            self._lines[line.account, line.region, line.call].append(line)

    @classmethod
    def of(cls, folder: Path) -> Kept:
        """Open the folder of a run, or its snapshot, finished or not. Raises SnapshotError."""
        within = folder / _SNAPSHOT
        folder = within if within.is_dir() else folder
        files = answer_files(folder)
        journal = read_journal(folder)
        manifest = read_manifest(folder)
        if manifest is not None:
            told, lines = manifest.collected_at, manifest.calls
        elif journal is not None:
            told, lines = journal[0].collected_at, journal[1]
        else:
            raise SnapshotError(folder, f"holds neither {JOURNAL} nor {MANIFEST}: no run began it")
        collected_at = moment(told)
        if collected_at is None:
            raise SnapshotError(folder, f"collected_at: {told!r} is not a time")
        return cls(collected_at, lines, files)

    @property
    def accounts(self) -> frozenset[str]:
        """The ids of the accounts that anything is known of."""
        return frozenset(account for account, _, _ in self._lines)

    def at(self, place: Place) -> KeptAt:
        """What is known of one account and Region."""
        return KeptAt(self, place)

    def outcome(self, place: Place, call: Call) -> Outcome | None:
        """What a call came to that asks for all there is, if nothing of it is missing."""
        lines = self._of(place, call)
        if not lines or any(one.status in _GAPS for one in lines):
            return None
        refusals = tuple(
            Refusal(one.status, one.code, one.detail)
            for one in lines
            if one.status is not Status.COLLECTED
        )
        answer = self._answer(place, call, lines)
        if answer is not None:
            return Outcome(answer, refusals, is_kept=True)
        is_absent = any(one.status is Status.ABSENT for one in lines)
        return Outcome(None, refusals, is_kept=True) if is_absent else None

    def reply(self, place: Place, call: Call, request: Request) -> Reply | None:
        """What one request came to if it was answered, were it that there is no such thing."""
        entry = self._entries_of(place, call).get(request_key(request))
        reply = None if entry is None else _reply(request, entry, call)
        return reply if reply is not None and reply.is_known else None

    def _entries_of(self, place: Place, call: Call) -> Mapping[str, Any]:
        """The entries of a file by their requests; read once, they are looked up one by one."""
        key = (*place, call.operation)
        if key not in self._entries:
            answer = self._answer(place, call, self._of(place, call))
            listed = answer if isinstance(answer, list) else []
            self._entries[key] = {
                request_key(one["request"]): one
                for one in listed
                if {"request", "response"} <= one.keys() or {"request", "error"} <= one.keys()
            }
        return self._entries[key]

    def _of(self, place: Place, call: Call) -> list[Coverage]:
        return self._lines.get((*place, call.action), [])

    def _answer(self, place: Place, call: Call, lines: Iterable[Coverage]) -> Any | None:
        """The file's content, if the file is the one that was noted."""
        path = self._files.get((*place, call.operation))
        expected = {one.sha256 for one in lines if one.status is Status.COLLECTED}
        if path is None or hashlib.sha256(path.read_bytes()).hexdigest() not in expected:
            return None
        return parsed(path)


#: Of a run that takes up none.
NOTHING_KEPT: Final = Kept(datetime.min.replace(tzinfo=UTC))


class KeptAt:
    """What is known of one account and Region."""

    def __init__(self, kept: Kept, place: Place) -> None:
        self._kept = kept
        self._place = place

    def outcome(self, call: Call) -> Outcome | None:
        """As ``Kept.outcome``."""
        return self._kept.outcome(self._place, call)

    def reply(self, call: Call, request: Request) -> Reply | None:
        """As ``Kept.reply``."""
        return self._kept.reply(self._place, call, request)

    def carry_out(
        self,
        call: Call,
        requests: Sequence[Request],
        ask: Callable[[Sequence[Request]], Outcome],
    ) -> Outcome:
        """What the call comes to; ``ask`` is called for what is missing, if anything is."""
        if not requests:
            return self.outcome(call) or ask(())
        replies = [self.reply(call, one) for one in requests]
        missing = [one for one, reply in zip(requests, replies, strict=True) if reply is None]
        known = Followed(tuple(one for one in replies if one is not None))
        if not known.replies:
            return ask(requests)
        if not missing:
            return known.outcome
        asked = ask(missing)
        entries = [one.entry for one in known.replies] + (asked.answer or [])
        ordered = sorted(entries, key=lambda one: request_key(one["request"]))
        return Outcome(ordered, asked.refusals, is_kept=True)


def _reply(request: Request, entry: Mapping[str, Any], call: Call) -> Reply:
    if "error" not in entry:
        return Reply(request, entry["response"], is_kept=True)
    code = str(entry["error"].get("Code", ""))
    status = Status.ABSENT if code in call.absent else Status.FAILED
    refusal = Refusal(status, code, str(entry["error"].get("Message", "")))
    return Reply(request, refusal=refusal, is_kept=True)
