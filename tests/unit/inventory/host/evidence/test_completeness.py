"""Every check of the three tools has a scenario that shows it and one a step away that does not.

A scenario names its check in its ``check`` or by its first row. Two of one check are a pair where
they expect something else of the same member: what the one concludes the other does not.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from inventory.host.evidence.windows_rows import CHECKS, is_check
from tests.unit.inventory.host.evidence.outputs import cases

TOOLS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "checks.yaml").read_text(encoding="utf-8")
)
#: How many checks the spec counts: 1.2 (seven of connectivity), 1.3, 1.4 (eight of endpoints).
COUNTED = {"ssm_cli": 14, "toolkit_linux": 11, "toolkit_windows": 24}


def named(case: dict[str, Any]) -> str:
    """The check that the scenario is about."""
    rows = case.get("rows") or [case["row"]]
    return str(case.get("check", rows[0][0]))


def are_a_pair(one: dict[str, Any], other: dict[str, Any]) -> bool:
    common = one["expect"].keys() & other["expect"].keys()
    return any(one["expect"][path] != other["expect"][path] for path in common)


@pytest.mark.parametrize(
    ("tool", "check"), [(tool, check) for tool, checks in TOOLS.items() for check in checks]
)
def test_a_check_has_a_scenario_that_shows_it_and_a_near_miss(tool: str, check: str) -> None:
    of_it = [one for one in cases(tool) if re.fullmatch(TOOLS[tool][check], named(one))]
    pairs = [pair for pair in itertools.combinations(of_it, 2) if are_a_pair(*pair)]
    assert pairs, f"{len(of_it)} scenarios of {check}, and no two that differ in what they conclude"


def test_the_lists_are_those_of_the_spec() -> None:
    assert {tool: len(checks) for tool, checks in TOOLS.items()} == COUNTED


@pytest.mark.parametrize("tool", TOOLS)
def test_no_scenario_is_about_a_check_that_the_spec_does_not_know(tool: str) -> None:
    known = [re.compile(one) for one in TOOLS[tool].values()]
    strange = [
        named(one) for one in cases(tool) if not any(row.fullmatch(named(one)) for row in known)
    ]
    assert strange == []


def test_the_reader_of_windows_knows_every_check_by_its_name() -> None:
    for name in TOOLS["toolkit_windows"].values():
        plain = re.sub(r"\\S[+*]", "eu-central-1.amazonaws.com", name).replace("\\", "")
        assert is_check(plain), plain
    spelled = [re.compile(one) for one in TOOLS["toolkit_windows"].values()]
    assert all(any(one.fullmatch(name) for one in spelled) for name in CHECKS)
