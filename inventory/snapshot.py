"""Raw AWS answers on disk and back: the run's only source of truth, and its evidence.

Layout: ``<dir>/<account id>/<Region or global>/<service>.<Operation>.json[.gz|.zst]``, each file
one operation's answer with its pages merged, exactly what the AWS CLI prints. A call made once
per resource keeps one file with a list of ``{"request": …, "response": …}``. ``manifest.json``
says when and by whom it was collected, what each call came to, and the SHA-256 of each file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import zstandard

from inventory.errors import SnapshotError
from inventory.facts import NOT_RECORDED, Unread, moment
from inventory.facts.coverage import REGION_DISABLED, Coverage, Status

SCHEMA: Final = 1
GLOBAL: Final = "global"
MANIFEST: Final = "manifest.json"
_SUFFIXES: Final = (".json", ".json.gz", ".json.zst")
#: What a truncated, damaged or absurdly nested file raises, packed or not.
_UNREADABLE: Final = (
    OSError,
    EOFError,
    RecursionError,
    UnicodeDecodeError,
    zlib.error,
    zstandard.ZstdError,
    msgspec.DecodeError,
)
_ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
#: Far above what any account's single listing needs; a file that unpacks to more is refused.
_LARGEST_FILE: Final = 2 * 1024**3


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
    """A snapshot opened for reading. Every answer is parsed at most once.

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
        files = _answer_files(folder)
        manifest = _read_manifest(folder)
        if manifest is None:
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
            if isinstance(answer, Path):
                answer = self._answers[key] = _parse(answer)
            return answer
        call = iam_action(operation)
        refused = self._refused.get((account, region, call))
        if refused is None:
            return Unread(call, NOT_RECORDED)
        return Unread(call, refused.code or refused.status.value.upper(), refused.detail)

    def is_absent(self, account: str, region: str, operation: str) -> bool:
        """Whether AWS answered that there is no such thing, as it does outside an organization."""
        refused = self._refused.get((account, region, iam_action(operation)))
        return refused is not None and refused.status is Status.ABSENT


class SnapshotWriter:
    """Writes answers one by one; the manifest last, so that a folder without one is unfinished."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._calls: list[Coverage] = []

    def keep(self, account: str, region: str, operation: str, answer: Any) -> None:
        """Write one operation's merged answer; datetimes become ISO 8601 text."""
        name = f"{account}/{region}/{operation}.json"
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = as_json(answer)
        partial = path.with_name(path.name + ".partial")
        partial.write_bytes(content)
        partial.replace(path)
        self._calls.append(
            Coverage(
                account=account,
                region=region,
                call=iam_action(operation),
                status=Status.COLLECTED,
                file=name,
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )

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
        self._calls.append(
            Coverage(
                account=account,
                region=region,
                call=iam_action(operation),
                status=status,
                code=code,
                detail=detail,
            )
        )

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
            collected_at=collected_at.astimezone(UTC).isoformat(timespec="seconds"),
            callers=dict(sorted(callers.items())),
            accounts={account: tuple(sorted(accounts[account])) for account in sorted(accounts)},
            parameters=dict(sorted(parameters.items())),
            calls=tuple(sorted(self._calls, key=lambda one: (one.account, one.region, one.call))),
        )
        encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
        partial = self.folder / (MANIFEST + ".partial")
        self.folder.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(encoded)
        partial.replace(self.folder / MANIFEST)
        return manifest


def as_json(answer: Any) -> bytes:
    """An answer as a snapshot's file holds it: the same answer is always the same bytes."""
    compact = json.dumps(answer, default=_plain, sort_keys=True).encode()
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


def _answer_files(folder: Path) -> dict[tuple[str, str, str], Path]:
    if not folder.is_dir():
        raise SnapshotError(folder, "is not a folder")
    files: dict[tuple[str, str, str], Path] = {}
    for path in sorted(folder.glob("*/*/*.json*")):
        suffix = next((end for end in _SUFFIXES if path.name.endswith(end)), None)
        if suffix is None:
            continue
        operation = path.name.removesuffix(suffix)
        region, account = path.parent.name, path.parent.parent.name
        if operation.count(".") != 1 or not _ACCOUNT_ID.fullmatch(account):
            continue
        if (account, region, operation) in files:
            raise SnapshotError(path, "is there twice, packed and unpacked; keep one")
        files[account, region, operation] = path
    return files


def _read_manifest(folder: Path) -> Manifest | None:
    path = folder / MANIFEST
    if not path.exists():
        return None
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
    named = {folder / one.file: one.sha256 for one in manifest.calls if one.file}
    for path, expected in named.items():
        if not path.is_file():
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


def _parse(path: Path) -> Any:
    try:
        return msgspec.json.decode(_unpacked(path))
    except _UNREADABLE as error:
        raise SnapshotError(path, f"is not readable JSON: {error}") from error


def _unpacked(path: Path) -> bytes:
    if path.name.endswith(".gz"):
        with gzip.open(path) as packed:
            content = packed.read(_LARGEST_FILE + 1)
    elif path.name.endswith(".zst"):
        with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as reader:
            content = reader.read(_LARGEST_FILE + 1)
    else:
        content = path.read_bytes()
    if len(content) > _LARGEST_FILE:
        raise SnapshotError(path, f"unpacks to more than {_LARGEST_FILE} bytes")
    return content
