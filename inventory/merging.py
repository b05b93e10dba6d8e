"""Parts into one: snapshots that several processes took of one fleet, as if one had taken it.

A part holds whole accounts and Regions, which no other part has. What parts may share is what was
asked about the organization around their accounts: each tells of its own accounts' way to the root,
and together they tell of all.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from inventory.answer_file import parsed
from inventory.errors import SnapshotError
from inventory.facts import SIGN_IN_CALL, moment
from inventory.facts.coverage import Coverage, Status
from inventory.snapshot import MANIFEST, Manifest, Snapshot, SnapshotWriter

_ORGANIZATION: Final = "organizations:"

_Key = tuple[str, str, str]


def parts_of(folder: Path) -> tuple[Path, ...]:
    """The parts that lie in the folder, by name; none where it is a snapshot itself.

    Raises SnapshotError for a part without a manifest: it was not finished.
    """
    if (folder / MANIFEST).exists() or not folder.is_dir():
        return ()
    inner = sorted(
        path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
    )
    unfinished = [path for path in inner if not (path / MANIFEST).exists()]
    if len(unfinished) == len(inner):
        return ()
    for path in unfinished:
        raise SnapshotError(path, f"is among parts but has no {MANIFEST}: it was not finished")
    return tuple(inner)


def merge_parts(folders: Sequence[Path], writer: SnapshotWriter) -> Manifest:
    """Write the parts as one snapshot and close it; its time is when the first was begun.

    Raises SnapshotError for a part that is altered or broken, for an account and Region that two
    parts tell of, and for parts of other versions or taken with other options.
    """
    # Of several answers about an organization the newest stands, so it comes first.
    parts = sorted(map(_part, folders), key=lambda one: one.manifest.collected_at, reverse=True)
    _check_alike(parts)
    _check_apart(parts)
    shared: dict[_Key, list[_Told]] = defaultdict(list)
    for part in parts:
        for line in part.manifest.calls:
            told = _Told(part, line)
            if _may_be_shared(line):
                shared[line.account, line.region, line.call].append(told)
            else:
                told.hand_to(writer)
    read = {account for part in parts for account in part.manifest.accounts}
    for key in sorted(shared):
        _write_shared(writer, shared[key], is_read=key[0] in read)
    first = parts[-1].manifest
    return writer.close(
        tool=first.tool,
        collected_at=_time_of(parts[-1]),
        callers={name: arn for part in parts for name, arn in part.manifest.callers.items()},
        accounts=_accounts(parts),
        parameters=first.parameters,
    )


class _Part(NamedTuple):
    folder: Path
    manifest: Manifest


class _Told(NamedTuple):
    """A line of a part's coverage, and the file that it names."""

    part: _Part
    line: Coverage

    @property
    def path(self) -> Path:
        return self.part.folder / self.line.file

    def hand_to(self, writer: SnapshotWriter) -> None:
        writer.adopt(self.line, self.path.read_bytes() if self.line.file else None)


def _part(folder: Path) -> _Part:
    """The part, with every file's hash checked."""
    manifest = Snapshot.open(folder).manifest
    if manifest is None:
        raise SnapshotError(folder, f"has no {MANIFEST}: only finished parts can be merged")
    return _Part(folder, manifest)


def _time_of(part: _Part) -> datetime:
    found = moment(part.manifest.collected_at)
    if found is None:
        raise SnapshotError(
            part.folder / MANIFEST, f"collected_at: {part.manifest.collected_at!r} is not a time"
        )
    return found


def _check_alike(parts: Sequence[_Part]) -> None:
    first = parts[0]
    for one in parts[1:]:
        if one.manifest.tool != first.manifest.tool:
            raise SnapshotError(
                one.folder,
                f"was taken by {one.manifest.tool}, {first.folder.name} by {first.manifest.tool}",
            )
        if one.manifest.parameters != first.manifest.parameters:
            raise SnapshotError(
                one.folder, f"was taken with other options than {first.folder.name}"
            )


def _check_apart(parts: Iterable[_Part]) -> None:
    teller: dict[tuple[str, str], _Part] = {}
    for part in parts:
        for line in part.manifest.calls:
            other = part
            if not _may_be_shared(line):
                other = teller.setdefault((line.account, line.region), part)
            if other is not part:
                raise SnapshotError(
                    part.folder,
                    f"tells of {line.account} {line.region} as {other.folder.name} does; "
                    "an account and Region belongs in one part",
                )


def _may_be_shared(line: Coverage) -> bool:
    """Whether parts of other accounts ask it too: whoever may read the organization is asked."""
    return line.call == SIGN_IN_CALL or line.call.startswith(_ORGANIZATION)


def _accounts(parts: Iterable[_Part]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        for account, regions in part.manifest.accounts.items():
            found[account].update(regions)
    return {account: tuple(regions) for account, regions in found.items()}


def _write_shared(writer: SnapshotWriter, told: Sequence[_Told], *, is_read: bool) -> None:
    """One call of one account by the parts that tell of it, the newest first.

    That nothing was asked in one part is no news where another says more, or has the account.
    """
    answers = [one for one in told if one.line.file]
    reasons = {(one.line.status, one.line.code): one for one in reversed(told) if not one.line.file}
    unasked = {key: one for key, one in reasons.items() if key[0] is Status.NOT_ASKED}
    if answers or len(unasked) < len(reasons) or (is_read and told[0].line.call == SIGN_IN_CALL):
        reasons = {key: one for key, one in reasons.items() if key not in unasked}
    if len({one.line.sha256 for one in answers}) > 1:
        _write_together(writer, answers)
    elif answers:
        answers[0].hand_to(writer)
    for key in sorted(reasons):
        reasons[key].hand_to(writer)


def _write_together(writer: SnapshotWriter, answers: Sequence[_Told]) -> None:
    """The replies of all parts where there is one for each request, else the newest answer."""
    decoded = [parsed(one.path) for one in answers]
    if not all(isinstance(one, list) for one in decoded):
        answers[0].hand_to(writer)
        return
    replies: dict[str, Any] = {}
    for reply in (reply for answer in decoded for reply in answer):
        request = json.dumps(reply["request"], sort_keys=True)
        known = replies.setdefault(request, reply)
        if "response" not in known and "response" in reply:
            replies[request] = reply
    line = answers[0].line
    operation = line.call.replace(":", ".", 1)
    writer.keep(line.account, line.region, operation, [replies[one] for one in sorted(replies)])
