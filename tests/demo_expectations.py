"""What every control must say about the demo account, as written down in fixtures/demo/expected."""

from __future__ import annotations

from pathlib import Path

import yaml

DEMO = Path(__file__).parents[1] / "fixtures/demo"
FOLDER = DEMO / "expected"


def everything_expected() -> dict[str, dict[str, str]]:
    """``{instance or account/Region: {control: "verdict CODE"}}`` of all files together."""
    together: dict[str, dict[str, str]] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        loaded: dict[str, dict[str, str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
        twice = together.keys() & loaded.keys()
        assert not twice, f"{file.name}: {sorted(twice)} stand in another file too"
        together |= loaded
    return together


def where_each_stands() -> dict[str, str]:
    """``{instance: "managed"}``; ``"not managed NET-02"`` names the first broken hop's control."""
    loaded: dict[str, str] = yaml.safe_load((DEMO / "standing.yaml").read_text(encoding="utf-8"))
    return loaded
