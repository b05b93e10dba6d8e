"""manifest.json of a run's folder: the SHA-256 and size of every file, and how the run was made.

This is the place for wall clocks, paths and exit statuses, which findings.json must not hold.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

import msgspec

NAME: Final = "manifest.json"
#: The version of the file's shape; rises when a reader would have to change.
SCHEMA: Final = 1
#: Far above what a run of any size needs: a larger file is no manifest.
_LARGEST: Final = 64 * 1024**2
_CHUNK: Final = 1024**2
#: Neither a link that was put in a file's place nor a pipe that nobody writes to is waited for.
_OPEN_PLAINLY: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


class FileHash(msgspec.Struct, frozen=True, kw_only=True):
    """What a file was: SHA-256 in hexadecimal, size in bytes."""

    sha256: str
    size: int


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How a run was made. Times are ISO 8601 UTC, by the clock of the machine.

    ``options`` are those in force, by name; ``settings`` the user's own files as they were when
    the run began, by path; ``exit_reason`` is the last line that the run printed.
    """

    tool: str
    python: str
    platform: str
    started: str
    ended: str
    exit_status: int
    exit_reason: str
    options: dict[str, list[str]]
    settings: dict[str, FileHash]


class RunManifest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole manifest; ``files`` by their path in the folder, with slashes."""

    schema: int
    run: RunRecord
    files: dict[str, FileHash]


class ManifestError(ValueError):
    """A manifest that is not there, or is none; the message says what to do."""


def opened(path: Path) -> BinaryIO:
    """The file itself, never what a link in its place points at. Raises OSError."""
    return os.fdopen(os.open(path, _OPEN_PLAINLY), "rb")


def hashed(path: Path) -> FileHash:
    """Hash a file in chunks; it may be of any size. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with opened(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return FileHash(sha256=digest.hexdigest(), size=size)


def write_manifest(folder: Path, run: RunRecord) -> None:
    """Hash every file below ``folder`` and write the manifest there. Raises OSError."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = RunManifest(
        schema=SCHEMA,
        run=run,
        files={path.relative_to(folder).as_posix(): hashed(path) for path in files},
    )
    encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (folder / NAME).write_bytes(encoded + b"\n")


def read_manifest(folder: Path) -> tuple[RunManifest, str]:
    """The manifest of a run's folder, and its own SHA-256. Raises ManifestError."""
    path = folder / NAME
    if not folder.is_dir():
        raise ManifestError(f"{folder}: is not a folder")
    try:
        with opened(path) as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise ManifestError(
            f"{folder}: holds no {NAME}; expected the folder of a finished run "
            "(one that ends in .partial was interrupted)"
        ) from None
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise ManifestError(f"{path}: is larger than {_LARGEST} bytes")
    return _decoded(path, content), hashlib.sha256(content).hexdigest()


def _decoded(path: Path, content: bytes) -> RunManifest:
    try:
        manifest = msgspec.json.decode(content, type=RunManifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ManifestError(f"{path}: is not a run's manifest: {error}") from error
    if manifest.schema != SCHEMA:
        raise ManifestError(f"{path}: schema is {manifest.schema}, this version reads {SCHEMA}")
    for name in manifest.files:
        if not _is_within(name):
            raise ManifestError(f"{path}: names {name!r}, which is no file below the folder")
    return manifest


def _is_within(name: str) -> bool:
    path = PurePosixPath(name)
    return path.as_posix() == name and not path.is_absolute() and ".." not in path.parts
