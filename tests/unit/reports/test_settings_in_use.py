"""The user's settings in every report: counted, listed, and harmless whatever they hold."""

from __future__ import annotations

import dataclasses

import pytest

from policies.control import passed
from policies.roll import Roll
from policies.settings import EVERYONE, SettingInUse, Target
from reports.console import closing_summary
from reports.findings import findings_document
from reports.html import static_sections
from reports.junit import suite_properties
from reports.settings_in_use import parameters_text, settings_sentence, settings_text
from reports.summary_md import summary
from tests.unit.reports.rolls import HOSTILE, IMDS_01, finding, roll_of

FRESH = SettingInUse("thresholds.ping_fresh", "5m", EVERYONE)
SEVERITY = SettingInUse("controls.IMDS-01.severity", "low", Target(tags=(("env", "dev*"),)))


def roll_with(*settings: SettingInUse, resting: int = 1) -> Roll:
    plain = [finding(IMDS_01, number, passed("FINE", "it holds")) for number in range(3)]
    told = (("thresholds.ping_fresh", "5m"), ("controls.IMDS-01.severity", "low"))
    found = [dataclasses.replace(one, parameters=told) for one in plain[:resting]]
    return dataclasses.replace(roll_of([*found, *plain[resting:]]), settings=settings)


def console(roll: Roll) -> str:
    lines = closing_summary(roll, report_places=(), exit_reason="")
    return " ".join(" ".join(fragment.text for fragment in line) for line in lines)


@pytest.mark.parametrize(
    ("settings", "resting", "told"),
    [
        ((FRESH,), 1, "1 setting differs from the defaults; 1 finding rests on them."),
        ((FRESH, SEVERITY), 2, "2 settings differ from the defaults; 2 findings rest on them."),
        ((SEVERITY,), 0, "1 setting differs from the defaults; 0 findings rest on them."),
        ((), 0, ""),
    ],
)
def test_settings_are_counted(settings: tuple[SettingInUse, ...], resting: int, told: str) -> None:
    assert settings_sentence(roll_with(*settings, resting=resting)) == told


def test_the_whole_list_says_for_whom() -> None:
    told = settings_text(roll_with(FRESH, SEVERITY))
    assert told.endswith(
        "thresholds.ping_fresh = 5m; controls.IMDS-01.severity = low (tag env=dev*)"
    )


def test_a_finding_tells_what_it_rests_on() -> None:
    one = roll_with(FRESH).findings[0]
    assert parameters_text(one) == "thresholds.ping_fresh = 5m; controls.IMDS-01.severity = low"


def test_every_report_tells_them() -> None:
    roll = roll_with(FRESH, SEVERITY)
    for text in (console(roll), summary(roll), static_sections(roll)):
        assert settings_sentence(roll) in " ".join(text.split())
        assert "thresholds.ping" in text
        assert "env=dev" in text
    assert dict(suite_properties(roll))["settings"] == settings_text(roll)
    document = findings_document(roll)
    assert document["run"]["settings"] == [
        {"name": FRESH.name, "value": "5m", "accounts": [], "regions": [], "tags": {}},
        {
            "name": SEVERITY.name,
            "value": "low",
            "accounts": [],
            "regions": [],
            "tags": {"env": "dev*"},
        },
    ]
    assert document["findings"][0]["parameters"] == dict(roll.findings[0].parameters)


def test_nothing_is_told_where_nothing_is_set() -> None:
    roll = roll_with(resting=0)
    for text in (console(roll), summary(roll), static_sections(roll)):
        assert "from the defaults" not in text
    assert findings_document(roll)["run"]["settings"] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_file_holds_is_shown_and_does_nothing(text: str) -> None:
    """A reason is anyone's text: no markup, no control characters, one line."""
    roll = roll_with(SettingInUse("controls.IMDS-01.enabled", f"false (me: {text})", EVERYONE))
    for told in (static_sections(roll), summary(roll)):
        assert "<script>" not in told
        assert "<img" not in told
    for told in (console(roll), static_sections(roll), summary(roll), settings_property(roll)):
        assert "\x1b" not in told
        assert "\u202e" not in told


def settings_property(roll: Roll) -> str:
    return dict(suite_properties(roll))["settings"]
