"""Several sources of one machine, and readings of any shape: the rules all controls share."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.facts import DHMC_SETTING
from inventory.facts.host import EndpointTry, Reading
from policies.control import Context, ControlModule, Outcome
from policies.host import (
    agent_installed,
    clock_skew,
    http_answers,
    leftovers,
    names_resolve,
    role_credentials,
    service_proxy,
    tcp_443,
    tls_certificate,
    worker_running,
)
from policies.host.stages import addressed
from policies.judgement import judge
from policies.parameters import Parameters, Proxy
from tests.unit.policies.host.scenario import (
    CONTROLS,
    healthy,
    node_after,
    reading,
    with_readings,
)
from tests.unit.policies.nodes import ID, NOW, node_with

SSM_CLI = {"source": "ssm-cli", "origin": "diagnostics.json", "taken_at": "2026-11-01T11:55:00Z"}


def _of(source: dict[str, Any], **sections: Any) -> Reading:
    bare = Reading(instance_id=ID, source="", origin="", system="linux")
    return msgspec.convert(msgspec.to_builtins(bare) | source | sections, Reading)


def test_the_strongest_source_that_can_tell_decides() -> None:
    """A probe that could not tell leaves it to the tool's output (1.2 row 5)."""
    weaker = _of(SSM_CLI, install={"installed": True, "version": "3.3.4851.0"})
    probe = reading(healthy() | {"install": {"installed": None}, "service": None})
    node = with_readings(node_after(), probe, weaker)
    verdict = judge(agent_installed, node, Context())
    assert verdict.outcome is Outcome.PASS
    assert verdict.evidence[-1].value == "ssm-cli diagnostics.json 2026-11-01T11:55:00Z"


def test_the_strongest_source_wins_where_both_can_tell() -> None:
    weaker = _of(SSM_CLI, install={"installed": False})
    node = with_readings(node_after(), reading(healthy()), weaker)
    assert judge(agent_installed, node, Context()).outcome is Outcome.PASS


def test_a_reading_of_this_boot_comes_before_a_stronger_one_of_an_earlier() -> None:
    """T-115: what held before the latest start says nothing of now."""
    old = reading(healthy() | {"taken_at": "2026-10-01T00:00:00Z"})
    weaker = _of(SSM_CLI, install={"installed": False})
    node = with_readings(node_after(), old, weaker)
    assert judge(agent_installed, node, Context()).code == "AGENT_NOT_INSTALLED"


def test_what_a_tool_never_looks_at_was_not_asked() -> None:
    """1.2 row 3, T-122: ssm-cli tries TCP alone, and sees no worker."""
    tried = {"service": "ssm", "host": "ssm.eu-central-1.amazonaws.com", "names": "ok", "tcp": "ok"}
    told = _of(SSM_CLI, endpoints=[tried], service={"running": True, "user": "root"})
    node = with_readings(node_after(), told)
    assert judge(tcp_443, node, Context()).outcome is Outcome.PASS
    for control in (tls_certificate, http_answers, worker_running):
        verdict = judge(control, node, Context())
        assert (verdict.outcome, verdict.code) == (Outcome.NOT_APPLICABLE, "NOT_ASKED")


def test_pings_that_the_probing_run_read_itself_are_no_news() -> None:
    """A probe's time is when the run began; a ping during it contradicts nothing."""
    change = {"clock.skew": 612.0, "managed.LastPingDateTime": "2026-11-01T11:51:00Z"}
    assert judge(clock_skew, node_after(change), Context()).outcome is Outcome.FAIL
    later = change | {"taken_at": "2026-11-01T08:00:00Z"}
    assert judge(clock_skew, node_after(later), Context()).outcome is Outcome.WARN


THROTTLED = {"denied": {"ssm.DescribeInstanceInformation": "ThrottlingException"}}


@pytest.mark.parametrize(
    ("control", "change", "source", "outcome"),
    [
        (clock_skew, {"clock.skew": 612.0}, "ssm-cli", Outcome.UNKNOWN),
        (clock_skew, {"clock.skew": 612.0}, "probe", Outcome.FAIL),
        (leftovers, {"leftovers.registration": "mi-0123456789abcdef0"}, "probe", Outcome.UNKNOWN),
    ],
    ids=["what may be outdated", "what was seen in this very run", "who may be Online as itself"],
)
def test_no_failure_is_made_out_of_pings_that_were_not_read(
    control: ControlModule, change: dict[str, Any], source: str, outcome: Outcome
) -> None:
    """Issue 9: a ping since would have made it a warning; nobody could read whether one came."""
    read, lost = node_after(change | {"source": source}), node_with(**THROTTLED)
    assert judge(control, read, Context()).outcome is Outcome.FAIL
    verdict = judge(control, dataclasses.replace(lost, host=read.host), Context())
    assert verdict.outcome is outcome
    missing = [one.what for one in verdict.missing]
    if outcome is Outcome.UNKNOWN:
        assert missing == ["ssm:DescribeInstanceInformation (ThrottlingException)"]


def test_no_weaker_source_passes_in_place_of_a_failure_that_a_ping_might_turn() -> None:
    """Issue 9: with pings that fail or warn, without them unknown, and never a pass."""
    change = {"leftovers.registration": "mi-0123456789abcdef0"}
    (stronger,) = node_after(change).host.readings
    (weaker,) = node_after({"source": "toolkit-linux"}).host.readings
    judged_with = {}
    for name, node in (("silent", node_after()), ("throttled", node_with(**THROTTLED))):
        verdict = judge(leftovers, with_readings(node, stronger, weaker), Context())
        judged_with[name] = verdict.outcome
    assert judged_with == {"silent": Outcome.FAIL, "throttled": Outcome.UNKNOWN}


def test_a_node_that_nobody_looked_into_is_unknown() -> None:
    verdict = clock_skew.evaluate(with_readings(node_with()), Context())
    assert verdict.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        (("10.0.1.7",), "10.0.1.7 (private)"),
        (("52.119.184.10",), "52.119.184.10 (public)"),
        (("127.0.0.1",), "127.0.0.1 (loopback)"),
        (("fd00::7", "2600:1f14::7"), "fd00::7 (private), 2600:1f14::7 (public)"),
        (("garbage",), "garbage (no address)"),
    ],
)
def test_private_and_public_answers_are_told(addresses: tuple[str, ...], told: str) -> None:
    """C1: a private address means an interface endpoint, a public one a NAT or internet gateway."""
    assert addressed(EndpointTry(service="ssm", addresses=addresses)) == told


def test_the_evidence_says_where_the_name_leads_and_who_said_so() -> None:
    verdict = judge(names_resolve, node_after(), Context())
    assert verdict.evidence[0].value.startswith(
        "ok: ssm.eu-central-1.amazonaws.com at 10.0.1.7 (private) told by 10.0.0.2"
    )


def test_without_messages_a_node_is_managed_but_takes_no_command() -> None:
    """1.2, D9: what only commands need weighs less than the heartbeat."""
    lost = {"tcp": "timeout", "tls": "", "http": ""}
    change = {f"endpoints.ssmmessages.{name}": word for name, word in lost.items()}
    verdict = judge(tcp_443, node_after(change | {"endpoints.ec2messages": None}), Context())
    assert (verdict.outcome, verdict.severity) == (Outcome.FAIL, "high")
    both = change | {f"endpoints.ssm.{name}": word for name, word in lost.items()}
    assert judge(tcp_443, node_after(both), Context()).severity is None


def test_the_worst_host_is_told_first_and_none_is_left_out() -> None:
    words = {"endpoints.ssmmessages.http": "reset", "endpoints.ssm.http": "timeout"}
    verdict = judge(http_answers, node_after(words, {"endpoints.ec2messages": None}), Context())
    assert verdict.code == "HTTP_TIMEOUT"
    assert len(verdict.blockers) == 2


DECLARED = Parameters(proxies=(Proxy("10.0.0.9", 3128, "net team", "egress goes through it"),))


def test_a_declared_proxy_is_compared_with_the_service_s_own() -> None:
    """H8: the NET controls judge the way that parameters.yaml declares."""
    missing = judge(service_proxy, node_after(), Context(DECLARED))
    assert (missing.outcome, missing.code) == (Outcome.WARN, "PROXY_MISSING")
    change = {"proxy.http": "http://10.0.0.9:3128", "proxy.no_proxy": ["169.254.169.254"]}
    found = judge(service_proxy, node_after(change), Context(DECLARED))
    assert (found.outcome, found.code) == (Outcome.PASS, "PROXY_SPARES_METADATA")


REFUSED = {"metadata.credentials_code": "AssumeRoleUnauthorizedAccess", "service.worker": None}


def test_an_unread_setting_leaves_open_whether_another_source_stands_in() -> None:
    """D2: Default Host Management may serve a node whose role does not."""
    denied = {"ssm.GetServiceSetting": "AccessDeniedException"}
    verdict = judge(role_credentials, node_after(REFUSED, denied=denied), Context())
    assert verdict.outcome is Outcome.UNKNOWN
    assert "ssm:GetServiceSetting" in verdict.missing[0].what
    stopped = REFUSED | {"service.worker": False}
    decided = judge(role_credentials, node_after(stopped, denied=denied), Context())
    assert decided.outcome is Outcome.FAIL


def test_a_switched_on_setting_leaves_it_open_too() -> None:
    setting = {
        "SettingId": DHMC_SETTING,
        "SettingValue": "AWSSystemsManagerDefaultEC2InstanceManagementRole",
    }
    regional = {"ssm.GetServiceSetting": {"ServiceSetting": setting}}
    verdict = judge(role_credentials, node_after(REFUSED, regional=regional), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "DHMC_MAY_STAND_IN")


def test_a_profile_that_the_metadata_service_lost_is_named() -> None:
    """R-1.8, A6: EC2 lists it, the machine does not get it."""
    profile = {"Arn": "arn:aws:iam::111122223333:instance-profile/web", "Id": "AIPA1"}
    change = {"metadata.credentials": "404", "metadata.credentials_code": ""}
    node = node_after(change, {"service.worker": False, "instance.IamInstanceProfile": profile})
    assert "attached again" in judge(role_credentials, node, Context()).reason


_WORDS = st.sampled_from(
    ["", "ok", "timeout", "no-such-host", "proxy-407", "?", "\x1b[31m", "9" * 40]
)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False),
    _WORDS,
    st.lists(_WORDS, max_size=2),
)


@st.composite
def _readings(draw: st.DrawFn) -> Reading:
    """The healthy reading with a few members replaced by whatever their type admits."""
    plain = copy.deepcopy(healthy())
    for _ in range(draw(st.integers(0, 6))):
        section = draw(st.sampled_from(sorted(plain)))
        target = plain[section]
        if isinstance(target, dict) and section in ("endpoints", "volumes"):
            target = target[draw(st.sampled_from(sorted(target)))]
        changed = copy.deepcopy(plain)
        if isinstance(target, dict):
            name = draw(st.sampled_from(sorted(target)))
            before = target[name]
            target[name] = draw(_LEAVES)
            try:
                reading(plain)
            except msgspec.ValidationError:
                target[name] = before
        else:
            changed[section] = draw(_LEAVES)
            try:
                reading(changed)
            except msgspec.ValidationError:
                continue
            plain = changed
    return reading(plain)


@given(told=_readings())
@settings(deadline=None)
def test_no_reading_crashes_a_control_and_every_unknown_names_what_is_missing(
    told: Reading,
) -> None:
    node = with_readings(node_after(), told)
    for control in CONTROLS.values():
        verdict = judge(control, node, Context())
        assert verdict.code == verdict.code.upper()
        assert verdict.reason
        if verdict.outcome is Outcome.UNKNOWN:
            assert verdict.missing
        if verdict.outcome is Outcome.FAIL:
            assert verdict.blockers
        assert all(one.resource for one in verdict.evidence)


def test_the_scenarios_reading_lies_before_the_snapshot() -> None:
    assert NOW.isoformat() > healthy()["taken_at"]
