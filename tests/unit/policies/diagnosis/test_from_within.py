"""What a machine told, in the diagnosis: cross-checked with AWS's side (domain.md 4, 5.6)."""

from __future__ import annotations

import pytest

from policies.control import (
    Control,
    Gap,
    Missing,
    Outcome,
    Severity,
    Verdict,
    failed,
    passed,
    warned,
)
from policies.diagnosis import Diagnosis, Guest, Hop, State, diagnose, fix_first, with_causes
from policies.finding import Finding
from tests.unit.policies.diagnosis.findings import ACCOUNT, REGION, blocked

OK = passed("OK", "ok")
SOUND = {"IMDS-01": OK, "IAM-03": OK, "NET-01": OK, "NET-06": OK, "NODE-02": OK}
LOST = {"NODE-03": failed("CONNECTION_LOST", "silent for a day")}
CLOCK = failed("CLOCK_OFF", "its clock is 612 s behind")
UNREAD = Verdict(
    Outcome.UNKNOWN, "UNREAD", "not read", missing=(Missing(Gap.UNREAD, "host:Readings"),)
)


def findings_of(verdicts: dict[str, Verdict]) -> list[Finding]:
    records = {
        name: Control(name, "t", Severity.HIGH, name.partition("-")[0].lower(), "", "", (), ())
        for name in verdicts
    }
    found = [
        Finding(records[name], ACCOUNT, REGION, "i-1", "", verdict)
        for name, verdict in verdicts.items()
    ]
    return [with_causes(one, found) for one in found]


def diagnosed(**changed: Verdict) -> Diagnosis:
    verdicts = {name.replace("_", "-"): verdict for name, verdict in changed.items()}
    return diagnose(findings_of({**SOUND, **LOST, **verdicts}))


def test_a_machine_that_nobody_looked_at_stays_unverified() -> None:
    assert diagnosed().reason == "AWS side in order, guest unverified: silent for a day"


def test_a_machine_in_order_is_told_as_such() -> None:
    """T-124: verified is what the machine shows, and no more than that."""
    told = diagnosed(HOST_10=OK)
    assert told.reason == "AWS side in order, guest verified: clock off ruled out: silent for a day"
    assert told.hop is Hop.LISTED


@pytest.mark.parametrize("verdict", [warned("CLOCK_DRIFTS", "100 s behind"), UNREAD])
def test_only_what_passes_is_ruled_out(verdict: Verdict) -> None:
    """T-124: neither a doubt nor what nobody could tell."""
    assert "guest unverified" in diagnosed(HOST_10=verdict).reason


def test_a_doubt_of_the_log_outweighs_what_a_probe_calls_right() -> None:
    drifts = warned("LOG_E4", "time stamps jump")
    assert "guest unverified" in diagnosed(HOST_10=OK, LOG_06=drifts).reason
    assert "clock off ruled out" in diagnosed(HOST_10=OK, LOG_06=UNREAD).reason


def test_a_drifting_clock_explains_a_node_whose_aws_side_is_in_order() -> None:
    """R-10.1, root cause 22: everything passes, and the connection is lost."""
    told = diagnosed(HOST_10=CLOCK, LOG_06=failed("SIGNATURE_EXPIRED", "612 s"))
    assert told.state is State.NOT_MANAGED
    assert told.reason == (
        "AWS side in order; its clock is off (host evidence): its clock is 612 s behind"
    )
    assert told.first_broken.startswith("HOST-10/")
    assert [one.partition("/")[0] for one in told.roots] == ["HOST-10"]


def test_an_aws_side_of_which_not_all_is_known_is_not_called_in_order() -> None:
    told = diagnosed(HOST_10=CLOCK, NET_08=UNREAD)
    assert told.reason.startswith("its clock is off (host evidence): ")


@pytest.mark.parametrize(
    ("control", "skew", "told"),
    [
        ("HOST-10", -612.0, "its clock is 10 minutes behind"),
        ("LOG-06", 612.0, "its clock is 10 minutes ahead"),
        ("HOST-10", 3 * 3600.0, "its clock is 3 hours ahead"),
        ("LOG-06", -400 * 86400.0, "its clock is 400 days behind"),
    ],
)
def test_the_reason_says_how_far_the_clock_is_off(control: str, skew: float, told: str) -> None:
    """R-10.2: the exact skew, where a source tells it."""
    found = findings_of({**SOUND, **LOST, control: CLOCK})
    reason = diagnose(found, Guest({control: skew})).reason
    assert reason == f"AWS side in order; {told} (host evidence): {CLOCK.reason}"


@pytest.mark.parametrize(
    ("control", "code", "told"),
    [
        ("HOST-02", "SERVICE_NOT_RUNNING", "its agent is stopped"),
        ("HOST-02", "SERVICE_WRONG_USER", "its agent does not run as it should"),
        ("LOG-01", "AGENT_STOPPED", "its agent is stopped"),
        ("HOST-11", "PROXY_CATCHES_METADATA", "its proxy is in the way"),
        ("HOST-12", "DISK_FULL", "its disk is in the way"),
        ("HOST-08", "TLS_UNKNOWN_AUTHORITY", "its TLS connections fail"),
        ("LOG-07", "LOG_F6", "on the machine"),
    ],
)
def test_the_reason_says_what_is_wrong_on_the_machine(control: str, code: str, told: str) -> None:
    """5.6: a useful message, where the machine told."""
    found = findings_of({**SOUND, **LOST, control: failed(code, "broken")})
    reason = diagnose(found).reason
    assert reason == f"AWS side in order; {told} (host evidence): broken"


def test_a_role_that_neither_side_has_is_one_cause() -> None:
    """R-6.9, A6: the agent misses at its metadata service what IAM-01 misses in EC2."""
    for code, roots in (("LOG_A6", ["IAM-01"]), ("LOG_A8", ["IAM-01", "LOG-02"])):
        found = findings_of({"IAM-01": blocked("i-1"), "LOG-02": failed(code, "no role")})
        assert [one.control.id for one in found if not one.caused_by] == roots


@pytest.mark.parametrize(
    ("root", "follows"),
    [
        ("IAM-03", "HOST-05"),
        ("IAM-03", "LOG-03"),
        ("HOST-05", "HOST-03"),  # T-104, T-105: no worker without credentials
        ("IMDS-01", "HOST-04"),
        ("IMDS-01", "LOG-02"),
        ("NET-01", "HOST-06"),
        ("NET-06", "HOST-07"),  # C1: a timeout to a private address
        ("NET-06", "LOG-04"),
        ("HOST-07", "HOST-09"),
        ("HOST-10", "HOST-08"),  # a certificate is judged by the machine's own clock
        ("HOST-01", "HOST-02"),
        ("HOST-12", "LOG-07"),
        ("NODE-06", "HOST-13"),
        ("HOST-10", "LOG-01"),
        ("HOST-10", "NODE-03"),
    ],
)
def test_one_fault_is_one_root(root: str, follows: str) -> None:
    found = findings_of({root: blocked("x"), follows: failed("BROKEN", "broken")})
    assert [one.control.id for one in found if not one.caused_by] == [root]


@pytest.mark.parametrize(
    ("one", "other"),
    [("HOST-12", "HOST-10"), ("NET-06", "HOST-12"), ("IAM-03", "HOST-10"), ("HOST-10", "HOST-05")],
)
def test_what_has_nothing_to_do_with_each_other_are_two_roots(one: str, other: str) -> None:
    found = findings_of({one: blocked("x"), other: failed("BROKEN", "broken")})
    assert not any(finding.caused_by for finding in found)


def test_a_fault_on_both_sides_is_told_by_the_first_hop() -> None:
    told = diagnosed(NET_06=blocked("sg-1"), HOST_12=failed("DISK_FULL", "full"))
    assert told.hop is Hop.PATH
    assert told.reason.startswith("network path: ")


def test_what_the_machine_did_not_tell_leaves_no_more_open_than_nobody_looking() -> None:
    told = diagnosed(HOST_12=UNREAD)
    assert (told.state, told.hop) == (State.NOT_MANAGED, Hop.LISTED)
    found = findings_of({**LOST, "HOST-10": CLOCK, "HOST-12": UNREAD})
    (fix,) = fix_first(found)
    assert (fix.controls, fix.frees) == (("HOST-10",), (f"{ACCOUNT}/{REGION}/i-1",))


def test_the_runbooks_word_keeps_nobody_from_being_managed() -> None:
    assert diagnosed(HOST_16=failed("FINDINGS", "x")).first_broken.startswith("NODE-03/")
