"""Where a node stands: one state each, and the first broken hop (domain.md 2.0, 5.6)."""

from __future__ import annotations

import pytest

from policies.control import Gap, Missing, Outcome, Severity, Verdict, failed, passed
from policies.diagnosis import Diagnosis, Hop, Layer, State, diagnose, with_causes
from tests.unit.policies.diagnosis.findings import answered, blocked, finding

NA, PASS, WARN = Outcome.NOT_APPLICABLE, Outcome.PASS, Outcome.WARN
#: A node with everything in order; each test changes what it is about.
SOUND = {
    "NODE-01": passed("OK", "ok"),
    "IMDS-01": passed("OK", "ok"),
    "IAM-01": passed("OK", "ok"),
    "IAM-03": passed("OK", "ok"),
    "IAM-04": passed("OK", "ok"),
    "IAM-05": passed("OK", "ok"),
    "IAM-06": passed("OK", "ok"),
    "NET-01": passed("OK", "ok"),
    "NET-02": passed("OK", "ok"),
    "NET-04": passed("OK", "ok"),
    "NET-08": passed("OK", "ok"),
    "NET-09": passed("OK", "ok"),
    "NODE-02": passed("REGISTERED", "listed"),
    "NODE-03": passed("ONLINE", "online"),
}
NEVER_LISTED = {
    "NODE-02": failed("NOT_REGISTERED", "never heard of"),
    "NODE-03": answered(NA, "NOT_REGISTERED"),
}
UNREAD = Verdict(
    Outcome.UNKNOWN, "UNREAD", "not read", missing=(Missing(Gap.UNREAD, "ec2:DescribeSubnets"),)
)


def diagnosed(changed: dict[str, Verdict], severity: Severity = Severity.CRITICAL) -> Diagnosis:
    findings = [
        finding(control, "i-1", verdict, severity=severity)
        for control, verdict in {**SOUND, **changed}.items()
    ]
    return diagnose(with_causes(one, findings) for one in findings)


def test_online_and_all_in_order_is_managed() -> None:
    told = diagnosed({})
    assert (told.state, told.hop, told.first_broken, told.roots) == (State.MANAGED, None, "", ())


@pytest.mark.parametrize(
    ("control", "verdict"),
    [
        ("NET-09", blocked("sg-1")),
        ("IAM-05", blocked("role-a")),
        ("IAM-03", answered(WARN, "CONTRADICTED")),
        ("NET-09", UNREAD),
    ],
)
def test_online_with_something_open_is_managed_with_risk(control: str, verdict: Verdict) -> None:
    """D9: Online proves the heartbeat, not the command channel; R-0.2: nor the next rotation."""
    told = diagnosed({control: verdict})
    assert told.state is State.AT_RISK
    assert f"{control} {verdict.code}" in told.reason
    assert told.hop is None


@pytest.mark.parametrize("severity", [Severity.LOW, Severity.INFO])
def test_what_is_of_little_weight_is_no_risk(severity: Severity) -> None:
    assert diagnosed({"NET-11": blocked("rtb-1")}, severity).state is State.MANAGED


def test_an_old_ping_is_a_risk() -> None:
    assert diagnosed({"NODE-03": answered(WARN, "STALE_PING")}).state is State.AT_RISK


def test_the_first_broken_hop_is_the_first_in_the_order_of_prerequisites() -> None:
    told = diagnosed({**NEVER_LISTED, "NET-02": blocked("sg-1"), "IMDS-01": blocked("i-1")})
    assert (told.state, told.hop) == (State.NOT_MANAGED, Hop.METADATA)
    assert told.first_broken.startswith("IMDS-01/")
    assert [one.partition("/")[0] for one in told.roots] == ["IMDS-01", "NET-02"]


def test_a_consequence_is_never_the_first_broken_hop() -> None:
    """The path to ssm fails because a group blocks: the group is the root (D29)."""
    told = diagnosed({**NEVER_LISTED, "NET-08": blocked("sg-1"), "NET-02": blocked("sg-1")})
    assert told.first_broken.startswith("NET-02/")


def test_an_open_channel_is_not_what_keeps_it_from_being_listed() -> None:
    """D9: IAM-05 comes after the heartbeat; the cause of silence lies in the guest."""
    told = diagnosed({**NEVER_LISTED, "IAM-05": blocked("role-a")})
    assert (told.state, told.hop) == (State.NOT_MANAGED, Hop.LISTED)


def test_with_the_aws_side_in_order_the_guest_is_left() -> None:
    """5.6: all prerequisites pass and the node is silent."""
    told = diagnosed({"NODE-03": failed("CONNECTION_LOST", "ping status is ConnectionLost")})
    assert (told.state, told.hop) == (State.NOT_MANAGED, Hop.LISTED)
    assert told.reason.startswith("AWS side in order, guest unverified")


def test_a_missing_node_with_an_unknown_prerequisite_is_undetermined() -> None:
    told = diagnosed({**NEVER_LISTED, "NET-04": UNREAD})
    assert (told.state, told.hop, told.first_broken) == (State.UNDETERMINED, None, "")
    assert told.missing == (Missing(Gap.UNREAD, "ec2:DescribeSubnets"),)


def test_a_definite_block_outweighs_the_unknown() -> None:
    told = diagnosed({**NEVER_LISTED, "NET-04": UNREAD, "IAM-03": blocked("role-a")})
    assert (told.state, told.hop) == (State.NOT_MANAGED, Hop.CREDENTIALS)


def test_what_systems_manager_says_was_not_read() -> None:
    told = diagnosed({"NODE-02": UNREAD, "NODE-03": UNREAD})
    assert (told.state, told.missing) == (State.UNDETERMINED, UNREAD.missing)


def test_a_failed_prerequisite_is_enough_where_that_was_not_read() -> None:
    told = diagnosed({"NODE-02": UNREAD, "NODE-03": UNREAD, "IMDS-01": blocked("i-1")})
    assert (told.state, told.hop) == (State.NOT_MANAGED, Hop.METADATA)


@pytest.mark.parametrize("code", ["NOT_REGISTERED_YET", "PROPAGATING"])
def test_a_node_that_still_has_time_is_undetermined(code: str) -> None:
    told = diagnosed({"NODE-02": answered(WARN, code), "NODE-03": answered(NA, "NOT_REGISTERED")})
    assert told.state is State.UNDETERMINED
    assert told.reason.startswith("waiting for the agent")


def test_a_node_just_launched_is_not_applicable() -> None:
    early = dict.fromkeys(("NODE-02", "NODE-03"), answered(NA, "TOO_EARLY"))
    assert diagnosed(early).state is State.NOT_APPLICABLE


def test_a_stopped_node_is_not_applicable() -> None:
    stopped = dict.fromkeys(SOUND, answered(NA, "NOT_RUNNING"))
    told = diagnosed(stopped)
    assert (told.state, told.reason) == (State.NOT_APPLICABLE, "not running")


def test_the_layers_are_told_apart() -> None:
    """2.0: Online says nothing about commands."""
    layers = diagnosed({"NET-09": blocked("sg-1"), "IAM-06": answered(WARN, "FEATURES")}).layers
    assert layers == {
        Layer.REGISTERED: Outcome.PASS,
        Layer.HEARTBEAT: Outcome.PASS,
        Layer.COMMAND_CHANNEL: Outcome.FAIL,
        Layer.FEATURES: Outcome.WARN,
    }
