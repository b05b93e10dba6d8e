"""The folder itself: what is visited, what is left alone, and what is said of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inventory.host.evidence.folder import pieces
from inventory.host.evidence.found import Problem
from inventory.host.evidence.piece import Piece


def put(path: Path, content: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def names(folder: Path) -> list[str]:
    return [one.name for one in pieces(folder) if isinstance(one, Piece)]


def problems(folder: Path) -> list[str]:
    return [str(one) for one in pieces(folder) if isinstance(one, Problem)]


def test_files_come_in_order_with_the_folder_they_lie_in(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "b/c/3.txt"):
        put(tmp_path / name)
    found = [one for one in pieces(tmp_path) if isinstance(one, Piece)]
    assert [(one.name, one.unit, one.picked) for one in found] == [
        ("a.txt", ".", True),
        ("b/1.txt", "b", True),
        ("b/2.txt", "b", True),
        ("b/c/3.txt", "b/c", True),
    ]


def test_links_are_not_followed_wherever_they_lead(tmp_path: Path) -> None:
    put(tmp_path / "outside" / "secret.txt")
    evidence = tmp_path / "evidence"
    put(evidence / "real.txt")
    (evidence / "file").symlink_to(tmp_path / "outside" / "secret.txt")
    (evidence / "folder").symlink_to(tmp_path / "outside")
    (evidence / "loop").symlink_to(evidence)
    assert names(evidence) == ["real.txt"]
    assert problems(evidence) == [
        f"{name}: is a link; links are not followed" for name in ("file", "folder", "loop")
    ]


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    put(tmp_path / "real" / "a.txt")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert names(tmp_path / "link") == ["a.txt"]


def test_a_pipe_is_left_alone_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert problems(tmp_path) == ["pipe: is no ordinary file; not read"]


def test_what_is_no_folder_is_a_problem(tmp_path: Path) -> None:
    assert "is not a folder" in problems(tmp_path / "none")[0]
    assert "is not a folder" in problems(put(tmp_path / "file"))[0]


def test_names_are_told_as_a_report_can_hold_them(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2Jb\n").write_text("x", "utf-8")
    Path(os.fsdecode(bytes(tmp_path) + b"/\xff")).write_text("x", "utf-8")
    assert names(tmp_path) == ["a?[2Jb?", "?"]


def test_folders_without_end_are_left(tmp_path: Path) -> None:
    put(tmp_path.joinpath(*["d"] * 30) / "a.txt")
    assert names(tmp_path) == []
    assert "folders deep" in problems(tmp_path)[0]


def test_too_many_files_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.host.evidence.folder.MOST_FILES", 2)
    for number in range(5):
        put(tmp_path / f"{number}.txt")
    assert names(tmp_path) == ["0.txt", "1.txt"]
    assert "more than 2 files" in problems(tmp_path)[0]


LINUX = ("etc/hostname", "usr/bin/true", "home/me/letter.txt", "var/lib/mysql/data")
READ = (
    "var/lib/cloud/data/instance-id",
    "var/log/amazon/ssm/amazon-ssm-agent.log",
    "var/log/amazon/ssm/amazon-ssm-agent.log.1",
    "var/log/messages",
    "var/log/messages-20261101.gz",
    "var/log/syslog.1",
)
BARREN = ("var/log/amazon/ssm/audits/amazon-ssm-agent-audit-2026-11-01", "var/log/wtmp")


def test_of_a_mounted_root_volume_only_the_logs_are_read(tmp_path: Path) -> None:
    for name in (*LINUX, *READ, *BARREN):
        put(tmp_path / "disk" / name)
    (tmp_path / "disk" / "bin").symlink_to("usr/bin")
    found = [one for one in pieces(tmp_path) if isinstance(one, Piece)]
    assert sorted(one.name for one in found) == [f"disk/{name}" for name in sorted(READ)]
    assert {(one.unit, one.picked) for one in found} == {("disk", False)}
    assert problems(tmp_path) == []


def test_of_a_mounted_windows_volume_as_well(tmp_path: Path) -> None:
    log = "ProgramData/Amazon/SSM/Logs/amazon-ssm-agent.log"
    for name in ("Windows/System32/a.dll", log, "Users/me/letter.txt"):
        put(tmp_path / name)
    assert names(tmp_path) == [log]


def test_the_logs_of_a_volume_are_not_followed_to_another(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere" / "amazon-ssm-agent.log")
    for name in LINUX:
        put(tmp_path / "disk" / name)
    (tmp_path / "disk/var/log/amazon").mkdir(parents=True)
    (tmp_path / "disk/var/log/amazon/ssm").symlink_to(tmp_path / "elsewhere")
    assert names(tmp_path / "disk") == []
    assert problems(tmp_path / "disk") == [
        "var/log/amazon/ssm: is reached by a link; links are not followed"
    ]


def test_a_copied_part_of_a_volume_is_read_whole(tmp_path: Path) -> None:
    put(tmp_path / "var/log/amazon/ssm/amazon-ssm-agent.log")
    put(tmp_path / "etc/amazon/ssm/amazon-ssm-agent.json")
    put(tmp_path / "ssm-cli.json")
    assert len(names(tmp_path)) == 3


def test_what_may_not_be_read_is_told_without_the_users_own_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a.txt")

    def refused(path: object, *_: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("inventory.host.evidence.folder.os.open", refused)
    assert problems(tmp_path) == ["a.txt: cannot be read: Permission denied"]
