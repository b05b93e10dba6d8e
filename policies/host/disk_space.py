"""HOST-12: the agent has room to write: bytes, inodes, and no read-only file system."""

from __future__ import annotations

from typing import Final

from inventory.facts import Evidence, Node
from inventory.facts.host import Reading, Volume
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    passed,
    warned,
)
from policies.host.commands import system_of
from policies.host.readings import NEEDS, READS, fact, judged, source, untold

CONTROL = Control(
    id="HOST-12",
    title="The agent has disk space and inodes to write",
    severity=Severity.CRITICAL,
    category="host",
    why=(
        "On a full or read-only disk the agent cannot keep its registration, credentials or logs, "
        "and stops; its updater needs 100 MB."
    ),
    remediation="Free space on {instance_id} or grow its volume, then restart the agent",
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/ebs/latest/userguide/recognize-expanded-volume-linux.html",
    ),
    reads=READS,
)
#: Bytes that the agent's updater wants (2.4.3, F11).
_UPDATER: Final = 100 * 1024 * 1024
#: Less than one block of most file systems' larger kinds is as good as nothing.
_NOTHING_LEFT: Final = 64 * 1024
_INODES_LEFT: Final = 1000
_LOOKS: Final = {
    "linux": "df -h; df -i; sudo du -xh / --max-depth=2 | sort -h | tail; "
    "sudo mount -o remount,rw / where it is read-only",
    "macos": "df -h; df -i; sudo du -xhd 2 / | sort -h | tail",
    "windows": "Get-Volume; cleanmgr /d C:",
}


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge what the agent writes to (F1, F2, F11, B17)."""

    def judge(reading: Reading, volumes: tuple[Volume, ...]) -> Verdict:
        return _judge(node, reading, volumes)

    return judged(node, context, "volumes", judge)


def _judge(node: Node, reading: Reading, volumes: tuple[Volume, ...]) -> Verdict:
    seen = (*(_quoted(reading, one) for one in volumes), source(reading))
    remediation = f"On {node.id}: {_LOOKS[system_of(node, reading)]}"
    broken = next(((one, told) for one in volumes if (told := _broken(one))), None)
    if broken is not None:
        volume, (code, reason) = broken
        blockers = (Blocker(node.id, reason),)
        return failed(
            code, reason, _quoted(reading, volume), blockers=blockers, remediation=remediation
        )
    scarce = next((told for one in volumes if (told := _scarce(one))), None)
    if scarce is not None:
        code, reason = scarce
        return warned(code, reason, *seen, remediation=remediation)
    unseen = next((one.path for one in volumes if one.free_bytes is None), None)
    if unseen is not None:
        return untold(reading, "volumes", f"how much space is left on {unseen}")
    return passed("DISK_FREE", "there is room for the agent to write", *seen)


def _broken(one: Volume) -> tuple[str, str] | None:
    if one.read_only:
        return "DISK_READ_ONLY", f"{one.path} is read-only"
    if one.free_bytes is not None and one.free_bytes < _NOTHING_LEFT:
        return "DISK_FULL", f"{one.path} has no space left"
    if one.free_inodes == 0 and one.total_inodes:
        return "INODES_USED_UP", f"{one.path} has no inodes left"
    return None


def _scarce(one: Volume) -> tuple[str, str] | None:
    if one.free_bytes is not None and one.free_bytes < _UPDATER:
        free = one.free_bytes // (1024 * 1024)
        return "DISK_SCARCE", f"{one.path} has {free} MiB left, the updater needs 100"
    if one.free_inodes is not None and one.free_inodes < _INODES_LEFT:
        return "INODES_SCARCE", f"{one.path} has {one.free_inodes} inodes left"
    return None


def _quoted(reading: Reading, one: Volume) -> Evidence:
    value = {
        "free_bytes": one.free_bytes,
        "free_inodes": one.free_inodes,
        "read_only": one.read_only,
    }
    return fact(reading, f"volumes.{one.path}", value)
