"""How near an interface endpoint's network interfaces are to a subnet (EP3, D24)."""

from __future__ import annotations

from enum import StrEnum

from inventory.facts import Evidence, Unread
from inventory.facts.network import Subnet, VpcEndpoint
from policies.network.reachability import Network


class Nearness(StrEnum):
    """The nearest of the interfaces, in words that end a sentence about the endpoint."""

    SUBNET = "with an interface in the instance's own subnet"
    ZONE = "with an interface in another subnet of the instance's zone"
    ELSEWHERE = "with no interface in the instance's zone"
    UNKNOWN = "in zones that were not read"


def nearest(network: Network, subnet_id: str, endpoints: tuple[VpcEndpoint, ...]) -> Nearness:
    """Where the nearest interface of any of the endpoints lies, seen from a subnet."""
    served = {one for endpoint in endpoints for one in endpoint.subnet_ids}
    if subnet_id in served:
        return Nearness.SUBNET
    own = network.subnet(subnet_id)
    if isinstance(own, Unread) or not served:
        return Nearness.UNKNOWN
    found = [network.subnet(one) for one in served]
    answers = {None if isinstance(one, Unread) else _share_a_zone(own, one) for one in found}
    if True in answers:
        return Nearness.ZONE
    return Nearness.UNKNOWN if None in answers else Nearness.ELSEWHERE


def unread_zones(
    network: Network, subnet_id: str, endpoints: tuple[VpcEndpoint, ...]
) -> tuple[Unread, ...]:
    """Why it is not known how near they are; never empty, for whom that is not known."""
    named = dict.fromkeys((subnet_id, *(one for each in endpoints for one in each.subnet_ids)))
    found = [network.subnet(one) for one in named]
    gaps = tuple(one for one in found if isinstance(one, Unread))
    return gaps or (Unread(Subnet.call, "NOT_RECORDED", f"the zones around {subnet_id}"),)


def placement_evidence(
    network: Network, subnet_id: str, endpoints: tuple[VpcEndpoint, ...]
) -> tuple[Evidence, ...]:
    """The endpoints' subnets and the zone of the instance's."""
    own = network.subnet(subnet_id)
    zone = () if isinstance(own, Unread) else (own.evidence("AvailabilityZoneId"),)
    return (*(one.evidence("SubnetIds") for one in endpoints), *zone)


def _share_a_zone(one: Subnet, other: Subnet) -> bool | None:
    """Compared by zone id, which all accounts share; by name only where an id is missing (SH1)."""
    if one.availability_zone_id and other.availability_zone_id:
        return one.availability_zone_id == other.availability_zone_id
    if one.availability_zone and other.availability_zone and one.owner_id == other.owner_id:
        return one.availability_zone == other.availability_zone
    return None
