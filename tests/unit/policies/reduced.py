"""Nodes of which only some calls' answers are there, as in a snapshot without the others' files."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from typing import Any

from inventory.facts import NOT_RECORDED, AccountFacts, Node, Place, RegionFacts, Unread

#: Read by several calls, of which controls name the first (iam.md 8).
_OF_ACCOUNT = {
    "instance_profiles": "iam:ListInstanceProfiles",
    "roles": "iam:GetAccountAuthorizationDetails",
    "managed_policies": "iam:GetAccountAuthorizationDetails",
    "organization": "organizations:DescribeOrganization",
    "scp_levels": "organizations:DescribeOrganization",
    "rcp_levels": "organizations:DescribeOrganization",
}
#: Rows as AWS gave them go with the facts that were decoded from them.
_RECORDED = {
    "recorded_images": "ec2:DescribeImages",
    "recorded_instances": "ec2:DescribeInstances",
    "recorded_nodes": "ssm:DescribeInstanceInformation",
}


def reduced_nodes(nodes: Iterable[Node], calls: Collection[str]) -> list[Node]:
    """The nodes, their accounts and all Regions read with them, with these calls' answers alone."""
    listed = [*nodes]
    read = {id(one): one for node in listed for one in (*node.regions, node.region)}
    regions = {key: _region(one, calls) for key, one in read.items()}
    accounts = {id(node.account): node.account for node in listed}
    left = {key: _account(one, calls) for key, one in accounts.items()}
    fleets = {id(node.regions): tuple(regions[id(one)] for one in node.regions) for node in listed}
    return [
        dataclasses.replace(
            node,
            region=regions[id(node.region)],
            account=left[id(node.account)],
            regions=fleets[id(node.regions)],
        )
        for node in listed
    ]


def reduced_place(place: Place, calls: Collection[str]) -> Place:
    """The account and Region with nothing but these calls' answers."""
    return dataclasses.replace(
        place, region=_region(place.region, calls), account=_account(place.account, calls)
    )


def _region(region: RegionFacts, calls: Collection[str]) -> RegionFacts:
    sources = {
        one.name: getattr(getattr(region, one.name), "call", _RECORDED.get(one.name, ""))
        for one in dataclasses.fields(region)
    }
    gone = {name: call for name, call in sources.items() if call and call not in calls}
    empty = RegionFacts.__dataclass_fields__
    changes: dict[str, Any] = {
        name: empty[name].default if name in _RECORDED else Unread(call, NOT_RECORDED)
        for name, call in gone.items()
    }
    return dataclasses.replace(region, **changes)


def _account(account: AccountFacts, calls: Collection[str]) -> AccountFacts:
    changes: dict[str, Any] = {
        name: Unread(call, NOT_RECORDED) for name, call in _OF_ACCOUNT.items() if call not in calls
    }
    return dataclasses.replace(account, **changes)
