"""NODE-06 by the spec: D15, T-11, root cause 20."""

from typing import Any

import pytest

from policies.control import Context, Outcome, Verdict
from policies.judgement import judge
from policies.node import hybrid_shadow
from tests.unit.policies.nodes import ID, MANAGED, node_with

HYBRID = "mi-0123456789abcdef0"
INSTANCE: dict[str, Any] = {
    "PrivateIpAddress": "10.0.0.5",
    "PrivateDnsName": "ip-10-0-0-5.eu-central-1.compute.internal",
    "NetworkInterfaces": [
        {
            "NetworkInterfaceId": "eni-1",
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.6"}],
        }
    ],
}
SAME_IP = {"IPAddress": "10.0.0.5"}
SAME_NAME = {"ComputerName": "ip-10-0-0-5.eu-central-1.compute.internal"}
SAME_SOURCE = {"SourceId": ID}


def judged(row: dict[str, Any], *, listed: bool = False, **change: Any) -> Verdict:
    rows = [{"InstanceId": HYBRID} | row, *([MANAGED] if listed else [])]
    answer = {"ssm.DescribeInstanceInformation": {"InstanceInformationList": rows}}
    return judge(hybrid_shadow, node_with(INSTANCE | change, regional=answer), Context())


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param({}, (Outcome.PASS, "NO_SHADOW"), id="nothing-in-common"),
        pytest.param(SAME_SOURCE, (Outcome.FAIL, "HYBRID_SHADOW"), id="D15-source-id"),
        pytest.param(SAME_IP | SAME_NAME, (Outcome.FAIL, "HYBRID_SHADOW"), id="D15-both"),
        pytest.param(SAME_IP, (Outcome.WARN, "HYBRID_ROW_RESEMBLES"), id="D15-address-only"),
        pytest.param(SAME_NAME, (Outcome.WARN, "HYBRID_ROW_RESEMBLES"), id="D15-name-only"),
        pytest.param(
            {"IPAddress": "10.0.0.6", "ComputerName": "IP-10-0-0-5"},
            (Outcome.FAIL, "HYBRID_SHADOW"),
            id="D15-second-address-and-short-name",
        ),
        pytest.param(
            {"IPAddress": "", "ComputerName": ""}, (Outcome.PASS, "NO_SHADOW"), id="empty-members"
        ),
        pytest.param(
            SAME_SOURCE | {"InstanceId": "i-0another"},
            (Outcome.PASS, "NO_SHADOW"),
            id="a-row-that-is-not-hybrid",
        ),
    ],
)
def test_an_unlisted_instance(row: dict[str, Any], expected: tuple[Outcome, str]) -> None:
    verdict = judged(row)
    assert (verdict.outcome, verdict.code) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(SAME_SOURCE, (Outcome.WARN, "HYBRID_LEFTOVER"), id="D15-fails-unlisted-only"),
        pytest.param(SAME_IP | SAME_NAME, (Outcome.WARN, "HYBRID_LEFTOVER"), id="D15-both"),
        pytest.param(SAME_IP, (Outcome.PASS, "NO_SHADOW"), id="an-address-met-twice"),
    ],
)
def test_a_listed_instance(row: dict[str, Any], expected: tuple[Outcome, str]) -> None:
    verdict = judged(row, listed=True)
    assert (verdict.outcome, verdict.code) == expected


def test_an_instance_without_names_matches_no_row_without_names() -> None:
    nameless = {"PrivateIpAddress": "", "PrivateDnsName": "", "NetworkInterfaces": []}
    assert judged({"IPAddress": "", "ComputerName": ""}, **nameless).outcome is Outcome.PASS


def test_the_repair_and_the_blocker_name_the_hybrid_row() -> None:
    verdict = judged(SAME_SOURCE)
    assert verdict.blockers[0].resource == HYBRID
    assert f"--instance-id {HYBRID}" in verdict.remediation


@pytest.mark.parametrize(
    ("platform", "restart"),
    [("", "systemctl restart amazon-ssm-agent"), ("windows", "Restart-Service AmazonSSMAgent")],
)
def test_the_repair_is_for_the_system_of_the_instance(platform: str, restart: str) -> None:
    """2.7: the service is called otherwise on Windows, and is restarted otherwise."""
    (on_the_machine, _) = judged(SAME_SOURCE, Platform=platform).remediation.splitlines()
    assert "-register -clear" in on_the_machine
    assert on_the_machine.endswith(restart)


def test_a_refused_listing_is_unknown() -> None:
    node = node_with(denied={"ssm.DescribeInstanceInformation": "AccessDeniedException"})
    assert judge(hybrid_shadow, node, Context()).outcome is Outcome.UNKNOWN
