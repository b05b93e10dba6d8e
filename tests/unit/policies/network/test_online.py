"""What a fresh ping adds to the network verdicts: it speaks for the ssm host alone (D9, D10)."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context, ControlModule, Verdict
from policies.judgement import judge
from policies.network import (
    egress_443,
    endpoint_groups,
    endpoints_in_subnet,
    network_acls_443,
    path_to_ec2messages,
    path_to_ssm,
    path_to_ssmmessages,
    routes,
)
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
    [
        ("subnet-app", "pass ENDPOINTS_SERVE_SUBNET"),
        ("subnet-unread", "unknown CHANGED_DURING_COLLECTION"),
    ],
)
def test_a_ping_does_not_tell_where_an_endpoint_is(subnet: str, told: str) -> None:
    """D9, D24: another zone may cost a warning, and Online says nothing about zones."""
    placed = {"put": ["VpcEndpoints", "vpce-ssm", "SubnetIds"], "to": [subnet]}
    assert _told(_judge(endpoints_in_subnet, placed)) == told


UNSEEN_GROUP = {"put": ["NetworkInterfaces", "eni-msg", "Groups"], "to": [{"GroupId": "sg-unseen"}]}
NOT_ADMITTED = {"put": ["NetworkInterfaces", "eni-ssm", "Groups"], "to": [{"GroupId": "sg-none"}]}
NO_RULES = {
    "add": {"GroupId": "sg-none", "VpcId": "vpc-1", "IpPermissions": [], "IpPermissionsEgress": []},
    "to": ["SecurityGroups"],
}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([], "pass ENDPOINT_GROUPS_ADMIT"),
        ([NO_RULES, NOT_ADMITTED], "warn CONTRADICTED"),
        ([UNSEEN_GROUP], "unknown CHANGED_DURING_COLLECTION"),
        ([NO_RULES, NOT_ADMITTED, UNSEEN_GROUP], "unknown CHANGED_DURING_COLLECTION"),
    ],
    ids=["both admitted", "ssm not", "ssmmessages not known", "ssm not, ssmmessages not known"],
)
def test_a_contradicted_failure_of_ssm_hides_no_unknown(changes: Any, told: str) -> None:
    """D9, D10: per host name; what the ping says nothing about is left as it is."""
    verdict = _judge(endpoint_groups, *changes)
    assert _told(verdict) == told
    if len(changes) > 1:
        computed = [one.value for one in verdict.evidence if one.path == "computed"]
        assert len(computed) == 1
        assert computed[0].startswith("fail ENDPOINT_SG_INGRESS_BLOCKED: ssm.")


@pytest.mark.parametrize(
    ("control", "told"),
    [(path_to_ssm, "warn CONTRADICTED"), (path_to_ssmmessages, "fail SG_EGRESS_BLOCKED")],
)
def test_a_ping_proves_the_path_to_ssm_alone(control: ControlModule, told: str) -> None:
    """D9: NET-08 is entailed, NET-09 is not; both hosts stay apart."""
    assert _told(_judge(control, _egress_to())) == told


@pytest.mark.parametrize(
    ("control", "told"),
    [(path_to_ssm, "pass OBSERVED"), (path_to_ssmmessages, "unknown CHANGED_DURING_COLLECTION")],
)
def test_a_ping_settles_an_open_path_to_ssm_alone(control: ControlModule, told: str) -> None:
    """D10."""
    assert _told(_judge(control, {"put": ["RouteTables"], "to": []})) == told


@pytest.mark.parametrize(
    "control",
    [
        egress_443,
        endpoint_groups,
        endpoints_in_subnet,
        network_acls_443,
        path_to_ssm,
        path_to_ssmmessages,
        path_to_ec2messages,
        routes,
    ],
)
def test_an_instance_without_interfaces_is_settled_by_no_ping(control: ControlModule) -> None:
    """Design 4: what was never looked at is not proven by a heartbeat."""
    gone = {"drop": ["Reservations", 0, "Instances", "i-client", "NetworkInterfaces"]}
    old = {"put": ["InstanceInformationList", "i-client", "AgentVersion"], "to": "3.0.0.0"}
    assert _told(_judge(control, gone, old)) == "unknown UNREAD"


@pytest.mark.parametrize(
    ("status", "told"),
    [("connected", "warn CONTRADICTED"), ("notconnected", "fail SG_EGRESS_BLOCKED")],
)
def test_an_open_session_channel_speaks_for_ssmmessages(status: str, told: str) -> None:
    """D9: connected entails NET-09, which no ping does."""
    scene = change(world("endpoints"), PINGED, _egress_to("10.0.3.5/32"))
    scene["Answers"] = {"ssm.GetConnectionStatus": {"Target": "i-client", "Status": status}}
    assert _told(judge(path_to_ssmmessages, node_in(scene), Context())) == told
