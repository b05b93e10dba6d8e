"""Guest causes by rank (domain.md 4, 5.6; R-6.6), and what a console says.

Of the console: 2.7, 3.4, R-6.9, T-107, T-115, T-116. The checks are those that prove something:
T-77, T-79, T-95.
"""

from __future__ import annotations

from typing import Any

import pytest

from inventory.facts import Node
from policies.control import Context, Outcome
from policies.judgement import judge
from policies.node import online, registered
from policies.node.guest_causes import (
    GUEST_CAUSES,
    console_lines,
    picked_cause,
    ranked_causes,
)
from tests.unit.policies.nodes import ID, ago, node_with

LOST = {"PingStatus": "ConnectionLost", "LastPingDateTime": ago(days=2)}
FULL = "agent[7]: no space left on device"
SKEWED = "agent[7]: Signature expired: 1 is now earlier than 2 (3 - 5 min.)"
STARTED = "agent[7]: Amazon SSM Agent v3.3.40.0 is running"


def node(console: str = "", *, taken: str = ago(minutes=1), **world: Any) -> Node:
    response = {"InstanceId": ID, "Timestamp": taken, "Output": console}
    answers = [{"request": {"InstanceId": ID}, "response": response}]
    return node_with(regional={"ec2.GetConsoleOutput": answers}, **world)


def names(asked: Node) -> list[str]:
    return [cause.name for cause in ranked_causes(asked)]


def test_the_order_is_the_specs() -> None:
    """5.6: agent stopped, back-off, clock, disk, proxy, TLS, firewall, update."""
    order = names(node(managed=LOST))
    wanted = [
        "agent stopped",
        "agent waiting",
        "clock off",
        "disk full",
        "proxy",
        "TLS intercepted",
        "firewall in the guest",
        "update broke it",
    ]
    assert [name for name in order if name in wanted] == wanted


def test_an_agent_that_was_never_heard_of_may_be_missing() -> None:
    """Root cause 6: first where nothing ever reported, impossible where something did."""
    assert names(node(listed=False))[0] == "agent missing"
    assert "agent missing" not in names(node(managed=LOST))
    assert "agent missing" not in names(node(STARTED, listed=False))


@pytest.mark.parametrize(
    ("console", "cause"),
    [(FULL, "disk full"), (SKEWED, "clock off"), (f"{FULL}\n{SKEWED}", "clock off")],
    ids=["disk", "clock", "the-latest-word-counts"],
)
def test_the_console_picks_the_cause(console: str, cause: str) -> None:
    asked = node(console, managed=LOST)
    picked = picked_cause(asked)
    assert picked is not None
    assert picked.name == cause
    order = names(asked)
    assert order[0] == cause
    assert sorted(order) == sorted(names(node(managed=LOST)))


def test_a_console_that_says_nothing_picks_none() -> None:
    """T-116: absence proves nothing; a start alone names no cause."""
    assert picked_cause(node("")) is None
    assert picked_cause(node(STARTED)) is None
    assert picked_cause(node_with()) is None


@pytest.mark.parametrize(
    ("console", "cause"),
    [
        (f"{STARTED}\n{FULL}", "disk full"),
        (f"{FULL}\n{STARTED}", None),
        (f"{FULL}\n{STARTED}\n{SKEWED}", "clock off"),
    ],
    ids=["after-the-start", "before-the-start", "only-the-latter-counts"],
)
def test_a_line_before_the_latest_start_names_no_cause(console: str, cause: str | None) -> None:
    """T-107, 3.4: evaluate what follows the last process start."""
    picked = picked_cause(node(console, managed=LOST))
    assert (picked.name if picked else None) == cause


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("Failed to get instance info from IMDS. Err: timeout", "metadata service blocked"),
        ("EC2RoleRequestError: no EC2 instance role found", None),
        ("AssumeRoleUnauthorizedAccess: EC2 cannot assume the role", None),
    ],
    ids=["A3", "A6-no-profile", "B4-trust"],
)
def test_what_the_metadata_service_answers_does_not_block_it(line: str, cause: str | None) -> None:
    """3.4, R-6.9: A6 and B4 are answers about the profile and role: IAM-01 to IAM-03 judge them."""
    picked = picked_cause(node(line, managed=LOST))
    assert (picked.name if picked else None) == cause


def test_a_console_of_an_earlier_boot_does_not_count() -> None:
    """T-115: taken before the latest start."""
    restarted = {"LaunchTime": ago(hours=1)}
    assert console_lines(node(FULL, taken=ago(hours=2), instance=restarted)) == ()
    assert len(console_lines(node(FULL, taken=ago(minutes=59), instance=restarted))) == 1


def test_no_signature_speaks_for_two_causes() -> None:
    signatures = [one for cause in GUEST_CAUSES for one in cause.signatures]
    assert len(signatures) == len(set(signatures))


def test_every_check_can_be_told_for_both_kinds_of_system() -> None:
    linux, windows = node_with(), node_with({"Platform": "windows"})
    for cause in GUEST_CAUSES:
        assert cause.check_on(linux) != cause.check_on(windows)
        assert "{" not in cause.check_on(linux) + cause.check_on(windows)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "ssm.eu-central-1.amazonaws.com "),
        ("cn-north-1", "ssm.cn-north-1.amazonaws.com.cn "),
        ("eusc-de-east-1", "ssm.eusc-de-east-1.amazonaws.eu "),
    ],
)
def test_a_check_names_the_host_of_the_partition(region: str, host: str) -> None:
    """2.3: each partition has its own suffix."""
    asked = node_with({"Platform": "windows"}, region=region)
    assert any(host in cause.check_on(asked) for cause in GUEST_CAUSES)


def test_a_lost_node_quotes_its_console() -> None:
    verdict = judge(online, node(f"{STARTED}\n{FULL}", managed=LOST), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.FAIL, "CONNECTION_LOST")
    assert "no disk space" in verdict.reason
    assert "\n1. no disk space" in verdict.remediation
    quoted = [one.value for one in verdict.evidence if one.call == "ec2:GetConsoleOutput"]
    assert quoted == [STARTED, FULL]


def test_an_unlisted_node_quotes_its_console() -> None:
    verdict = judge(registered, node(SKEWED, listed=False), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.FAIL, "NOT_REGISTERED")
    assert "clock" in verdict.reason
    assert SKEWED in [one.value for one in verdict.evidence]


@pytest.mark.parametrize("windows", [False, True])
def test_a_failure_lists_the_causes_with_the_checks_of_the_system(windows: bool) -> None:
    """5.6: a useful end where every check on AWS's side passes."""
    asked = node(listed=False, instance={"Platform": "windows"} if windows else {})
    lines = judge(registered, asked, Context()).remediation.splitlines()
    assert ID in lines[0]
    assert len(lines) == 1 + len(GUEST_CAUSES)
    assert lines[1].startswith("1. SSM Agent is not installed: ")
    assert ("Get-Service" in lines[1]) is windows


@pytest.mark.parametrize(
    ("rule", "cause", "windows", "asks"),
    [
        ("T-79 the service's own environment", "proxy", False, "systemctl show amazon-ssm-agent"),
        ("T-79 the service's own environment", "proxy", True, "Services\\AmazonSSMAgent"),
        ("T-95 by token", "metadata service blocked", False, "curl -sX PUT"),
        ("T-95 for the token", "metadata service blocked", False, "/latest/api/token"),
        ("T-77 a whole handshake", "TLS intercepted", False, "curl -v https://ssm."),
        ("T-77 a whole handshake", "TLS intercepted", True, "Invoke-WebRequest https://ssm."),
        ("R-6.6 a stale route", "metadata service blocked", True, "route print 169.254.169.254"),
    ],
)
def test_a_check_asks_what_decides(rule: str, cause: str, windows: bool, asks: str) -> None:
    """A shell's proxy, an IMDSv1 request or an open port prove nothing about the agent."""
    asked = node_with({"Platform": "windows"} if windows else {})
    (found,) = [one for one in GUEST_CAUSES if one.name == cause]
    assert asks in found.check_on(asked), rule
