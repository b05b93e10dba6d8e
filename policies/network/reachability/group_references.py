"""Where a rule that names another group holds: in the VPC, and over which ways out of it (SG9)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from inventory.facts import NetworkInterface, Unread
from inventory.facts.network import GroupPair
from inventory.facts.transit import TransitGateway, TransitGatewayVpcAttachment
from policies.control import Gap, Missing
from policies.network.reachability.answer import Doubt
from policies.network.reachability.group_rules import Rule
from policies.network.reachability.network import Network
from policies.network.reachability.walk import Walk

#: What a rule may say of the peering that its reference goes over, besides ``active`` and nothing.
_NOT_ACTIVE: Final = frozenset(
    {
        "initiating-request",
        "pending-acceptance",
        "deleted",
        "rejected",
        "failed",
        "expired",
        "provisioning",
        "deleting",
    }
)
#: Real answers write the type in snake case, the model in camel case (network.md 7).
_ENDPOINT_INTERFACES: Final = frozenset({"vpc_endpoint", "vpcendpoint"})
#: The one zone in which transit gateways do not carry references (SG9).
_ZONE_WITHOUT_REFERENCES: Final = "use1-az3"


@dataclasses.dataclass(frozen=True)
class Reference:
    """A rule's reference to a group that the peer carries.

    ``refused`` is why it does not hold on this way, ``doubt`` why that is not known; neither: it
    holds, and the rule admits the peer.
    """

    rule: Rule
    group_id: str
    refused: str = ""
    doubt: Doubt | None = None

    @property
    def holds(self) -> bool:
        return not self.refused and self.doubt is None


def outgoing(walk: Walk, rule: Rule, pair: GroupPair) -> Reference | None:
    """An egress rule's reference; ``None`` if the destination is not known to carry the group."""
    receiver = _receiver(walk, pair.group_id)
    if receiver is None:
        return None
    found = Reference(rule, pair.group_id)
    sender_vpc = walk.origin.vpc_id
    if receiver.vpc_id in ("", sender_vpc):
        return found
    if pair.vpc_peering_connection_id:
        return _over_peering(walk.network, found, pair, (sender_vpc, receiver.vpc_id))
    place = f"{rule.group.id} {pair.group_id}"
    problem = f"no VpcPeeringConnectionId for a group of {receiver.vpc_id}"
    return dataclasses.replace(found, doubt=Doubt.malformed(rule.group.call, place, problem))


def incoming(walk: Walk, rule: Rule, pair: GroupPair, interface_id: str) -> Reference | None:
    """An ingress rule's reference, after all that the packet crossed; ``None`` = not its group."""
    if pair.group_id not in walk.origin.groups:
        return None
    found = Reference(rule, pair.group_id)
    if not walk.crossed:
        return found
    if len(walk.crossed) > 1:
        return dataclasses.replace(found, refused=f"over {' and '.join(walk.crossed)}")
    (way,) = walk.crossed
    if way.startswith("pcx-"):
        return _over_peering(walk.network, found, pair, (walk.origin.vpc_id, walk.here.vpc_id))
    return _over_transit_gateway(walk, found, way, walk.network.interface(interface_id))


def _receiver(walk: Walk, group_id: str) -> NetworkInterface | None:
    """The ENI at the destination, if it is known to carry the group (SG8)."""
    to = walk.destination
    if to.groups is not None:
        return to.interface if group_id in to.groups else None
    if not walk.remaining.is_single:
        return None
    members = walk.network.once("interfaces by group", lambda: _members(walk.network))
    holding = (eni for eni in members.get(group_id, ()) if _holds(eni, walk.remaining.witness))
    return next(holding, None)


def _members(network: Network) -> Mapping[str, Sequence[NetworkInterface]]:
    """The ENIs that carry each group, wherever they are listed."""
    members: dict[str, list[NetworkInterface]] = {}
    for region in network.regions:
        listed = region.network_interfaces
        instances = region.instances
        own = () if isinstance(instances, Unread) else instances
        embedded = (eni for instance in own for eni in instance.network_interfaces)
        for eni in (*embedded, *(() if isinstance(listed, Unread) else listed)):
            for group in eni.groups:
                members.setdefault(group.group_id, []).append(eni)
    return members


def _holds(interface: NetworkInterface, address: str) -> bool:
    return address in (
        interface.private_ip_address,
        *(one.private_ip_address for one in interface.private_ip_addresses),
        *(one.ipv6_address for one in interface.ipv6_addresses),
    )


def _over_peering(
    network: Network, found: Reference, pair: GroupPair, vpcs: tuple[str, str]
) -> Reference:
    """An active peering within one Region carries references, both ways (PCS)."""
    for vpc_id in vpcs:
        vpc = network.vpc(vpc_id)
        if isinstance(vpc, Unread):
            return dataclasses.replace(found, doubt=Doubt.unread(vpc, vpc_id))
    regions = sorted({network.region_of(vpc_id) for vpc_id in vpcs})
    if len(regions) > 1:
        return dataclasses.replace(found, refused=f"between {' and '.join(regions)}")
    status = pair.peering_status.casefold()
    if status in _NOT_ACTIVE:
        return dataclasses.replace(found, refused=f"over a peering that is {pair.peering_status}")
    if status not in ("", "active"):
        place = f"{found.rule.group.id} {pair.group_id}"
        problem = f"PeeringStatus {pair.peering_status!r}"
        doubt = Doubt.malformed(found.rule.group.call, place, problem)
        return dataclasses.replace(found, doubt=doubt)
    return found


def _over_transit_gateway(
    walk: Walk, found: Reference, gateway_id: str, receiver: NetworkInterface | Unread
) -> Reference:
    """Only if the gateway and both attachments support it, never to an endpoint's ENI (TGA)."""
    if isinstance(receiver, Unread):
        return dataclasses.replace(found, doubt=Doubt.unread(receiver, gateway_id))
    kind = receiver.interface_type.casefold()
    if kind in _ENDPOINT_INTERFACES or walk.network.endpoint_with(receiver.id) is not None:
        reason = f"over {gateway_id} to the interface of an endpoint"
        return dataclasses.replace(found, refused=reason)
    if _ZONE_WITHOUT_REFERENCES in _zones(walk.network, walk.origin.subnet_id, receiver.subnet_id):
        return dataclasses.replace(found, refused=f"over {gateway_id} in use1-az3")
    for vpc_id in (walk.origin.vpc_id, walk.here.vpc_id):
        for part in _parts(walk.network, gateway_id, vpc_id):
            if isinstance(part, Unread):
                return dataclasses.replace(found, doubt=Doubt.unread(part, gateway_id))
            options = part.options
            support = options.security_group_referencing_support.casefold() if options else ""
            if support == "disable":
                reason = f"over {gateway_id}: SecurityGroupReferencingSupport of {part.id} is off"
                return dataclasses.replace(found, refused=reason)
            if support != "enable":
                problem = f"SecurityGroupReferencingSupport {support!r}"
                doubt = Doubt.malformed(part.call, part.id, problem)
                return dataclasses.replace(found, doubt=doubt)
    return found


def _parts(
    network: Network, gateway_id: str, vpc_id: str
) -> tuple[TransitGateway | TransitGatewayVpcAttachment | Unread, ...]:
    near = network.in_region_of(vpc_id)
    gateways = network.transit_gateways
    return (
        gateways.gateway(gateway_id, near),
        gateways.attachment_of_vpc(gateway_id, vpc_id, near),
    )


def _zones(network: Network, *subnet_ids: str) -> set[str]:
    subnets = map(network.subnet, subnet_ids)
    return {one.availability_zone_id for one in subnets if not isinstance(one, Unread)}


def unknown_carrier(rule: Rule, label: str) -> Doubt:
    """The peer's groups are not known, so the reference may admit it or not (SG8)."""
    listed = ", ".join(sorted(rule.references))
    detail = f"not known whether {label} carries {listed}"
    settled_by = "ec2:DescribeNetworkInterfaces"
    return Doubt("DATA_MISSING", rule.group.id, detail, Missing(Gap.UNREAD, settled_by))
