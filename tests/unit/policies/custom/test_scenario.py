"""Scenarios: what they expect is compared with the policy's own verdict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from policies.control import Outcome
from policies.custom.declaration import policies_of
from policies.custom.scenario import Scenario, never_shown, scenarios_of, shortfall
from tests.unit.policies.custom.test_declaration import POLICY, SCENARIO

((_, OWNED),), _ = policies_of({"policies": [POLICY]}, ())
TAGGED = SCENARIO["given"]


@pytest.mark.parametrize(
    ("given", "expect", "code", "holds"),
    [
        (TAGGED, Outcome.PASS, "", True),
        (TAGGED, Outcome.PASS, "POLICY_HOLDS", True),
        (TAGGED, Outcome.PASS, "NULL", False),
        (TAGGED, Outcome.FAIL, "", False),
        ({"Instance": {}}, Outcome.FAIL, "", True),
        ({"Tag": {"Owner": "x"}}, Outcome.PASS, "", True),
        # What is not given is not read.
        ({}, Outcome.UNKNOWN, "UNREAD", True),
        ({"Instance": None}, Outcome.UNKNOWN, "UNREAD", True),
    ],
)
def test_a_scenario_holds_or_says_what_came_out(
    given: dict[str, Any], expect: Outcome, code: str, holds: bool
) -> None:
    told = shortfall(Scenario("s", "ORG-TAG-01", given, expect, code), OWNED)
    assert (told == "") is holds
    if not holds:
        assert f"expected: {expect.value} {code}".strip() in told
        assert "found:    pass POLICY_HOLDS" in told
        assert "looked at Tag.Owner = 'x'" in told


def test_a_policy_that_never_fails_is_told() -> None:
    passing = Scenario("s", "ORG-TAG-01", TAGGED, Outcome.PASS)
    failing = Scenario("t", "ORG-TAG-01", {}, Outcome.FAIL)
    assert never_shown(["ORG-TAG-01"], [passing, failing]) == ()
    assert never_shown(["ORG-TAG-01"], [passing]) == (
        "policy ORG-TAG-01 has no scenario that expects fail",
    )
    assert len(never_shown(["ORG-TAG-01", "ORG-TAG-02"], [passing, failing])) == 2


@pytest.mark.parametrize(
    ("changes", "path", "told"),
    [
        ({"policy": "ORG-TAG-09"}, ("policy",), "allowed: ORG-TAG-01"),
        ({"expect": "warn"}, ("expect",), "allowed: pass, fail, unknown, not_applicable"),
        ({"given": {"Instnace": {}}}, ("given", "Instnace"), "did you mean 'Instance'?"),
        ({"given": {"Instance": {"Tags": {"a": "b"}}}}, ("given", "Instance", "Tags"), "Key and"),
        ({"given": {"Account": 111122223333}}, ("given", "Account"), "expected text"),
        ({"given": {"Role": []}}, ("given", "Role"), "a mapping, or null"),
        (
            {"given": {"Instance": {"LaunchTime": datetime(2026, 11, 1, tzinfo=UTC)}}},
            ("given", "Instance", "LaunchTime"),
            "which AWS gives as text: put it in quotes",
        ),
    ],
)
def test_a_wrong_scenario_is_told_by_its_key(
    changes: dict[str, Any], path: tuple[str, ...], told: str
) -> None:
    _, (problem,) = scenarios_of({"scenarios": [SCENARIO | changes]}, ["ORG-TAG-01"])
    assert problem.path == ("scenarios", 0, *path)
    assert told in problem.text


def test_two_scenarios_of_one_name_are_told() -> None:
    _, (problem,) = scenarios_of({"scenarios": [SCENARIO, SCENARIO]}, ["ORG-TAG-01"])
    assert (problem.path, problem.text) == (("scenarios", 1, "name"), "'owned' is there twice")
