"""Network ACLs and security groups of a VPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.fleets.vpcs import Row, Vpc

#: What instances carry, in turn; the last one keeps 443 closed.
GROUPS: Final = ("web", "app", "worker", "batch")
WITHOUT_HTTPS: Final = "without-https"
ENDPOINT_GROUP: Final = "endpoints"
#: The subnets whose instances the endpoints admit.
_ADMITTED: Final = ("app-a", "app-b", "app-c", "closed")
_ANYWHERE: Final = "0.0.0.0/0"
_EVERYTHING: Final = "-1"


def group_reference(vpc: Vpc, name: str) -> dict[str, str]:
    """A security group as interfaces quote it."""
    return {"GroupId": vpc.named("sg", name), "GroupName": name}


def acls(vpc: Vpc) -> Iterator[Row]:
    """The default one lets everything through; the other lets no answer back in."""
    open_subnets = [one for one in vpc.subnets if one != "closed"]
    both = [_entry(100, egress, _EVERYTHING, _ANYWHERE) for egress in (True, False)]
    yield _acl(vpc, "default", open_subnets, both)
    yield _acl(
        vpc,
        "closed",
        ["closed"],
        [
            _entry(100, True, _EVERYTHING, _ANYWHERE),
            _entry(100, False, "6", _ANYWHERE, 443),
            _entry(110, False, "6", vpc.cidr, 22),
        ],
    )


def groups(vpc: Vpc) -> Iterator[Row]:
    """Those of the instances, one that lets no HTTPS out, and that of the endpoints."""
    inside = [{"CidrIp": vpc.cidr}]
    everything = {"IpProtocol": _EVERYTHING, "IpRanges": [{"CidrIp": _ANYWHERE}]}
    usual = [
        _rule(53, "udp", inside),
        _rule(123, "udp", [{"CidrIp": _ANYWHERE}]),
        _rule(443, "tcp", [{"CidrIp": _ANYWHERE}]),
        _rule(5432, "tcp", inside),
    ]
    for at, name in enumerate(GROUPS):
        yield _group(vpc, name, [_rule(8443, "tcp", inside)], usual if at % 2 else [everything])
    closed = [_rule(80, "tcp", [{"CidrIp": _ANYWHERE}]), _rule(5432, "tcp", inside)]
    yield _group(vpc, WITHOUT_HTTPS, [], closed)
    admitted = [{"CidrIp": vpc.block_of(one)} for one in _ADMITTED]
    yield _group(vpc, ENDPOINT_GROUP, [_rule(443, "tcp", admitted)], [])


def _acl(vpc: Vpc, name: str, subnets: list[str], entries: list[Row]) -> Row:
    last = [
        _entry(32767, egress, _EVERYTHING, _ANYWHERE, action="deny") for egress in (True, False)
    ]
    return {
        "NetworkAclId": vpc.named("acl", name),
        "VpcId": vpc.id,
        "OwnerId": vpc.account,
        "IsDefault": name == "default",
        "Associations": [
            {
                "NetworkAclAssociationId": vpc.named("aclassoc", one),
                "NetworkAclId": vpc.named("acl", name),
                "SubnetId": vpc.named("subnet", one),
            }
            for one in subnets
        ],
        "Entries": [*entries, *last],
        "Tags": [],
    }


def _entry(
    number: int, egress: bool, protocol: str, block: str, port: int = 0, *, action: str = "allow"
) -> Row:
    entry: Row = {
        "RuleNumber": number,
        "Egress": egress,
        "Protocol": protocol,
        "RuleAction": action,
        "CidrBlock": block,
    }
    if port:
        entry["PortRange"] = {"From": port, "To": port}
    return entry


def _group(vpc: Vpc, name: str, ingress: list[Row], egress: list[Row]) -> Row:
    return {
        "GroupId": vpc.named("sg", name),
        "GroupName": name,
        "Description": name,
        "VpcId": vpc.id,
        "OwnerId": vpc.account,
        "IpPermissions": ingress,
        "IpPermissionsEgress": egress,
        "Tags": [],
    }


def _rule(port: int, protocol: str, ranges: list[Row]) -> Row:
    return {
        "IpProtocol": protocol,
        "FromPort": port,
        "ToPort": port,
        "IpRanges": ranges,
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
