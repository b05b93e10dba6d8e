"""NODE-02 and NODE-03 by the spec: D13, D31, R-7.2 to R-7.6, T-01 to T-10, T-14, T-17, T-18."""

from typing import Any

import pytest

from policies.control import Context, ControlModule, Outcome
from policies.judgement import judge
from policies.node import online, registered
from tests.unit.policies.nodes import ID, ago, node_with

#: DescribeInstanceStatus tells of running instances only (R-9.2): it lists this node, or not.
STILL_RUNS = {"ec2.DescribeInstanceStatus": {"InstanceStatuses": [{"InstanceId": ID}]}}
RUNS_NO_MORE: dict[str, Any] = {"ec2.DescribeInstanceStatus": {"InstanceStatuses": []}}
LOST = {"PingStatus": "ConnectionLost"}


def told(control: ControlModule, **change: Any) -> tuple[Outcome, str]:
    verdict = judge(control, node_with(**change), Context())
    return verdict.outcome, verdict.code


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, (Outcome.PASS, "REGISTERED"), id="listed"),
        pytest.param({"listed": False}, (Outcome.FAIL, "NOT_REGISTERED"), id="R-7.6-defect"),
        pytest.param(
            {"listed": False, "instance": {"LaunchTime": ago(minutes=60)}},
            (Outcome.FAIL, "NOT_REGISTERED"),
            id="D13-at-60-minutes",
        ),
        pytest.param(
            {"listed": False, "instance": {"LaunchTime": ago(minutes=59)}},
            (Outcome.WARN, "NOT_REGISTERED_YET"),
            id="D13-before-60-minutes",
        ),
        pytest.param(
            {"listed": False, "instance": {"LaunchTime": ago(minutes=10)}},
            (Outcome.WARN, "NOT_REGISTERED_YET"),
            id="D13-at-10-minutes",
        ),
        pytest.param(
            {"listed": False, "instance": {"LaunchTime": ago(minutes=9)}},
            (Outcome.NOT_APPLICABLE, "TOO_EARLY"),
            id="T-08-before-10-minutes",
        ),
        pytest.param(
            {"instance": {"LaunchTime": ago(minutes=9)}},
            (Outcome.PASS, "REGISTERED"),
            id="listed-early",
        ),
        pytest.param(
            {"managed": {"PingStatus": "ConnectionLost"}},
            (Outcome.PASS, "REGISTERED"),
            id="T-01-T-17-R-7.5-lost-nodes-stay-listed",
        ),
        pytest.param(
            {"listed": False, "instance": {"State": {"Name": "stopped"}}},
            (Outcome.NOT_APPLICABLE, "NOT_RUNNING"),
            id="T-02-R-7.5-stopped-is-not-unmanaged",
        ),
        pytest.param(
            {"listed": False, "regional": STILL_RUNS},
            (Outcome.FAIL, "NOT_REGISTERED"),
            id="T-18-still-runs",
        ),
        pytest.param(
            {"listed": False, "regional": RUNS_NO_MORE},
            (Outcome.UNKNOWN, "CHANGED_DURING_COLLECTION"),
            id="T-18-went-away-meanwhile",
        ),
        pytest.param(
            {"listed": False, "denied": {"ec2.DescribeInstanceStatus": "UnauthorizedOperation"}},
            (Outcome.FAIL, "NOT_REGISTERED"),
            id="T-18-no-second-reading",
        ),
        pytest.param(
            {"listed": False, "instance": {"State": {"Name": "shutting-down"}}},
            (Outcome.NOT_APPLICABLE, "NOT_RUNNING"),
            id="T-03-shutting-down",
        ),
        pytest.param(
            {"listed": False, "as_of": None}, (Outcome.UNKNOWN, "AS_OF_MISSING"), id="no-clock"
        ),
        pytest.param(
            {"listed": False, "instance": {"LaunchTime": ago(days=-3650)}},
            (Outcome.UNKNOWN, "CLOCKS_DISAGREE"),
            id="launched-in-the-future",
        ),
        pytest.param(
            {"listed": False, "instance": {"LaunchTime": "0001-01-01T00:00:00+10:00"}},
            (Outcome.UNKNOWN, "CLOCKS_DISAGREE"),
            id="launched-before-time",
        ),
        pytest.param(
            {
                "instance": {"Operator": {"Managed": True, "Principal": "eks.amazonaws.com"}},
                "denied": {"ssm.DescribeInstanceInformation": "AccessDenied"},
            },
            (Outcome.UNKNOWN, "UNREAD"),
            id="D19-registration-unread",
        ),
        pytest.param({"instance": {"State": {}}}, (Outcome.UNKNOWN, "UNREAD"), id="state-not-told"),
        pytest.param(
            {"denied": {"ssm.DescribeInstanceInformation": "AccessDeniedException"}},
            (Outcome.UNKNOWN, "UNREAD"),
            id="T-07-denied",
        ),
        pytest.param(
            {
                "listed": False,
                "instance": {"Operator": {"Managed": True, "Principal": "eks.amazonaws.com"}},
            },
            (Outcome.NOT_APPLICABLE, "SERVICE_MANAGED"),
            id="D19-operated-by-a-service",
        ),
        pytest.param(
            {"instance": {"Operator": {"Managed": True, "Principal": "eks.amazonaws.com"}}},
            (Outcome.PASS, "REGISTERED"),
            id="D19-unless-registered",
        ),
    ],
)
def test_registered(change: dict[str, Any], expected: tuple[Outcome, str]) -> None:
    assert told(registered, **change) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, (Outcome.PASS, "ONLINE"), id="online-and-fresh"),
        pytest.param(
            {"managed": {"LastPingDateTime": ago(minutes=15)}},
            (Outcome.PASS, "ONLINE"),
            id="D13-at-15-minutes",
        ),
        pytest.param(
            {"managed": {"LastPingDateTime": ago(minutes=16)}},
            (Outcome.WARN, "STALE_PING"),
            id="T-09-later",
        ),
        pytest.param(
            {"managed": {"PingStatus": "ConnectionLost"}},
            (Outcome.FAIL, "CONNECTION_LOST"),
            id="T-01-T-17-lost-although-it-exists",
        ),
        pytest.param(
            {"managed": LOST, "regional": STILL_RUNS},
            (Outcome.FAIL, "CONNECTION_LOST"),
            id="T-18-still-runs",
        ),
        pytest.param(
            {"managed": LOST, "regional": RUNS_NO_MORE},
            (Outcome.UNKNOWN, "CHANGED_DURING_COLLECTION"),
            id="T-18-went-away-meanwhile",
        ),
        pytest.param(
            {"instance": {"LaunchTime": ago(minutes=3)}},
            (Outcome.PASS, "ONLINE"),
            id="R-7.4-online-at-the-first-heartbeat",
        ),
        pytest.param(
            {"managed": {"PingStatus": "Inactive"}},
            (Outcome.FAIL, "CONNECTION_LOST"),
            id="inactive-is-not-online",
        ),
        pytest.param(
            {"managed": {"PingStatus": "Dozing"}},
            (Outcome.UNKNOWN, "PING_STATUS_UNRECOGNIZED"),
            id="new-status",
        ),
        pytest.param(
            {"managed": {"PingStatus": ""}}, (Outcome.UNKNOWN, "UNREAD"), id="no-status-told"
        ),
        pytest.param(
            {"managed": {"LastPingDateTime": None}},
            (Outcome.UNKNOWN, "UNREAD"),
            id="no-ping-time",
        ),
        pytest.param({"as_of": None}, (Outcome.UNKNOWN, "AS_OF_MISSING"), id="no-clock"),
        pytest.param(
            {"managed": {"LastPingDateTime": ago(minutes=-15)}},
            (Outcome.PASS, "ONLINE"),
            id="pinged-while-collecting",
        ),
        pytest.param(
            {"managed": {"LastPingDateTime": ago(minutes=-16)}},
            (Outcome.UNKNOWN, "CLOCKS_DISAGREE"),
            id="a-ping-from-the-future",
        ),
        pytest.param(
            {
                "managed": {"PingStatus": "ConnectionLost"},
                "instance": {"LaunchTime": ago(minutes=3)},
            },
            (Outcome.NOT_APPLICABLE, "TOO_EARLY"),
            id="restarted-a-moment-ago",
        ),
        pytest.param(
            {
                "managed": {"LastPingDateTime": ago(minutes=14)},
                "instance": {"LaunchTime": ago(minutes=13)},
            },
            (Outcome.WARN, "STALE_PING"),
            id="T-09-pinged-before-the-latest-start",
        ),
        pytest.param(
            {
                "managed": {"LastPingDateTime": ago(minutes=12)},
                "instance": {"LaunchTime": ago(minutes=13)},
            },
            (Outcome.PASS, "ONLINE"),
            id="T-09-pinged-after-it",
        ),
        pytest.param(
            {
                "managed": {"LastPingDateTime": ago(minutes=4)},
                "instance": {"LaunchTime": ago(minutes=3)},
            },
            (Outcome.NOT_APPLICABLE, "TOO_EARLY"),
            id="D13-pinged-before-a-start-of-a-moment-ago",
        ),
        pytest.param(
            {"listed": False}, (Outcome.NOT_APPLICABLE, "NOT_REGISTERED"), id="D14-not-listed"
        ),
        pytest.param(
            {"listed": False, "instance": {"LaunchTime": ago(minutes=3)}},
            (Outcome.NOT_APPLICABLE, "TOO_EARLY"),
            id="D13-too-early",
        ),
        pytest.param(
            {"denied": {"ssm.DescribeInstanceInformation": "AccessDeniedException"}},
            (Outcome.UNKNOWN, "UNREAD"),
            id="T-07-denied",
        ),
        pytest.param(
            {"managed": {"LastPingDateTime": 1793534280.5}},
            (Outcome.PASS, "ONLINE"),
            id="seconds-since-1970-as-the-CLI-prints",
        ),
    ],
)
def test_online(change: dict[str, Any], expected: tuple[Outcome, str]) -> None:
    assert told(online, **change) == expected


def test_a_hybrid_row_is_not_the_instance() -> None:
    """T-11: only the row of the instance's own id registers it."""
    other = {"InstanceId": "mi-0123456789abcdef0", "SourceId": ID, "PingStatus": "Online"}
    node = node_with(
        regional={"ssm.DescribeInstanceInformation": {"InstanceInformationList": [other]}}
    )
    assert judge(registered, node, Context()).outcome is Outcome.FAIL


#: What other sources say of a node; each is true of nodes that nobody manages as well.
ELSEWHERE = {
    "ssm.DescribeInstanceProperties": {
        "InstanceProperties": [{"InstanceId": ID, "PingStatus": "Online"}]
    },
    "ssm.DescribeInstanceAssociationsStatus": {"InstanceAssociationStatusInfos": []},
    "config.DescribeComplianceByConfigRule": {
        "ComplianceByConfigRules": [
            {
                "ConfigRuleName": "ec2-instance-managed-by-systems-manager",
                "Compliance": {"ComplianceType": "COMPLIANT"},
            }
        ]
    },
}


@pytest.mark.parametrize("call", [(), *((one,) for one in ELSEWHERE)], ids=str)
@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (True, (Outcome.PASS, "REGISTERED")),
        (False, (Outcome.FAIL, "NOT_REGISTERED")),
    ],
)
def test_only_the_source_of_record_tells_who_is_registered(
    call: tuple[str, ...], listed: bool, expected: tuple[Outcome, str]
) -> None:
    """D31, R-7.2: DescribeInstanceInformation; T-14: no association is no sign; T-17, R-7.5."""
    said = {name: ELSEWHERE[name] for name in call}
    assert told(registered, listed=listed, regional=said) == expected
