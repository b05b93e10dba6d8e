"""What every control must say about the demo account, as written down in fixtures/demo/expected."""

from __future__ import annotations

from pathlib import Path

import yaml

FOLDER = Path(__file__).parents[1] / "fixtures/demo/expected"


def everything_expected() -> dict[str, dict[str, str]]:
    """``{instance or account/Region: {control: "verdict CODE"}}`` of all files together."""
    together: dict[str, dict[str, str]] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        loaded: dict[str, dict[str, str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
        twice = together.keys() & loaded.keys()
        assert not twice, f"{file.name}: {sorted(twice)} stand in another file too"
        together |= loaded
    return together
