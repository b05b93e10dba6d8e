"""The system's drive, which the agent writes to (windows/volumes.ps1)."""

from __future__ import annotations

from inventory.facts.host import Volume
from inventory.host.probe.asking import Asked
from inventory.host.probe.windows.script import Said


def read_volumes(said: Said, _asked: Asked) -> tuple[Volume, ...] | None:
    """``Win32_LogicalDisk`` (FreeSpace and Size in bytes); ``None`` where none was told."""
    found = tuple(
        Volume(
            path=f"{disk.text('DeviceID')}\\",
            free_bytes=_bytes(disk, "FreeSpace"),
            total_bytes=_bytes(disk, "Size"),
        )
        for disk in said.many("disks")
        if disk.text("DeviceID")
    )
    return found or None


def _bytes(disk: Said, name: str) -> int | None:
    value = disk.number(name)
    return None if value is None or value < 0 else int(value)
