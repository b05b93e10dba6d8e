"""Raw AWS answers on disk and back: the run's only source of truth, and its evidence.

Layout: ``<dir>/<account id>/<Region or global>/<service>.<Operation>.json[.gz|.zst]``, each file
one operation's answer with its pages merged, exactly what the AWS CLI prints. A call made once
per resource keeps one file with a list of ``{"request": …, "response": …}``. ``manifest.json``
says when and by whom it was collected, what each call came to, and the SHA-256 of each file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from inventory.answer_file import PACKED_FROM, SUFFIXES, packed, parsed, unpacked
from inventory.errors import SnapshotError
from inventory.facts import NOT_RECORDED, Unread, moment
from inventory.facts.coverage import REGION_DISABLED, Coverage, Status
from inventory.journal import JOURNAL, Journal
from inventory.private_files import private_folder, write_private

SCHEMA: Final = 1
GLOBAL: Final = "global"
MANIFEST: Final = "manifest.json"
_ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
#: A manifest is somebody's text: what it names must lie where an answer lies, and nowhere else.
_ANSWER_FILE: Final = re.compile(r"[0-9]{12}/(?!\.{1,2}/)[^/]+/[^/]+\.json(\.gz|\.zst)?")
_PLAIN_NAME: Final = re.compile(r"[a-z0-9-]+\.[A-Za-z0-9-]+:[A-Za-z0-9]+")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a snapshot says about itself. ``collected_at`` is ISO 8601 UTC: the run's "now"."""

    schema: int
    tool: str
    collected_at: str
    callers: dict[str, str] = {}
    accounts: dict[str, tuple[str, ...]] = {}
    parameters: dict[str, str] = {}
    calls: tuple[Coverage, ...] = ()


def iam_action(operation: str) -> str:
    """A file's name, ``ec2.DescribeVpcs``, as the call it holds: ``ec2:DescribeVpcs``."""
    return operation.replace(".", ":", 1)


class Snapshot:
    """A snapshot opened for reading; an answer is parsed when it is asked for, and not kept.

    Raises SnapshotError from ``open`` for a folder that is none, a broken manifest, a file that is
    missing or altered; and from ``read`` for a file that is not JSON.
    """

    def __init__(
        self,
        answers: Mapping[tuple[str, str, str], Path | Any],
        *,
        as_of: datetime | None,
        coverage: tuple[Coverage, ...] = (),
        manifest: Manifest | None = None,
    ) -> None:
        self._answers = dict(answers)
        self.as_of = as_of
        self.manifest = manifest
        self.coverage = coverage
        self._refused = {
            (one.account, one.region, one.call): one
            for one in coverage
            if one.status is not Status.COLLECTED and one.code != REGION_DISABLED
        }

    @classmethod
    def open(cls, folder: Path, *, as_of: datetime | None = None) -> Snapshot:
        """Open a snapshot folder, with or without a manifest; checks every file's hash."""
        files = answer_files(folder)
        manifest = read_manifest(folder)
        if manifest is None:
            if (folder / JOURNAL).exists():
                raise SnapshotError(
                    folder,
                    "was broken off while it was collected, so nobody knows what is missing; take "
                    "it up with --account NAME --resume DIR",
                )
            if not files:
                raise SnapshotError(
                    folder,
                    "holds no answers; expected <account id>/<region>/<service>.<Operation>.json",
                )
            coverage = tuple(
                Coverage(
                    account=account,
                    region=region,
                    call=iam_action(operation),
                    status=Status.COLLECTED,
                    file=str(path.relative_to(folder)),
                    sha256=_sha256(path),
                )
                for (account, region, operation), path in sorted(files.items())
            )
            return cls(files, as_of=as_of, coverage=coverage)
        collected_at = moment(manifest.collected_at)
        if collected_at is None:
            raise SnapshotError(
                folder / MANIFEST, f"collected_at: {manifest.collected_at!r} is not a time"
            )
        _check_hashes(folder, manifest, files)
        return cls(files, as_of=as_of or collected_at, coverage=manifest.calls, manifest=manifest)

    @property
    def accounts(self) -> Mapping[str, tuple[str, ...]]:
        """Account id → its Regions, both sorted."""
        found: dict[str, set[str]] = {}
        for account, region, _ in (*self._answers, *self._refused):
            found.setdefault(account, set()).add(region)
        return {
            account: tuple(sorted(regions - {GLOBAL})) for account, regions in sorted(found.items())
        }

    def read(self, account: str, region: str, operation: str) -> Any | Unread:
        """The answer of ``<service>.<Operation>``, or why there is none."""
        key = (account, region, operation)
        if key in self._answers:
            answer = self._answers[key]
            return parsed(answer) if isinstance(answer, Path) else answer
        call = iam_action(operation)
        refused = self._refused.get((account, region, call))
        if refused is None:
            return Unread(call, NOT_RECORDED)
        return Unread(call, refused.code or refused.status.value.upper(), refused.detail)

    def text(self, account: str, region: str, operation: str) -> bytes | None:
        """The JSON text of an answer that is in a file, ``None`` where there is no such file."""
        answer = self._answers.get((account, region, operation))
        return unpacked(answer) if isinstance(answer, Path) else None

    def is_absent(self, account: str, region: str, operation: str) -> bool:
        """Whether AWS answered that there is no such thing, as it does outside an organization."""
        refused = self._refused.get((account, region, iam_action(operation)))
        return refused is not None and refused.status is Status.ABSENT


class SnapshotWriter:
    """Writes answers one by one; the manifest last, so that a folder without one is unfinished."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._calls: list[Coverage] = []
        self._journal = Journal(folder)

    def begin(self, *, tool: str, collected_at: datetime) -> None:
        """Begin a journal, so that what is written can be taken up if the run is broken off."""
        self._journal.begin(tool=tool, collected_at=_utc(collected_at))

    def keep(
        self, account: str, region: str, operation: str, answer: Any, *, detail: str = ""
    ) -> None:
        """Write one operation's merged answer, packed if large; datetimes become ISO 8601 text."""
        self._note(_kept(self.folder, account, region, operation, answer, detail=detail))

    def refuse(
        self,
        account: str,
        region: str,
        operation: str,
        *,
        status: Status,
        code: str,
        detail: str = "",
    ) -> None:
        """Record a call that gave no answer."""
        self._note(
            Coverage(
                account=account,
                region=region,
                call=iam_action(operation),
                status=status,
                code=code,
                detail=detail,
            )
        )

    def adopt(self, line: Coverage, content: bytes | None = None) -> None:
        """Take over what a part of this snapshot says of a call; ``content`` is the line's file.

        Raises SnapshotError for content that is missing or not what the line says, and for a file
        name that is not the call's own.
        """
        if line.file:
            if content is None:
                raise SnapshotError(line.file, "is named by a part but is not in it")
            if hashlib.sha256(content).hexdigest() != line.sha256:
                raise SnapshotError(line.file, "is not what its part's manifest says")
            _write(self.folder, self._checked_name(line), content)
        self._note(line)

    def _checked_name(self, line: Coverage) -> str:
        """The line's file, where the call's answer has its place and nowhere else."""
        stem = f"{line.account}/{line.region}/{line.call.replace(':', '.', 1)}"
        if (
            not _ACCOUNT_ID.fullmatch(line.account)
            or not _PLAIN_NAME.fullmatch(f"{line.region}.{line.call}")
            or line.file not in {stem + suffix for suffix in SUFFIXES}
        ):
            raise SnapshotError(line.file, f"is not the place of {stem}.json")
        return line.file

    def close(
        self,
        *,
        tool: str,
        collected_at: datetime,
        callers: Mapping[str, str],
        accounts: Mapping[str, tuple[str, ...]],
        parameters: Mapping[str, str],
    ) -> Manifest:
        """Write the manifest. ``collected_at`` is when collecting began; ``callers`` are ARNs."""
        manifest = Manifest(
            schema=SCHEMA,
            tool=tool,
            collected_at=_utc(collected_at),
            callers=dict(sorted(callers.items())),
            accounts={account: tuple(sorted(accounts[account])) for account in sorted(accounts)},
            parameters=dict(sorted(parameters.items())),
            calls=tuple(sorted(self._calls, key=_coverage_key)),
        )
        _write_manifest(self.folder, manifest)
        self._journal.remove()
        return manifest

    def _note(self, line: Coverage) -> None:
        self._calls.append(line)
        self._journal.note(line)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def add_answers(folder: Path, answers: Mapping[tuple[str, str, str], Any]) -> None:
    """Add answers to a finished snapshot, each in place of one of that name.

    Keys are (account, Region, ``host.Readings``). The manifest names them, if there is one.
    Raises SnapshotError for a broken manifest.
    """
    manifest = read_manifest(folder)
    for account, region, operation in answers:
        for suffix in SUFFIXES:
            (folder / account / region / f"{operation}{suffix}").unlink(missing_ok=True)
    added = [_kept(folder, *key, answer) for key, answer in answers.items()]
    if manifest is None:
        return
    replaced = {_coverage_key(one) for one in added}
    kept = (one for one in manifest.calls if _coverage_key(one) not in replaced)
    calls = tuple(sorted((*kept, *added), key=_coverage_key))
    _write_manifest(folder, msgspec.structs.replace(manifest, calls=calls))


def _coverage_key(one: Coverage) -> tuple[str, str, str]:
    return (one.account, one.region, one.call)


def _kept(
    folder: Path, account: str, region: str, operation: str, answer: Any, *, detail: str = ""
) -> Coverage:
    """Write one operation's answer, and give the manifest's line about it."""
    name = f"{account}/{region}/{operation}.json"
    compact = _compact(answer)
    if len(compact) < PACKED_FROM:
        content = _laid_out(compact, answer)
    else:
        name, content = f"{name}.zst", packed(compact)
    _write(folder, name, content)
    return Coverage(
        account=account,
        region=region,
        call=iam_action(operation),
        status=Status.COLLECTED,
        detail=detail,
        file=name,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    private_folder(path.parent, folder)
    write_private(path, content)


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    private_folder(folder, folder)
    write_private(folder / MANIFEST, encoded)


def as_json(answer: Any) -> bytes:
    """An answer as a snapshot's file holds it: the same answer is always the same bytes."""
    return _laid_out(_compact(answer), answer)


def _compact(answer: Any) -> bytes:
    return json.dumps(answer, default=_plain, sort_keys=True, separators=(",", ":")).encode()


def _laid_out(compact: bytes, answer: Any) -> bytes:
    try:
        # As ``indent=1`` lays it out, for which Python leaves its fast encoder.
        return msgspec.json.format(compact, indent=1) + b"\n"
    except msgspec.DecodeError:  # half a surrogate pair: not JSON, but what AWS said
        return json.dumps(answer, default=_plain, indent=1, sort_keys=True).encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot keep a {type(value).__name__} in a snapshot")


def answer_files(folder: Path) -> dict[tuple[str, str, str], Path]:
    """(account, Region, operation) → file. Raises SnapshotError for what is no such folder."""
    if not folder.is_dir():
        raise SnapshotError(folder, "is not a folder")
    files: dict[tuple[str, str, str], Path] = {}
    for path in sorted(folder.glob("*/*/*.json*")):
        suffix = next((end for end in SUFFIXES if path.name.endswith(end)), None)
        if suffix is None:
            continue
        operation = path.name.removesuffix(suffix)
        region, account = path.parent.name, path.parent.parent.name
        if operation.count(".") != 1 or not _ACCOUNT_ID.fullmatch(account):
            continue
        if not _lies_in(folder, path):
            raise SnapshotError(path, "is no plain file of this folder, but a link or a pipe")
        if (account, region, operation) in files:
            raise SnapshotError(path, "is there twice, packed and unpacked; keep one")
        files[account, region, operation] = path
    return files


def _lies_in(folder: Path, path: Path) -> bool:
    """Whether it is a regular file that no link, of its own or of its folders, leads out to."""
    links = any(one.is_symlink() for one in (path, path.parent, path.parent.parent))
    return path.is_file() and (not links or path.resolve().is_relative_to(folder.resolve()))


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest, if there is one. Raises SnapshotError for a broken one."""
    path = folder / MANIFEST
    if not path.exists():
        return None
    if not path.is_file():
        raise SnapshotError(path, "is no plain file")
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SnapshotError(path, str(error)) from error
    if manifest.schema != SCHEMA:
        raise SnapshotError(path, f"schema: found {manifest.schema}, this version reads {SCHEMA}")
    return manifest


def _check_hashes(
    folder: Path, manifest: Manifest, files: Mapping[tuple[str, str, str], Path]
) -> None:
    for one in manifest.calls:
        if one.file and not _ANSWER_FILE.fullmatch(one.file):
            raise SnapshotError(
                folder / MANIFEST,
                f"names the file {one.file!r}, "
                "expected <account id>/<region>/<service>.<Operation>.json",
            )
    named = {folder / one.file: one.sha256 for one in manifest.calls if one.file}
    for path, expected in named.items():
        if not _lies_in(folder, path):
            raise SnapshotError(path, f"is named by {MANIFEST} but is not there")
        found = _sha256(path)
        if found != expected:
            raise SnapshotError(
                path, f"SHA-256 is {found[:12]}…, {MANIFEST} says {expected[:12]}…: it was altered"
            )
    for path in files.values():
        if path not in named:
            raise SnapshotError(path, f"is not named by {MANIFEST}; remove it, or the manifest")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SnapshotError(path, str(error.strerror)) from error
