"""LOG-01 to LOG-07 over logs of spec domain.md 3, as data: log_cases.yaml."""

from __future__ import annotations

import dataclasses
import io
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from inventory.facts import Node
from inventory.facts.host import AgentLog, HostFacts, LogHit
from inventory.host.logs import read_agent_log
from policies.control import Context, ControlModule, Outcome, Verdict
from policies.host import (
    log_clock,
    log_credentials,
    log_endpoints,
    log_ladder,
    log_machine,
    log_metadata,
    log_service,
)
from tests.unit.policies.nodes import ID, node_with

CONTROLS: Final[dict[str, ControlModule]] = {
    one.CONTROL.id: one
    for one in (
        log_ladder,
        log_metadata,
        log_credentials,
        log_endpoints,
        log_service,
        log_clock,
        log_machine,
    )
}
DATA: Final[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "log_cases.yaml").read_text(encoding="utf-8")
)
CASES: Final[list[dict[str, Any]]] = DATA["cases"]
_LAUNCHED: Final = "2026-10-29T12:00:00+00:00"


def log_of(case: dict[str, Any]) -> AgentLog:
    text = "".join(DATA["pieces"][name] for name in case["log"])
    zone = case.get("zone", 0)
    return read_agent_log(
        ID,
        [("amazon-ssm-agent.log", io.BytesIO(text.encode()))],
        collected_at=case.get("collected"),
        utc_offset=None if zone == "unknown" else timedelta(hours=zone),
    )


def node_of(case: dict[str, Any], log: AgentLog | None) -> Node:
    said: dict[str, Any] = case.get("node", {})
    instance = {"LaunchTime": str(said.get("launched", _LAUNCHED))}
    if "platform" in said:
        instance["Platform"] = said["platform"]
    managed = {"LastPingDateTime": str(said["pinged"])} if "pinged" in said else None
    world = {"region": said["region"]} if "region" in said else {}
    node = node_with(instance, managed, listed=managed is not None, **world)
    return dataclasses.replace(node, host=HostFacts(log=log))


def verdict(control: str, case: dict[str, Any]) -> Verdict:
    return CONTROLS[control].evaluate(node_of(case, log_of(case)), Context())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_verdicts(case: dict[str, Any]) -> None:
    found = {control: verdict(control, case) for control in case["expect"]}
    told = {control: [str(one.outcome), one.code] for control, one in found.items()}
    assert told == case["expect"], case["rule"]
    for control, words in case.get("says", {}).items():
        assert words in found[control].reason


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_failures_name_blocker_fix_and_evidence_and_unknowns_what_is_missing(
    case: dict[str, Any],
) -> None:
    for control in CONTROLS:
        found = verdict(control, case)
        assert all(one.call == "host:Logs" for one in found.evidence)
        if found.outcome is Outcome.FAIL:
            assert found.blockers
            assert found.remediation
        if found.outcome is Outcome.UNKNOWN:
            assert found.missing


@pytest.mark.parametrize("control", CONTROLS)
def test_every_outcome_has_a_case(control: str) -> None:
    told = {case["expect"][control][0] for case in CASES if control in case["expect"]}
    assert {"pass", "fail"} <= told
    assert told & {"unknown", "not_applicable", "warn"}


@pytest.mark.parametrize("control", CONTROLS)
def test_without_a_log_nothing_is_known(control: str) -> None:
    """Meaning: the missing input is named; no log fails no node."""
    found = CONTROLS[control].evaluate(node_of({}, None), Context())
    assert found.outcome is Outcome.UNKNOWN
    assert found.missing[0].what.startswith("host:Logs (NOT_RECORDED)")


def test_a_node_that_nobody_looked_into_is_unknown() -> None:
    found = log_ladder.evaluate(node_with(), Context())
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, "UNREAD")


@pytest.mark.parametrize(
    ("platform", "command"), [("", "chronyc makestep"), ("windows", "w32tm /resync")]
)
def test_the_fix_is_for_the_nodes_system(platform: str, command: str) -> None:
    case = {"log": ["start", "skewed"], "node": {"platform": platform} if platform else {}}
    assert command in verdict("LOG-06", case).remediation


def test_fixes_have_no_blanks_left() -> None:
    """Host names are those of the node's own partition (domain.md 2.3)."""
    case = {"log": ["start", "accepted", "heartbeats", "channel_denied"]}
    case["node"] = {"region": "cn-north-1"}  # type: ignore[assignment]
    fix = verdict("LOG-04", case).remediation
    assert "ssmmessages.cn-north-1.amazonaws.com.cn" in fix
    assert "{" not in fix


def test_a_signature_of_a_newer_version_weighs_nothing() -> None:
    log = AgentLog(
        instance_id=ID, state="healthy", rungs=(9,), hits=(LogHit(signature="C99", line=""),)
    )
    found = log_endpoints.evaluate(node_of({}, log), Context())
    assert found.outcome is Outcome.PASS


def test_a_state_of_a_newer_version_is_unknown() -> None:
    log = AgentLog(instance_id=ID, state="levitating")
    assert log_ladder.evaluate(node_of({}, log), Context()).outcome is Outcome.UNKNOWN


def test_an_error_without_a_time_is_at_most_a_warning() -> None:
    log = AgentLog(instance_id=ID, state="stopped", hits=(LogHit(signature="F12", line="x"),))
    for control in (log_ladder, log_machine):
        found = control.evaluate(node_of({}, log), Context())
        assert found.outcome is Outcome.WARN
        assert "nobody knows when" in found.reason
