"""What systems print, in the formats that the named sources describe, becomes the right facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from inventory.host.probe import Asked, gather
from tests.unit.inventory.host.probe.answers import Machine, lines

FOLDER = Path(__file__).parent / "recorded"


def _recordings() -> list[Any]:
    return [
        pytest.param(path.stem, one, id=f"{path.stem}: {one['section']}: {one['name']}")
        for path in sorted(FOLDER.glob("*.yaml"))
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("system", "recorded"), _recordings())
def test_a_recorded_output_is_read(system: str, recorded: dict[str, Any]) -> None:
    assert recorded["source"], "every format names its source"
    printed = recorded["printed"]
    text = printed if isinstance(printed, str) else lines(printed)
    hosts = tuple((service, host) for service, host in recorded.get("hosts", ()))
    asked = Asked("i-0123456789abcdef0", hosts, system)
    told = gather(recorded["section"], Machine(text), asked)
    found = msgspec.to_builtins(getattr(told, recorded["section"]))
    if "expected_text" in recorded:
        assert found == recorded["expected_text"]
    elif "expected_list" in recorded:
        assert len(found) == len(recorded["expected_list"])
        for one, wanted in zip(found, recorded["expected_list"], strict=True):
            assert {name: _plain(one[name]) for name in wanted} == wanted
    elif recorded["expected"] is None:
        assert found is None
        assert told.problems
    else:
        wanted = recorded["expected"]
        assert {name: _plain(found[name]) for name in wanted} == wanted
    assert list(told.unsourced) == recorded.get("unsourced", [])


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def test_what_no_source_tells_of_is_marked() -> None:
    """[K] formats never fail a node: the mark is what the controls go by."""
    for path in FOLDER.glob("*.yaml"):
        for one in yaml.safe_load(path.read_text(encoding="utf-8")):
            assert ("[K]" in one["source"]) == bool(one.get("unsourced")), one["name"]
