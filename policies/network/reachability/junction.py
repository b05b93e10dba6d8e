"""Over a transit gateway: zone, association, route and the ACLs of its own subnets (TG1-TG5)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from inventory.facts import RegionFacts, Unread
from inventory.facts.transit import (
    TransitGatewayAttachment,
    TransitGatewayRoutes,
    TransitGatewayVpcAttachment,
)
from policies.control import Gap, Missing
from policies.network.reachability.addresses import AddressSet
from policies.network.reachability.answer import Doubt, Hop, blocks, doubts, passes
from policies.network.reachability.ownership import not_seen
from policies.network.reachability.transit_gateway_routes import (
    TransitForwarding,
    look_up_transit,
)
from policies.network.reachability.walk import Location, Walk

_HOP: Final = Hop.BEYOND
#: States of an attachment that carry nothing; ``modifying`` is neither this nor that.
_NOT_UP: Final = frozenset(
    {
        "initiating",
        "initiatingrequest",
        "pendingacceptance",
        "rollingback",
        "pending",
        "deleting",
        "deleted",
        "failed",
        "rejected",
        "rejecting",
        "failing",
    }
)


@dataclasses.dataclass(frozen=True)
class Junction:
    """One transit gateway, as packets from one VPC meet it; ``near``: who could list its parts."""

    walk: Walk
    gateway_id: str
    start: Location
    near: Sequence[RegionFacts]

    @classmethod
    def of(cls, walk: Walk, gateway_id: str, start: Location) -> Junction:
        return cls(walk, gateway_id, start, walk.network.in_region_of(start.vpc_id))

    def attachment(self) -> TransitGatewayVpcAttachment | None:
        """The attachment of the VPC that the packet leaves; ``None`` = it goes no further."""
        walk, vpc_id = self.walk, self.start.vpc_id
        found = walk.network.transit_gateways.attachment_of_vpc(self.gateway_id, vpc_id, self.near)
        if isinstance(found, Unread):
            walk.meet(doubts(_HOP, self._not_listed(found)))
            return None
        return found if self._is_up(found) else None

    def exit_subnet(self, attachment: TransitGatewayVpcAttachment) -> str:
        """The attachment subnet in the packet's zone (TG1); ``""`` = there is none, or unknown."""
        zone = self._zone(self.start.subnet_id)
        if not zone:
            self._zone_unknown(self.start.subnet_id or self.start.vpc_id)
            return ""
        zones = self._zones(attachment)
        same = [one for one, its_zone in zones.items() if its_zone == zone]
        evidence = attachment.evidence("SubnetIds")
        if same:
            told = f"{self.gateway_id} has {same[0]} in zone {zone} ({attachment.id})"
            self.walk.meet(passes(_HOP, self.gateway_id, told, evidence))
            return same[0]
        if zones:
            detail = f"{attachment.id} has no subnet in zone {zone} of {self.start.subnet_id}"
            code = "TGW_NO_ATTACHMENT_IN_AZ"
            self.walk.meet(blocks(_HOP, code, attachment.id, detail, evidence))
        return ""

    def arrival(self, attachment_id: str) -> TransitGatewayVpcAttachment | None:
        """The VPC attachment that a route leads to; ``None`` = what is behind it is not known."""
        walk = self.walk
        found = walk.network.transit_gateways.vpc_attachment(attachment_id, self.near)
        if isinstance(found, Unread):
            walk.meet(doubts(_HOP, self._unknown(found)))
            return None
        if not self._is_up(found):
            return None
        region = walk.network.region_of(self.start.vpc_id)
        if not walk.network.is_collected(found.vpc_owner_id, region):
            detail = f"{found.vpc_id} belongs to account {found.vpc_owner_id}, not collected"
            settled_by = f"ec2:DescribeRouteTables in account {found.vpc_owner_id} {region}"
            doubt = Doubt.outside("OWNER_NOT_COLLECTED", found.vpc_id, detail, settled_by)
            walk.meet(doubts(_HOP, doubt))
            return None
        return found

    def entry_subnets(
        self, attachment: TransitGatewayVpcAttachment, exit_subnet: str
    ) -> tuple[str, ...]:
        """Where the packet may enter the other VPC: its own zone's subnet, else any of them.

        In appliance mode any of them is possible wherever it comes from. Empty = not known.
        """
        zones = self._zones(attachment)
        options = attachment.options
        appliance = options.appliance_mode_support.casefold() if options else ""
        zone = self._zone(exit_subnet) if appliance != "enable" else ""
        same = tuple(one for one, its_zone in zones.items() if zone and its_zone == zone)
        return same or tuple(zones)

    def routes(self, attachment_id: str) -> TransitGatewayRoutes | None:
        """The table that the attachment is associated with; ``None`` = it goes no further."""
        table_id = self._association(attachment_id)
        if not table_id:
            return None
        routes = self.walk.network.transit_gateways.routes(table_id, self.near)
        if isinstance(routes, Unread):
            self.walk.meet(doubts(_HOP, self._unknown(routes)))
            return None
        return routes

    def forwardings(
        self, routes: TransitGatewayRoutes, addresses: AddressSet
    ) -> tuple[TransitForwarding, ...]:
        """What the table does with the addresses; empty = not known, and told so."""
        found = look_up_transit(self.walk.network, routes, addresses)
        if isinstance(found, Doubt):
            self.walk.meet(doubts(_HOP, found))
            return ()
        return found

    def _is_up(self, attachment: TransitGatewayVpcAttachment) -> bool:
        state = attachment.state.casefold()
        evidence = attachment.evidence("State")
        detail = f"{attachment.id} is {attachment.state or 'in no stated state'}"
        if state in _NOT_UP:
            self.walk.meet(blocks(_HOP, "TGW_ATTACHMENT_STATE", attachment.id, detail, evidence))
            return False
        if state != "available":
            doubt = Doubt.malformed(attachment.call, attachment.id, f"State {attachment.state!r}")
            self.walk.meet(doubts(_HOP, doubt, evidence))
        return True

    def _association(self, attachment_id: str) -> str:
        """The associated route table, ``""`` = none, or none that is known (TG2, TG5)."""
        walk = self.walk
        gateway = walk.network.transit_gateways.gateway(self.gateway_id, self.near)
        if isinstance(gateway, Unread):
            walk.meet(doubts(_HOP, self._unknown(gateway)))
            return ""
        region = walk.network.region_of(self.start.vpc_id)
        if not walk.network.is_collected(gateway.owner_id, region):
            detail = f"{gateway.id} belongs to account {gateway.owner_id}, which was not collected"
            settled_by = f"{TransitGatewayRoutes.call} in account {gateway.owner_id} {region}"
            doubt = Doubt.outside("TGW_ROUTES_UNKNOWN", gateway.id, detail, settled_by)
            walk.meet(doubts(_HOP, doubt))
            return ""
        attachment = walk.network.transit_gateways.attachment(attachment_id, self.near)
        if isinstance(attachment, Unread):
            walk.meet(doubts(_HOP, self._unknown(attachment)))
            return ""
        return self._associated_table(attachment)

    def _associated_table(self, attachment: TransitGatewayAttachment) -> str:
        association = attachment.association
        evidence = attachment.evidence("Association")
        state = association.state.casefold() if association else "disassociated"
        table_id = association.transit_gateway_route_table_id if association else ""
        if state == "disassociated":
            detail = f"{attachment.id} is associated with no route table of {self.gateway_id}"
            code = "TGW_NO_ASSOCIATION"
            self.walk.meet(blocks(_HOP, code, attachment.id, detail, evidence))
            return ""
        if state != "associated" or not table_id:
            problem = f"Association {state!r} with {table_id or 'no route table'}"
            doubt = Doubt.malformed(attachment.call, attachment.id, problem)
            self.walk.meet(doubts(_HOP, doubt, evidence))
            return ""
        told = f"{attachment.id} uses {table_id}"
        self.walk.meet(passes(_HOP, attachment.id, told, evidence))
        return table_id

    def _zone(self, subnet_id: str) -> str:
        """Names of zones differ between accounts, their ids do not (SH1)."""
        subnet = self.walk.network.subnet(subnet_id)
        return "" if isinstance(subnet, Unread) else subnet.availability_zone_id

    def _zones(self, attachment: TransitGatewayVpcAttachment) -> Mapping[str, str]:
        """The zone of each attachment subnet; empty if one of them is not known, and told so."""
        zones = {one: self._zone(one) for one in sorted(attachment.subnet_ids)}
        if all(zones.values()) and zones:
            return zones
        unknown = next((one for one, zone in zones.items() if not zone), "")
        self._zone_unknown(unknown or f"{attachment.id} without readable SubnetIds")
        return {}

    def _zone_unknown(self, place: str) -> None:
        problem = "AvailabilityZoneId is not known"
        self.walk.meet(doubts(_HOP, Doubt.malformed("ec2:DescribeSubnets", place, problem)))

    def _not_listed(self, gap: Unread) -> Doubt:
        if gap.has_vanished:
            return not_seen(self.walk.network, gap, self.gateway_id, self.start.vpc_id)
        return self._unknown(gap)

    def _unknown(self, gap: Unread) -> Doubt:
        if gap.has_vanished:
            return Doubt.unread(gap, self.gateway_id)
        detail = f"where {self.gateway_id} leads is not known: {gap}"
        missing = Missing(Gap.UNREAD, str(gap))
        return Doubt("TGW_ROUTES_UNKNOWN", self.gateway_id, detail, missing)
