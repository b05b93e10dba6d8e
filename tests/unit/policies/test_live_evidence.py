"""Live evidence by D9 and D10: what a fresh ping settles or contradicts, and what it does not."""

from typing import Any

import pytest

from policies.control import (
    Blocker,
    Context,
    Control,
    Outcome,
    Severity,
    Verdict,
    failed,
    passed,
    undecidable,
)
from policies.live import reconcile
from tests.unit.policies.nodes import ID, ago, node_with

ENTAILED = Control(
    id="TEST-01",
    title="What a fresh ping entails",
    severity=Severity.HIGH,
    category="imds",
    why="",
    remediation="",
    needs=(),
    references=(),
    entailed_by_online=True,
)
FAILED = failed("BROKEN", "it is broken", blockers=(Blocker("x-1", "closed"),))
PINGS = "ssm.DescribeInstanceInformation"
UNKNOWN = undecidable("UNSEEN", "it cannot be seen", settled_by="ec2:DescribeX")


def reconciled(verdict: Verdict, control: Control = ENTAILED, **change: Any) -> Verdict:
    return reconcile(control, verdict, node_with(**change), Context())


def with_(control: Control, **change: Any) -> Control:
    return Control(**{**control.__dict__, **change})


def test_a_computed_failure_is_contradicted_and_kept_in_the_evidence() -> None:
    verdict = reconciled(FAILED)
    assert (verdict.outcome, verdict.code, verdict.blockers) == (Outcome.WARN, "CONTRADICTED", ())
    assert [one.value for one in verdict.evidence if one.path == "computed"] == [
        "fail BROKEN: it is broken"
    ]
    assert "PingStatus" in {one.path for one in verdict.evidence}


def test_a_computed_unknown_is_observed() -> None:
    verdict = reconciled(UNKNOWN)
    assert (verdict.outcome, verdict.code) == (Outcome.PASS, "OBSERVED")
    assert "unknown UNSEEN: it cannot be seen" in [one.value for one in verdict.evidence]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"managed": {"LastPingDateTime": ago(minutes=16)}}, id="stale"),
        pytest.param({"managed": {"PingStatus": "ConnectionLost"}}, id="lost"),
        pytest.param({"listed": False}, id="not-listed"),
        pytest.param({"as_of": None}, id="no-clock"),
        pytest.param({"managed": {"LastPingDateTime": None}}, id="no-ping-time"),
        pytest.param({"denied": {PINGS: "NOT_ASKED"}}, id="never-asked"),
        pytest.param({"denied": {PINGS: "AccessDenied"}, "as_of": None}, id="unread-and-no-clock"),
    ],
)
@pytest.mark.parametrize("verdict", [FAILED, UNKNOWN], ids=["fail", "unknown"])
def test_without_a_fresh_ping_nothing_changes(verdict: Verdict, change: dict[str, Any]) -> None:
    assert reconciled(verdict, **change) is verdict


@pytest.mark.parametrize(
    ("started", "code"), [(ago(minutes=3), "CONTRADICTED"), (ago(minutes=1), "BROKEN")]
)
def test_a_ping_of_before_the_latest_start_proves_nothing(started: str, code: str) -> None:
    """D9: only if it is newer than the configuration; the last ping is two minutes old."""
    assert reconciled(FAILED, instance={"LaunchTime": started}).code == code


@pytest.mark.parametrize(
    ("category", "attached", "code"),
    [
        ("iam", ago(minutes=3), "CONTRADICTED"),
        ("iam", ago(minutes=1), "BROKEN"),
        ("imds", ago(minutes=1), "CONTRADICTED"),
    ],
)
def test_a_ping_of_before_the_profile_proves_nothing_of_it(
    category: str, attached: str, code: str
) -> None:
    """D9: the profile is newer than the ping, which some other one may have been behind."""
    association = {
        "AssociationId": "iip-assoc-1",
        "InstanceId": ID,
        "State": "associated",
        "Timestamp": attached,
    }
    answer = {"IamInstanceProfileAssociations": [association]}
    regional = {"ec2.DescribeIamInstanceProfileAssociations": answer}
    assert reconciled(FAILED, with_(ENTAILED, category=category), regional=regional).code == code


def test_what_a_ping_does_not_entail_stays() -> None:
    """D9: nothing about IAM-05…07, DHMC, NET-09 and the like."""
    assert reconciled(FAILED, with_(ENTAILED, entailed_by_online=False)) is FAILED


def test_a_verdict_may_rest_on_more_than_a_ping_entails() -> None:
    """D9 is per host name: a ping says nothing about ssmmessages."""
    other_host = Verdict(Outcome.FAIL, "BROKEN", "no way to ssmmessages", entailed_by_online=False)
    assert reconciled(other_host) is other_host


def test_a_pass_stays_a_pass() -> None:
    held = passed("FINE", "it holds")
    assert reconciled(held) is held


def test_under_dhmc_a_ping_says_nothing_about_the_profile() -> None:
    """D10: another credential source may explain Online."""
    setting = {"SettingId": "/ssm/managed-instance/default-ec2-instance-management-role"}
    on = {"ServiceSetting": setting | {"SettingValue": "service-role/Default"}}
    iam = with_(ENTAILED, category="iam")
    assert reconciled(FAILED, iam).code == "CONTRADICTED"
    assert reconciled(FAILED, iam, regional={"ssm.GetServiceSetting": on}) is FAILED


def test_dhmc_that_cannot_serve_this_node_explains_nothing() -> None:
    """D10 and D1: a source counts only where it explains Online; this agent is too old for DHMC."""
    setting = {"SettingId": "/ssm/managed-instance/default-ec2-instance-management-role"}
    on = {"ServiceSetting": setting | {"SettingValue": "service-role/Default"}}
    old = {"AgentVersion": "3.2.500.0"}
    iam = with_(ENTAILED, category="iam")
    change = {"managed": old, "regional": {"ssm.GetServiceSetting": on}}
    assert reconciled(FAILED, iam, **change).code == "CONTRADICTED"
