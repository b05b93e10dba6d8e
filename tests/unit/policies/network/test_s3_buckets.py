"""What NET-11 tells: which buckets, which endpoint, and the command with the real ids."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from policies.control import Context, Outcome, Verdict
from policies.network import s3_buckets
from tests.unit.policies.network.scenario import change, node_in, world

STATEMENT = ["VpcEndpoints", "vpce-s3", "PolicyDocument", "Statement"]
OWN_BUCKETS = {"put": [*STATEMENT, "Agent", "Resource"], "to": "arn:aws:s3:::ours/*"}


def evaluated(*changes: dict[str, Any]) -> Verdict:
    return s3_buckets.evaluate(node_in(change(world("s3"), *changes)), Context())


def test_a_denied_bucket_is_named_and_added_to_the_policy() -> None:
    """R-4.6, the buckets of domain.md 2.4.3."""
    verdict = evaluated(OWN_BUCKETS)
    wanted = [
        "arn:aws:s3:::amazon-ssm-eu-central-1/*",
        "arn:aws:s3:::aws-ssm-eu-central-1/*",
        "arn:aws:s3:::patch-baseline-snapshot-eu-central-1/*",
    ]
    assert all(one.removeprefix("arn:aws:s3:::")[:-2] in verdict.reason for one in wanted)
    words = shlex.split(verdict.remediation)
    assert words[words.index("--vpc-endpoint-id") + 1] == "vpce-s3"
    repaired = json.loads(words[words.index("--policy-document") + 1])
    assert repaired["Statement"][1]["Resource"] == wanted
    mended = {"put": STATEMENT[:-1], "to": repaired}
    assert evaluated(OWN_BUCKETS, mended).code == "REACHABLE"


def test_a_deny_is_named_and_no_allow_is_offered() -> None:
    deny = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    verdict = evaluated({"add": deny, "to": STATEMENT})
    assert "policy of vpce-s3 statement 2 (No) denies s3:GetObject" in verdict.reason
    assert "modify-vpc-endpoint" not in verdict.remediation


def test_a_blocking_group_is_opened_to_the_prefix_list() -> None:
    verdict = evaluated({"put": ["SecurityGroups", "sg-client", "IpPermissionsEgress"], "to": []})
    assert verdict.outcome is Outcome.WARN
    words = shlex.split(verdict.remediation)
    assert words[words.index("--ip-permissions") + 1].endswith(
        "PrefixListIds=[{PrefixListId=pl-s3}]"
    )


def test_a_missing_route_asks_for_a_gateway_endpoint_in_the_subnets_table() -> None:
    """D22: the service's name is looked up, partitions do not agree on it."""
    verdict = evaluated({"drop": ["RouteTables", "rtb-main", "Routes", "pl-s3"]})
    assert "--vpc-id vpc-1" in verdict.remediation
    assert verdict.remediation.endswith("--route-table-ids rtb-main")
    assert "describe-vpc-endpoint-services" in verdict.remediation


SILENT = {"put": ["VpcAttributes", "vpc-1", "EnableDnsSupport"], "to": False}
NO_ENTRIES = {"put": ["NetworkAcls", "acl-app", "Entries"], "to": []}


@pytest.mark.parametrize(
    ("broken", "command"),
    [(SILENT, "modify-vpc-attribute"), (NO_ENTRIES, "create-network-acl-entry")],
)
def test_a_gateway_endpoint_mends_routes_only(broken: dict[str, Any], command: str) -> None:
    """RT8: it is a route; names and ACLs stay what they are."""
    lines = evaluated(broken).remediation.splitlines()
    assert lines
    assert all(line.startswith(f"aws ec2 {command} ") for line in lines)


def test_the_group_of_an_interface_endpoint_is_opened() -> None:
    """EP6: it takes the name, so no gateway endpoint is ever asked."""
    own = {
        "VpcEndpointId": "vpce-own",
        "VpcEndpointType": "Interface",
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.eu-central-1.s3",
        "State": "available",
        "PrivateDnsEnabled": True,
        "NetworkInterfaceIds": ["eni-ssm"],
        "DnsEntries": [{"DnsName": "s3.eu-central-1.amazonaws.com"}],
    }
    scene = change(
        world("endpoints"),
        {"add": own, "to": ["VpcEndpoints"]},
        {"put": ["SecurityGroups", "sg-ends", "IpPermissions"], "to": []},
    )
    verdict = s3_buckets.evaluate(node_in(scene), Context())
    words = shlex.split(verdict.remediation)
    assert words[2] == "authorize-security-group-ingress"
    assert words[words.index("--group-id") + 1] == "sg-ends"


def test_a_ping_says_nothing_about_s3() -> None:
    """D9: Online entails nothing about NET-11."""
    assert not s3_buckets.CONTROL.entailed_by_online
