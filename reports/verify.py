"""``python -m reports.verify DIR``: whether a run's files are still those of its manifest."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from reports.command_line import Status, told
from reports.run_manifest import (
    NAME,
    FileHash,
    ManifestError,
    RunManifest,
    hashed,
    read_manifest,
)
from reports.visible import visible
from reports.wording import counted

_ABOUT = """\
Hash every file of a run's folder again and compare it with the folder's manifest.json: which files
are missing, changed, or were added? Links are told and never followed.
Exit status: 0 all as it was, 1 something differs, 2 there is nothing to compare with.
"""


class Difference(StrEnum):
    """How a file differs from what the manifest says."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"
    LINK = "link"
    UNREADABLE = "unreadable"


@dataclasses.dataclass(frozen=True)
class Problem:
    """One file that differs, by its path in the folder; ``detail`` says how."""

    kind: Difference
    name: str
    detail: str


def problems(folder: Path, manifest: RunManifest) -> tuple[Problem, ...]:
    """Everything that differs, by name. Reads no more of a file than the manifest says it has."""
    there = dict(_entries(folder))
    found = [
        Problem(Difference.MISSING, name, f"it had {expected.size:,} bytes")
        for name, expected in manifest.files.items()
        if name not in there
    ]
    for name, entry in there.items():
        if entry.is_symlink():
            found.append(Problem(Difference.LINK, name, f"points at {_target(entry)}"))
        elif name not in manifest.files and name != NAME:
            found.append(Problem(Difference.EXTRA, name, f"{NAME} does not name it"))
        elif name in manifest.files:
            found += _compared(name, entry, manifest.files[name])
    return tuple(sorted(found, key=lambda one: (one.name, one.kind)))


def _entries(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything below the folder but folders, by its path there; links stay what they are."""
    waiting = [(folder, "")]
    while waiting:
        here, prefix = waiting.pop()
        with os.scandir(here) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((here / entry.name, f"{prefix}{entry.name}/"))
                else:
                    yield f"{prefix}{entry.name}", entry


def _target(entry: os.DirEntry[str]) -> str:
    return str(Path(entry.path).readlink())


def _compared(name: str, entry: os.DirEntry[str], expected: FileHash) -> list[Problem]:
    if not entry.is_file(follow_symlinks=False):
        return [Problem(Difference.CHANGED, name, "is no ordinary file any more")]
    size = entry.stat(follow_symlinks=False).st_size
    if size != expected.size:
        return [Problem(Difference.CHANGED, name, f"{size:,} bytes, were {expected.size:,}")]
    try:
        found = hashed(Path(entry.path))
    except OSError as error:
        return [Problem(Difference.UNREADABLE, name, error.strerror or str(error))]
    if found != expected:
        told_hashes = f"SHA-256 is {found.sha256[:16]}…, was {expected.sha256[:16]}…"
        return [Problem(Difference.CHANGED, name, told_hashes)]
    return []


def _lines(folder: Path, manifest: RunManifest, digest: str, found: Sequence[Problem]) -> list[str]:
    run, number = manifest.run, len(manifest.files)
    size = sum(one.size for one in manifest.files.values())
    heading = (
        f"{counted(len(found), 'difference')} from {NAME}, which names {counted(number, 'file')}"
        if found
        else f"all {counted(number, 'file')} ({size:,} bytes) as {NAME} says"
    )
    return [
        f"{visible(str(folder))}: {heading}",
        *(f"  {one.kind:<10} {visible(one.name)}: {visible(one.detail)}" for one in found),
        visible(f"  {run.tool} wrote it on {run.ended}; {run.exit_reason}"),
        f"  {NAME} itself has SHA-256 {digest}: compare it with one kept elsewhere,",
        "  for whoever can change the files can change the manifest as well.",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the folder that the command line names; see ``_ABOUT`` for the statuses."""
    parser = argparse.ArgumentParser(
        prog="python -m reports.verify",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="a run's folder: reports/latest")
    folder: Path = parser.parse_args(arguments).folder
    try:
        manifest, digest = read_manifest(folder)
        found = problems(folder, manifest)
    except ManifestError as error:
        parser.error(visible(str(error)))
    except OSError as error:
        parser.error(visible(f"{error.filename}: cannot be read: {error.strerror}"))
    status = Status.DIFFERENT if found else Status.SAME
    return told(_lines(folder, manifest, digest, found), status)


if __name__ == "__main__":
    sys.exit(main())
