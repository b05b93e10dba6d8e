"""Random fleets that share what may be broken: groups, ACLs, routes, endpoints, roles."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

import yaml
from hypothesis import strategies as st

from tests.unit.policies.network.scenario import World, change

_SOUND: Final[World] = yaml.safe_load((Path(__file__).parent / "fleet.yaml").read_text())
_LAUNCHED: Final = "2026-10-01T12:00:00+00:00"
_NETS: Final = {"subnet-vault": "10.0.1", "subnet-private": "10.1.1", "subnet-public": "10.1.2"}
_GROUPS: Final = {"vpc-vault": ("sg-vault", "sg-ledger"), "vpc-shop": ("sg-web", "sg-batch")}
_ROLES: Final = ["Answers", "iam.GetAccountAuthorizationDetails", "RoleDetailList"]
_PROFILES: Final = ["Answers", "iam.ListInstanceProfiles", "InstanceProfiles"]
_LAMBDA: Final = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
}
_S3_ONLY: Final = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]
}


def _allowing(*actions: str) -> list[dict[str, Any]]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return [{"PolicyName": "own", "PolicyDocument": {"Statement": [statement]}}]


def _role(name: str, *actions: str) -> list[dict[str, Any]]:
    """A role whose only permissions are these actions."""
    return [
        {"put": [*_ROLES, name, "AttachedManagedPolicies"], "to": []},
        {"put": [*_ROLES, name, "RolePolicyList"], "to": _allowing(*actions)},
    ]


def _acl(name: str, *, ports: tuple[int, int], egress: bool) -> list[dict[str, Any]]:
    """An ACL that lets only these ports through in one direction."""
    place = 0 if egress else 1
    entry = {
        "RuleNumber": 100,
        "Egress": egress,
        "Protocol": "6",
        "RuleAction": "allow",
        "PortRange": {"From": ports[0], "To": ports[1]},
        "CidrBlock": "0.0.0.0/0",
    }
    return [{"put": ["NetworkAcls", name, "Entries", place], "to": entry}]


def _without(endpoint: str) -> list[dict[str, Any]]:
    interface = f"eni-{endpoint.removeprefix('vpce-')}"
    return [{"drop": ["VpcEndpoints", endpoint]}, {"drop": ["NetworkInterfaces", interface]}]


_DEFAULT: Final = "0.0.0.0/0"
#: What breaks a whole part of the fleet, by a name that a failing example shows.
FAULTS: Final[dict[str, list[dict[str, Any]]]] = {
    **{
        f"{group} lets nothing out": [
            {"put": ["SecurityGroups", group, "IpPermissionsEgress"], "to": []}
        ]
        for group in ("sg-vault", "sg-ledger", "sg-web", "sg-batch")
    },
    "sg-ends lets nobody in": [{"put": ["SecurityGroups", "sg-ends", "IpPermissions"], "to": []}],
    **{
        f"{acl} lets no answer in": _acl(acl, ports=(443, 443), egress=False)
        for acl in ("acl-vault", "acl-private", "acl-public")
    },
    **{
        f"{acl} lets no request out": _acl(acl, ports=(1024, 65535), egress=True)
        for acl in ("acl-vault", "acl-private", "acl-public")
    },
    "acl-ends lets no answer out": _acl("acl-ends", ports=(443, 443), egress=True),
    **{
        f"{table} has no way out": [{"drop": ["RouteTables", table, "Routes", _DEFAULT]}]
        for table in ("rtb-private", "rtb-public")
    },
    "rtb-private's way out is a black hole": [
        {"put": ["RouteTables", "rtb-private", "Routes", _DEFAULT, "State"], "to": "blackhole"}
    ],
    "no endpoint for ssm": _without("vpce-ssm"),
    "no endpoint for ssmmessages": _without("vpce-ssmmessages"),
    "the endpoint for ssm is for others": [
        {"put": ["VpcEndpoints", "vpce-ssm", "PolicyDocument"], "to": _S3_ONLY}
    ],
    **{
        f"{role} is for lambda": [
            {"put": [*_ROLES, role, "AssumeRolePolicyDocument"], "to": _LAMBDA}
        ]
        for role in ("web", "batch")
    },
    "web may do nothing": _role("web", "s3:*"),
    "batch may send no heartbeat": _role("batch", "ssmmessages:*", "ssm:Get*"),
    "web may send the heartbeat only": _role("web", "ssm:UpdateInstanceInformation"),
    "batch's profile holds no role": [{"put": [*_PROFILES, "batch", "Roles"], "to": []}],
}


@dataclasses.dataclass(frozen=True)
class Member:
    """One instance of the fleet, by what may differ."""

    number: int
    subnet: str
    groups: tuple[str, ...]
    profile: str = ""
    metadata: str = "enabled"

    @property
    def row(self) -> dict[str, Any]:
        """As EC2 lists it, launched long enough ago to be listed by Systems Manager."""
        place = {"VpcId": _vpc_of(self.subnet), "SubnetId": self.subnet}
        ip = f"{_NETS[self.subnet]}.{10 + self.number}"
        address: dict[str, Any] = {"PrivateIpAddress": ip, "Primary": True}
        if self.subnet == "subnet-public":
            address["Association"] = {"PublicIp": f"198.18.1.{self.number}"}
        interface: dict[str, Any] = place | {
            "NetworkInterfaceId": f"eni-{self.number}",
            "PrivateIpAddress": ip,
            "PrivateIpAddresses": [address],
            "Groups": [{"GroupId": group} for group in self.groups],
            "Attachment": {"DeviceIndex": 0, "NetworkCardIndex": 0},
            "SourceDestCheck": True,
        }
        row: dict[str, Any] = place | {
            "InstanceId": f"i-{self.number}",
            "InstanceType": "t3.micro",
            "PlatformDetails": "Linux/UNIX",
            "ImageId": "ami-1",
            "State": {"Name": "running"},
            "LaunchTime": _LAUNCHED,
            "PrivateIpAddress": ip,
            "MetadataOptions": {"State": "applied", "HttpEndpoint": self.metadata},
            "NetworkInterfaces": [interface],
        }
        row["MetadataOptions"]["HttpTokens"] = "optional"
        if self.profile:
            arn = f"arn:aws:iam::111122223333:instance-profile/{self.profile}"
            row["IamInstanceProfile"] = {"Arn": arn}
        return row


@dataclasses.dataclass(frozen=True)
class Plan:
    """A fleet by what is special about it, so that a failing example can be read."""

    members: tuple[Member, ...]
    faults: tuple[str, ...] = ()

    @property
    def scene(self) -> World:
        """The sound fleet with these instances, and with these faults."""
        # YAML's anchors share members: each fault must change its own only
        scene: World = _unshared(_SOUND)
        rows = [member.row for member in self.members]
        scene["Reservations"] = [{"Instances": rows}]
        answers = scene["Answers"]
        statuses = [_healthy(row["InstanceId"]) for row in rows]
        answers["ec2.DescribeInstanceStatus"]["InstanceStatuses"] = statuses
        answers["ec2.DescribeIamInstanceProfileAssociations"]["IamInstanceProfileAssociations"] = [
            association(row["InstanceId"], row["IamInstanceProfile"]["Arn"])
            for row in rows
            if "IamInstanceProfile" in row
        ]
        for fault in self.faults:
            scene = change(scene, *FAULTS[fault])
        return scene


def _vpc_of(subnet: str) -> str:
    return "vpc-vault" if subnet == "subnet-vault" else "vpc-shop"


def association(instance_id: str, profile_arn: str) -> dict[str, Any]:
    """What binds a profile to an instance, for longer than changes take to arrive."""
    return {
        "AssociationId": f"iip-assoc-{instance_id}",
        "InstanceId": instance_id,
        "State": "associated",
        "IamInstanceProfile": {"Arn": profile_arn},
        "Timestamp": _LAUNCHED,
    }


def _healthy(instance_id: str) -> dict[str, Any]:
    well = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    return {
        "InstanceId": instance_id,
        "InstanceState": {"Name": "running"},
        "InstanceStatus": well,
        "SystemStatus": well,
    }


def _unshared(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unshared(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_unshared(one) for one in value]
    return value


@st.composite
def broken_fleets(draw: st.DrawFn) -> Plan:
    """Two to five instances that nobody hears of, and up to four faults among what they share."""
    members = []
    for number in range(1, draw(st.integers(2, 5)) + 1):
        subnet = draw(st.sampled_from([*_NETS]))
        choices = st.sampled_from(_GROUPS[_vpc_of(subnet)])
        groups = draw(st.lists(choices, min_size=1, max_size=2, unique=True))
        profile = draw(st.sampled_from(["web", "web", "batch", "batch", ""]))
        metadata = draw(st.sampled_from(["enabled"] * 5 + ["disabled"]))
        members.append(Member(number, subnet, tuple(groups), profile, metadata))
    broken = draw(st.lists(st.sampled_from(_CHOICES), max_size=4, unique=True))
    faults = [draw(st.sampled_from(among)) for among in broken]
    return Plan(tuple(members), tuple(faults))


def _exclusive() -> list[tuple[str, ...]]:
    """The faults by what they break: of two of one thing, the second might not find its place."""
    by_thing: dict[str, list[str]] = {}
    for fault in FAULTS:
        by_thing.setdefault(fault.split()[0].removesuffix("'s"), []).append(fault)
    missing, policy = by_thing.pop("no"), by_thing.pop("the")
    return [*map(tuple, by_thing.values()), (missing[0], *policy), (missing[1],)]


_CHOICES: Final = _exclusive()
