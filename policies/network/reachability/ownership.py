"""What only the owner of a shared VPC sees (SH1)."""

from __future__ import annotations

from inventory.facts import Unread
from policies.network.reachability.answer import Doubt
from policies.network.reachability.network import Network


def not_seen(network: Network, gap: Unread, resource_id: str, vpc_id: str) -> Doubt:
    """Why a gateway, endpoint or peering of that VPC is not listed.

    A participant is not shown the owner's: its own listing proves nothing about them.
    """
    vpc = network.vpc(vpc_id)
    if isinstance(vpc, Unread) or network.sees_all_of(vpc):
        return Doubt.unread(gap, resource_id)
    return _of_owner(gap.call, resource_id, vpc.owner_id, network.region_of(vpc_id))


def owner_not_collected(network: Network, call: str, vpc_id: str) -> Doubt:
    """A setting of the VPC's owner, whose answers are not here."""
    vpc = network.vpc(vpc_id)
    owner = "an unknown owner" if isinstance(vpc, Unread) else vpc.owner_id
    return _of_owner(call, vpc_id, owner, network.region_of(vpc_id))


def _of_owner(call: str, resource_id: str, owner_id: str, region: str) -> Doubt:
    detail = f"{resource_id} belongs to account {owner_id}, which was not collected"
    settled_by = f"{call} in account {owner_id} {region}".rstrip()
    return Doubt.outside("OWNER_NOT_COLLECTED", resource_id, detail, settled_by)
