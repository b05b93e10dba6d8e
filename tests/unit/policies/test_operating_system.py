"""NODE-05 by the spec: R-8.1, D14, T-102, T-128, by a table of the test's own."""

from datetime import date
from typing import Any

import pytest

from policies.control import Context, Outcome, Verdict
from policies.judgement import judge
from policies.node import operating_system
from policies.parameters import Parameters
from policies.reference import OperatingSystem, OperatingSystems
from tests.unit.policies.nodes import node_with

#: NOW of the tests is 2026-11-01.
TABLE = OperatingSystems(
    date(2026, 8, 1),
    (
        OperatingSystem("Ubuntu", "22.04", date(2027, 4, 30)),
        OperatingSystem("Ubuntu", "20.04", date(2025, 5, 31)),
        OperatingSystem("Ubuntu", "24.04", date(2026, 11, 1)),
        OperatingSystem("Ubuntu", "24.10", date(2026, 10, 31)),
        OperatingSystem("Amazon Linux", "2", date(2025, 1, 1)),
        OperatingSystem("Amazon Linux", "2023", date(2029, 6, 30)),
        OperatingSystem("Bottlerocket"),
    ),
)


def judged(managed: dict[str, Any], table: OperatingSystems = TABLE, **world: Any) -> Verdict:
    context = Context(Parameters(operating_systems=table))
    return judge(operating_system, node_with(managed=managed, **world), context)


def platform(name: str, version: str = "") -> dict[str, str]:
    return {"PlatformName": name, "PlatformVersion": version}


@pytest.mark.parametrize(
    ("managed", "expected"),
    [
        pytest.param(
            platform("Ubuntu", "22.04"), (Outcome.PASS, "OS_SUPPORTED"), id="before-its-end"
        ),
        pytest.param(
            platform("Ubuntu", "20.04"),
            (Outcome.WARN, "OS_END_OF_LIFE"),
            id="T-128-end-of-life-warns",
        ),
        pytest.param(
            platform("Ubuntu", "24.04"), (Outcome.PASS, "OS_SUPPORTED"), id="on-the-last-day"
        ),
        pytest.param(
            platform("Ubuntu", "24.10"), (Outcome.WARN, "OS_END_OF_LIFE"), id="the-day-after"
        ),
        pytest.param(
            platform("ubuntu", "22.04.5"), (Outcome.PASS, "OS_SUPPORTED"), id="T-15-letter-case"
        ),
        pytest.param(
            platform("Amazon Linux", "2023"),
            (Outcome.PASS, "OS_SUPPORTED"),
            id="2023-is-not-2",
        ),
        pytest.param(
            platform("Amazon Linux", "2"), (Outcome.WARN, "OS_END_OF_LIFE"), id="2-is-not-2023"
        ),
        pytest.param(
            platform("Bottlerocket", "1.20"), (Outcome.PASS, "OS_SUPPORTED"), id="any-version"
        ),
        pytest.param(
            platform("Ubuntu", "26.04"), (Outcome.UNKNOWN, "OS_NOT_LISTED"), id="new-version"
        ),
        pytest.param(
            platform("TempleOS", "5"), (Outcome.UNKNOWN, "OS_NOT_LISTED"), id="unknown-system"
        ),
        pytest.param({}, (Outcome.UNKNOWN, "UNREAD"), id="R-8.1-not-told"),
        pytest.param(platform("Ubuntu"), (Outcome.UNKNOWN, "UNREAD"), id="R-8.1-version-not-told"),
        pytest.param(
            platform("Bottlerocket"), (Outcome.PASS, "OS_SUPPORTED"), id="no-version-needed"
        ),
    ],
)
def test_the_table_decides(managed: dict[str, Any], expected: tuple[Outcome, str]) -> None:
    verdict = judged(managed)
    assert (verdict.outcome, verdict.code) == expected


def test_an_unregistered_node_tells_no_system() -> None:
    """D14."""
    verdict = judged({}, listed=False)
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_APPLICABLE, "NOT_REGISTERED")


def test_without_a_table_or_a_clock_nothing_is_decided() -> None:
    ubuntu = platform("Ubuntu", "22.04")
    assert judged(ubuntu, OperatingSystems()).code == "OS_NOT_LISTED"
    assert judged(ubuntu, as_of=None).code == "AS_OF_MISSING"
    assert judged(platform("Bottlerocket"), as_of=None).outcome is Outcome.PASS
