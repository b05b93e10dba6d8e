"""What a fresh ping adds to the network verdicts: it speaks for the ssm host alone (D9, D10)."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context, ControlModule, Verdict
from policies.judgement import judge
from policies.network import egress_443, endpoints_in_subnet
from tests.unit.policies.network.scenario import change, node_in, world

PINGED = {
    "put": ["InstanceInformationList", "i-client", "LastPingDateTime"],
    "to": "2026-11-01T11:59:00+00:00",
}
INTERFACES = ["Reservations", 0, "Instances", "i-client", "NetworkInterfaces"]
SECOND = {
    "NetworkInterfaceId": "eni-second",
    "VpcId": "vpc-1",
    "SubnetId": "subnet-app",
    "PrivateIpAddress": "10.0.1.12",
    "Groups": [{"GroupId": "sg-open"}],
    "Attachment": {"DeviceIndex": 1, "NetworkCardIndex": 0},
}
OPEN = {
    "GroupId": "sg-open",
    "VpcId": "vpc-1",
    "IpPermissions": [],
    "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
}


def _judge(control: ControlModule, *changes: dict[str, Any]) -> Verdict:
    return judge(control, node_in(change(world("endpoints"), PINGED, *changes)), Context())


def _told(verdict: Verdict) -> str:
    return f"{verdict.outcome} {verdict.code}"


def _egress_to(*blocks: str) -> dict[str, Any]:
    """The client's group, open to these blocks: ssm is at 10.0.3.5, ssmmessages at 10.0.3.6."""
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": block} for block in blocks]}
    return {"put": ["SecurityGroups", "sg-client", "IpPermissionsEgress"], "to": [rule]}


@pytest.mark.parametrize(
    ("egress", "told"),
    [
        (_egress_to("10.0.3.5/32", "10.0.3.6/32"), "pass EGRESS_ALLOWED"),
        (_egress_to("10.0.3.6/32"), "warn CONTRADICTED"),
        (_egress_to("10.0.3.5/32"), "fail SG_EGRESS_BLOCKED"),
        (_egress_to(), "fail SG_EGRESS_BLOCKED"),
    ],
    ids=["open", "ssm blocked", "ssmmessages blocked", "both blocked"],
)
def test_groups_that_block_ssmmessages_too_stay_a_failure(egress: Any, told: str) -> None:
    """D9: per host name; the blocked ssmmessages path does not disappear behind ssm."""
    assert _told(_judge(egress_443, egress)) == told


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (["vpce-ssm"], "warn CONTRADICTED"),
        (["vpce-msg"], "fail ENDPOINT_MISSING"),
        (["vpce-ssm", "vpce-msg"], "fail ENDPOINT_MISSING"),
    ],
    ids=["ssm", "ssmmessages", "both"],
)
def test_a_missing_endpoint_of_ssmmessages_stays_a_failure(missing: list[str], told: str) -> None:
    """D9: per host name."""
    gone = [{"drop": ["VpcEndpoints", one]} for one in missing]
    verdict = _judge(endpoints_in_subnet, *gone)
    assert _told(verdict) == told
    hosts = {"vpce-ssm": "ssm.eu", "vpce-msg": "ssmmessages.eu"}
    assert all(hosts[one] in verdict.reason for one in missing)


@pytest.mark.parametrize(
    ("egress", "told"),
    [
        (_egress_to("10.0.3.6/32"), "pass OBSERVED"),
        (_egress_to("10.0.3.5/32"), "unknown MULTIPLE_INTERFACES"),
    ],
    ids=["ssm blocked", "ssmmessages blocked"],
)
def test_a_second_interface_changes_nothing_in_what_a_ping_entails(egress: Any, told: str) -> None:
    """MH1, D9: unknown because another interface passes, and of the same host as before."""
    second = ({"add": OPEN, "to": ["SecurityGroups"]}, {"add": SECOND, "to": INTERFACES})
    assert _told(_judge(egress_443, egress, *second)) == told


@pytest.mark.parametrize(
    ("subnet", "told"),
    [("subnet-app", "pass ENDPOINTS_SERVE_SUBNET"), ("subnet-unread", "unknown UNREAD")],
)
def test_a_ping_does_not_tell_where_an_endpoint_is(subnet: str, told: str) -> None:
    """D9, D24: another zone may cost a warning, and Online says nothing about zones."""
    placed = {"put": ["VpcEndpoints", "vpce-ssm", "SubnetIds"], "to": [subnet]}
    assert _told(_judge(endpoints_in_subnet, placed)) == told
