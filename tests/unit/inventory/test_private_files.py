"""What AWS answered is its owner's alone: snapshots are 0600 in folders of 0700 (issue 9)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.run_folder import RunFolder
from inventory.private_files import copy_private, private_folder, write_private
from inventory.snapshot import SnapshotWriter

ACCOUNT, REGION = "111122223333", "eu-central-1"
WHEN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Path below ``folder`` → its permissions, ``.`` being the folder itself."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777
        for path in (folder, *folder.rglob("*"))
    }


@pytest.mark.usefixtures("umask")
def test_a_snapshot_is_for_its_owner_whatever_the_umask(tmp_path: Path) -> None:
    writer = SnapshotWriter(tmp_path / "run" / "snapshot")
    writer.begin(tool="test", collected_at=WHEN)
    writer.keep(ACCOUNT, REGION, "ec2.DescribeVpcs", {"Vpcs": []})
    journal_too = modes(writer.folder)
    writer.close(tool="test", collected_at=WHEN, callers={}, accounts={}, parameters={})
    for found in (journal_too, modes(writer.folder)):
        files = {name: mode for name, mode in found.items() if "json" in name}
        folders = {name: mode for name, mode in found.items() if name not in files}
        assert set(files.values()) == {0o600}
        assert folders == dict.fromkeys((".", ACCOUNT, f"{ACCOUNT}/{REGION}"), 0o700)


@pytest.mark.usefixtures("umask")
def test_nobody_else_can_change_what_a_run_writes(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "runs", WHEN, "prod")
    (folder.partial / "findings.json").write_text("{}")
    assert not any(mode & 0o022 for mode in modes(folder.partial).values())


@pytest.mark.usefixtures("umask")
def test_a_copy_has_not_the_mode_of_its_source(tmp_path: Path) -> None:
    source = tmp_path / "open.json"
    source.write_bytes(b"{}")
    source.chmod(0o666)
    copy_private(source, tmp_path / "copy.json")
    assert (tmp_path / "copy.json").read_bytes() == b"{}"
    assert (tmp_path / "copy.json").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    """A folder of the user's own is the user's to open or close."""
    tmp_path.chmod(0o755)
    private_folder(tmp_path / "a" / "b", tmp_path)
    assert modes(tmp_path) == {".": 0o755, "a": 0o700, "a/b": 0o700}


def test_a_file_has_its_name_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_private(tmp_path / "file", b"first")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_private(tmp_path / "file", b"second")
    assert (tmp_path / "file").read_bytes() == b"first"
