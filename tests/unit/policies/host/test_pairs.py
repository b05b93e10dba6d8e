"""Minimal pairs of HOST-01 to HOST-15: one change flips the verdict; each names its rule."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from policies.control import Context, Gap, Outcome, Verdict
from policies.judgement import judge
from tests.unit.policies.host.scenario import CONTROLS, HERE, node_after
from tests.unit.policies.nodes import ID

FILES = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((HERE / "cases").glob("host-*.yaml"))
]
OURS = [file for file in FILES if file["control"] in CONTROLS]


def _pairs(*outcomes: str) -> list[Any]:
    return [
        pytest.param(file, pair, id=f"{file['control']}: {pair['name']}")
        for file in OURS
        for pair in file["pairs"]
        if not outcomes or pair["after"][0] in outcomes
    ]


def _judged(file: dict[str, Any], *changes: dict[str, Any]) -> Verdict:
    node = node_after(file.get("given", {}), *changes)
    return judge(CONTROLS[file["control"]], node, Context())


@pytest.mark.parametrize(("file", "pair"), _pairs())
def test_one_change_flips_the_verdict(file: dict[str, Any], pair: dict[str, Any]) -> None:
    assert pair["rule"], "every pair names its rule"
    given = pair.get("given", {})
    before = _judged(file, given)
    after = _judged(file, given, pair["change"])
    assert [before.outcome, before.code] == pair.get("from", file["before"])
    assert [after.outcome, after.code] == pair["after"]
    assert pair.get("fix", "") in (after.remediation or "")
    assert all(one.call for one in after.evidence)


@pytest.mark.parametrize(("file", "pair"), _pairs("fail"))
@pytest.mark.parametrize(
    "doubt",
    [
        pytest.param({"taken_at": ""}, id="when-is-not-known"),
        pytest.param({"taken_at": "yesterday"}, id="no-time-at-all"),
        pytest.param({"instance.LaunchTime": "2026-11-01T11:55:00Z"}, id="an-earlier-boot"),
        pytest.param({"unsourced": None}, id="K-a-format-without-a-source"),
        pytest.param(
            {"source": "ssm-cli", "managed.LastPingDateTime": "2026-11-01T11:55:00Z"},
            id="heard-from-since",
        ),
    ],
)
def test_what_is_in_doubt_never_fails(
    file: dict[str, Any], pair: dict[str, Any], doubt: dict[str, Any]
) -> None:
    """[K] of the spec, and the house's rule: from an old or undated file at most a warning."""
    if "unsourced" in doubt:
        doubt = {"unsourced": [file["section"]]}
    verdict = _judged(file, pair.get("given", {}), pair["change"], doubt)
    assert [verdict.outcome, verdict.code] == ["warn", pair["after"][1]]
    assert not verdict.blockers


@pytest.mark.parametrize("file", OURS, ids=lambda file: file["control"])
def test_a_reading_of_an_earlier_boot_passes_nothing(file: dict[str, Any]) -> None:
    verdict = _judged(file, {"instance.LaunchTime": "2026-11-01T11:55:00Z"})
    assert [verdict.outcome, verdict.code] == ["unknown", "READING_OUTDATED"]


@pytest.mark.parametrize("file", OURS, ids=lambda file: file["control"])
def test_what_nobody_looked_at_is_unknown_and_names_the_source(file: dict[str, Any]) -> None:
    nothing = "" if file["section"] == "sysprep_state" else None
    verdict = _judged(file, {file["section"]: nothing})
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.missing[0].gap is Gap.UNREAD
    assert verdict.missing[0].what == f"host:Readings (NOT_RECORDED): {file['section']} of {ID}"


@pytest.mark.parametrize("file", OURS, ids=lambda file: file["control"])
def test_why_the_machine_gave_no_answer_is_told(file: dict[str, Any]) -> None:
    section = file["section"]
    nothing = "" if section == "sysprep_state" else None
    verdict = _judged(file, {section: nothing, "problems": [f"{section}: sh was not found"]})
    assert verdict.outcome is Outcome.UNKNOWN
    assert "sh was not found" in verdict.missing[0].what


@pytest.mark.parametrize("file", OURS, ids=lambda file: file["control"])
def test_another_machine_says_nothing_of_this_one(file: dict[str, Any]) -> None:
    """An address may have been taken over: its own metadata service tells."""
    other = "i-0fedcba9876543210"
    verdict = _judged(file, {"metadata.instance_id": other})
    assert [verdict.outcome, verdict.code] == ["unknown", "ANOTHER_MACHINE"]
    assert other in verdict.reason


def test_every_control_has_a_pass_a_failure_or_warning_and_an_unknown() -> None:
    for file in OURS:
        seen = {pair["after"][0] for pair in file["pairs"]} | {file["before"][0]}
        assert {"pass", "unknown"} <= seen, file["control"]
        assert {"fail", "warn"} & seen, file["control"]
    assert {file["control"] for file in OURS} == set(CONTROLS)
