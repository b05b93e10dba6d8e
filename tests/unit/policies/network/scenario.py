"""Small networks written down as AWS answers, and how to change one member of them.

A world is a YAML file of listings by the name of their member in the answer; ``extends`` takes what
it does not say itself from another world. A change names the place as a list of members and ids:
``{put: [RouteTables, rtb-app, Routes, 0.0.0.0/0, State], to: blackhole}``.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from inventory.facts import Node
from tests.unit.world import fleet_of

HERE = Path(__file__).parent
HOST = "ssm.eu-central-1.amazonaws.com"
World = dict[str, Any]

_CALLS = {
    "Reservations": "ec2.DescribeInstances",
    "NetworkInterfaces": "ec2.DescribeNetworkInterfaces",
    "Vpcs": "ec2.DescribeVpcs",
    "DhcpOptions": "ec2.DescribeDhcpOptions",
    "Subnets": "ec2.DescribeSubnets",
    "RouteTables": "ec2.DescribeRouteTables",
    "NetworkAcls": "ec2.DescribeNetworkAcls",
    "SecurityGroups": "ec2.DescribeSecurityGroups",
    "PrefixLists": "ec2.DescribeManagedPrefixLists",
    "InternetGateways": "ec2.DescribeInternetGateways",
    "NatGateways": "ec2.DescribeNatGateways",
    "VpcEndpoints": "ec2.DescribeVpcEndpoints",
    "VpcBlockPublicAccessOptions": "ec2.DescribeVpcBlockPublicAccessOptions",
    "VpcBlockPublicAccessExclusions": "ec2.DescribeVpcBlockPublicAccessExclusions",
    "InstanceInformationList": "ssm.DescribeInstanceInformation",
}


def world(name: str) -> World:
    """A world of one's own to change."""
    return copy.deepcopy(_read_world(name))


@cache
def _read_world(name: str) -> World:
    own: World = yaml.safe_load((HERE / "worlds" / f"{name}.yaml").read_text())
    base = own.pop("extends", None)
    return {**_read_world(base), **own} if base else own


def change(scene: World, *changes: dict[str, Any]) -> World:
    """The world with each change made: ``put … to``, ``add … to``, ``drop`` or ``deny``.

    ``deny: NatGateways`` = the call was refused. Members on the way that are missing are an error.
    """
    changed = copy.deepcopy(scene)
    for one in changes:
        match one:
            case {"put": path, "to": value}:
                holder, member = _place(changed, path)
                holder[member] = copy.deepcopy(value)
            case {"add": value, "to": path}:
                holder, member = _place(changed, path)
                holder[member].append(copy.deepcopy(value))
            case {"drop": path}:
                holder, member = _place(changed, path)
                del holder[member]
            case {"deny": listing}:
                changed[listing] = None
            case _:
                raise ValueError(f"no such change: {one}")
    return changed


def _place(scene: Any, path: list[Any]) -> tuple[Any, Any]:
    holder = scene
    for name in path[:-1]:
        holder = holder[_member(holder, name)]
    return holder, _member(holder, path[-1])


def _member(holder: Any, name: Any) -> Any:
    """A list's element by position or by an id among its members."""
    if isinstance(holder, dict) or isinstance(name, int):
        return name
    return next(place for place, row in enumerate(holder) if name in _names(row))


def _names(row: Any) -> list[Any]:
    return list(row.values()) if isinstance(row, dict) else [row]


def node_in(scene: World, instance_id: str = "i-client") -> Node:
    """The instance as the loader that snapshots use makes it."""
    listings = {key: rows for key, rows in scene.items() if key in _CALLS}
    regional = {_CALLS[key]: {key: rows} for key, rows in listings.items() if rows is not None}
    denied = {
        _CALLS[key]: "UnauthorizedOperation" for key, rows in listings.items() if rows is None
    }
    attributes = scene["VpcAttributes"]
    if attributes is None:
        denied["ec2.DescribeVpcAttribute"] = "UnauthorizedOperation"
    else:
        regional["ec2.DescribeVpcAttribute"] = [
            {"request": {}, "response": {"VpcId": row["VpcId"], name: {"Value": row[name]}}}
            for row in attributes
            for name in ("EnableDnsSupport", "EnableDnsHostnames")
            if name in row
        ]
    nodes = fleet_of(regional, denied=denied).nodes
    return next(node for node in nodes if node.id == instance_id)
