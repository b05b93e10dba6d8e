"""Twins: instances that differ in what they are called alone, and what one may have otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from inventory.facts import Node
from inventory.fleet import Fleet
from policies.catalogue import CONTROLS
from policies.control import Context, Verdict
from policies.judgement import judge
from policies.likeness import SharedVerdicts, answer_of
from policies.parameters import Parameters
from tests.unit.policies.network.scenario import World, change, fleet_in
from tests.unit.world import NOW

#: ``put … to``, ``add … to``, ``drop`` or ``deny``, as in the network's scenarios.
Change = dict[str, Any]
_SOUND: Final = Path(__file__).parents[1] / "diagnosis" / "fleet.yaml"
#: Where twins live: the VPC, their security group, and the first of sixteen blocks of 256.
_NETS: Final = {
    "subnet-vault": ("vpc-vault", "sg-vault", "10.0", 16),
    "subnet-private": ("vpc-shop", "sg-web", "10.1", 16),
    "subnet-public": ("vpc-shop", "sg-web", "10.1", 32),
}


def sound() -> World:
    """Two VPCs with everything in order and room for many, two roles, no instance yet."""
    # YAML's anchors share members: each change must reach its own only.
    scene: World = _unshared(yaml.safe_load(_SOUND.read_text()))
    for subnet in scene["Subnets"]:
        if subnet["SubnetId"] in _NETS:
            _, _, net, block = _NETS[subnet["SubnetId"]]
            subnet["CidrBlock"] = f"{net}.{block}.0/20"
    return scene


def _unshared(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unshared(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_unshared(one) for one in value]
    return value


@dataclasses.dataclass(frozen=True)
class Kind:
    """What some twins have that others have not: changes of their four rows.

    The rows are ``instance``, ``node`` (its row in Systems Manager), ``association`` and
    ``status``; ``drop: [node]`` leaves one out. Texts in them may hold ``{n}``, the twin's number,
    ``{ip}``, ``{ip2}``, ``{ip3}``, ``{public}`` and ``{public2}``, addresses of its own;
    ``{ago: 60, each: 1}`` is a time that many seconds before the snapshot's, and one for each twin.
    """

    changes: tuple[Change, ...] = ()
    subnet: str = "subnet-vault"

    def with_also(self, *changes: Change) -> Kind:
        """The kind with more changes, made after its own."""
        return dataclasses.replace(self, changes=(*self.changes, *changes))

    def rows(self, number: int) -> dict[str, Any]:
        """The rows of one twin."""
        rows = {
            "instance": _instance(number, self.subnet),
            "node": _node(number, self.subnet),
            "association": _association(number),
            "status": _status(number),
        }
        return change(rows, *_own([*self.changes], number, _own_words(number, self.subnet)))


def _own_words(number: int, subnet: str) -> dict[str, str]:
    """What stands for the words in braces."""
    _, _, net, block = _NETS[subnet]
    high, low = divmod(number, 200)
    places = {"{ip}": block, "{ip2}": block + 4, "{ip3}": block + 8}
    return {
        "{n}": str(number),
        **{word: f"{net}.{first + high}.{low + 10}" for word, first in places.items()},
        "{public}": f"198.19.{high}.{low + 10}",
        "{public2}": f"198.19.{4 + high}.{low + 10}",
    }


def _own(value: Any, number: int, words: dict[str, str]) -> Any:
    """The value for one twin: its own words and times put in."""
    if isinstance(value, dict) and "ago" in value:
        return _ago(seconds=value["ago"] + number * value.get("each", 0))
    if isinstance(value, dict):
        return {key: _own(one, number, words) for key, one in value.items()}
    if isinstance(value, list):
        return [_own(one, number, words) for one in value]
    if isinstance(value, str):
        for word, own in words.items():
            value = value.replace(word, own)
    return value


def _instance(number: int, subnet: str) -> dict[str, Any]:
    vpc, group, *_ = _NETS[subnet]
    words = _own_words(number, subnet)
    place = {"VpcId": vpc, "SubnetId": subnet}
    address: dict[str, Any] = {"PrivateIpAddress": words["{ip}"], "Primary": True}
    if subnet == "subnet-public":
        address["Association"] = {"PublicIp": words["{public}"]}
    interface = place | {
        "NetworkInterfaceId": f"eni-{number}",
        "OwnerId": "111122223333",
        "InterfaceType": "interface",
        "Status": "in-use",
        "PrivateIpAddress": words["{ip}"],
        "PrivateIpAddresses": [address],
        "Ipv6Addresses": [],
        "Groups": [{"GroupId": group, "GroupName": "own"}],
        "Attachment": {"DeviceIndex": 0, "NetworkCardIndex": 0, "Status": "attached"},
        "SourceDestCheck": True,
    }
    return place | {
        "InstanceId": f"i-{number}",
        "InstanceType": "t3.micro",
        "Architecture": "x86_64",
        "Hypervisor": "xen",
        "PlatformDetails": "Linux/UNIX",
        "ImageId": "ami-1",
        "State": {"Name": "running"},
        "LaunchTime": _ago(days=3, seconds=number),
        "PrivateIpAddress": words["{ip}"],
        "PrivateDnsName": f"ip-{number}.internal",
        "Placement": {"AvailabilityZone": "eu-central-1a"},
        "MetadataOptions": {
            "State": "applied",
            "HttpEndpoint": "enabled",
            "HttpTokens": "optional",
            "HttpPutResponseHopLimit": 1,
            "HttpProtocolIpv6": "disabled",
        },
        "IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/web"},
        "NetworkInterfaces": [interface],
        "Tags": [{"Key": "Name", "Value": f"web-{number}"}],
    }


def _node(number: int, subnet: str) -> dict[str, Any]:
    return {
        "InstanceId": f"i-{number}",
        "PingStatus": "Online",
        "LastPingDateTime": _ago(minutes=2, milliseconds=number),
        "AgentVersion": "3.3.4851.0",
        "PlatformType": "Linux",
        "PlatformName": "Amazon Linux",
        "PlatformVersion": "2023",
        "ResourceType": "EC2Instance",
        "IPAddress": _own_words(number, subnet)["{ip}"],
        "ComputerName": f"ip-{number}.internal",
    }


def _association(number: int) -> dict[str, Any]:
    return {
        "AssociationId": f"iip-assoc-{number}",
        "InstanceId": f"i-{number}",
        "State": "associated",
        "IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/web"},
        "Timestamp": _ago(days=3, seconds=number),
    }


def _status(number: int) -> dict[str, Any]:
    well = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    return {
        "InstanceId": f"i-{number}",
        "InstanceStatus": well,
        "SystemStatus": well,
        "AttachedEbsStatus": well,
        "Events": [],
    }


def _ago(**span: float) -> float:
    """A time before the snapshot's, as numbers tell it: a name as any other."""
    return (NOW - timedelta(**span)).timestamp()


def fleet_of_twins(kinds: Iterable[Kind], scene: World | None = None, each: int = 2) -> Fleet:
    """So many twins of each kind, one kind after the other, numbered from 10 on."""
    scene = _own(scene if scene is not None else sound(), 0, {})
    twins = [kind for kind in kinds for _ in range(each)]
    listed = [kind.rows(number) for number, kind in enumerate(twins, start=10)]
    _add(scene, "Reservations", [{"Instances": [rows["instance"]]} for rows in listed])
    _add(scene, "InstanceInformationList", [rows["node"] for rows in listed if "node" in rows])
    for answer, member, row in (
        ("ec2.DescribeInstanceStatus", "InstanceStatuses", "status"),
        (
            "ec2.DescribeIamInstanceProfileAssociations",
            "IamInstanceProfileAssociations",
            "association",
        ),
    ):
        told = scene["Answers"][answer]
        if isinstance(told, dict):
            _add(told, member, [rows[row] for rows in listed if row in rows])
    return fleet_in(scene)


def _add(holder: dict[str, Any], member: str, rows: list[Any]) -> None:
    """After what the scene has there itself; a listing that was refused stays refused."""
    if holder.get(member, ()) is not None:
        holder[member] = [*holder.get(member, ()), *rows]


Judged = dict[tuple[str, str], Verdict]


def judged_alone(nodes: Sequence[Node], parameters: Parameters | None = None) -> Judged:
    """(control id, instance id) → the verdict of each by itself."""
    context = Context(parameters)
    found: Judged = {}
    for node in nodes:
        for control in CONTROLS:
            found[control.CONTROL.id, node.id] = judge(control, node, context)
    return found


def told_otherwise(
    nodes: Sequence[Node], parameters: Parameters | None = None, alone: Judged | None = None
) -> list[str]:
    """Where sharing changes anything: a line for each cell counted or told as another's."""
    alone = judged_alone(nodes, parameters) if alone is None else alone
    context = Context(parameters)
    shared = SharedVerdicts(CONTROLS, judge)
    different = []
    for node in nodes:
        for control in CONTROLS:
            own = alone[control.CONTROL.id, node.id]
            counted = shared.answer(control.CONTROL, node, context)
            told = shared.verdict(control, node, context)
            if told != own or counted not in (None, answer_of(own)):
                different.append(
                    f"{control.CONTROL.id} of {node.id}, counted as {counted}:\n"
                    f" told {told}\n own  {own}"
                )
    return different
