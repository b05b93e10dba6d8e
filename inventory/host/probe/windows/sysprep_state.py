"""How far Windows has been set up (1.2 row 7, 1.4; windows/sysprep_state.ps1)."""

from __future__ import annotations

from inventory.host.probe.asking import Asked
from inventory.host.probe.windows.script import Said


def read_sysprep_state(said: Said, _asked: Asked) -> str:
    """``ImageState`` of the registry, ``IMAGE_STATE_COMPLETE``; ``""`` = not told."""
    return said.text("state").upper()
