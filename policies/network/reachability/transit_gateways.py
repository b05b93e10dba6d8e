"""Transit gateways, their attachments and their route tables, indexed for look-up (TG1-TG5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from inventory.facts import RegionFacts, Unread
from inventory.facts.evidence import VANISHED
from inventory.facts.transit import (
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoutes,
    TransitGatewayVpcAttachment,
)
from policies.network.reachability.listings import Listing


class TransitGateways:
    """What is listed about transit gateways in every account and Region.

    ``near``: the places that could list the thing.
    """

    def __init__(self, places: Sequence[RegionFacts]) -> None:
        self._gateways = Listing(places, lambda one: one.transit_gateways, lambda row: row.owner_id)
        self._attachments = Listing(
            places,
            lambda one: one.transit_gateway_attachments,
            lambda row: row.transit_gateway_owner_id,
        )
        self._vpc_attachments = Listing(
            places, lambda one: one.transit_gateway_vpc_attachments, lambda row: row.vpc_owner_id
        )
        self._routes = Listing(places, lambda one: one.transit_gateway_routes)

    def gateway(self, gateway_id: str, near: Sequence[RegionFacts]) -> TransitGateway | Unread:
        return self._gateways.find(gateway_id, near)

    def attachment(
        self, attachment_id: str, near: Sequence[RegionFacts]
    ) -> TransitGatewayAttachment | Unread:
        """An attachment of a VPC, as the gateway's owner sees it.

        Other accounts may not be shown its route table (TG5).
        """
        found = self._attachments.find(attachment_id, near)
        if isinstance(found, Unread) or found.association is not None:
            return found
        owners = [one for one in near if one.account_id == found.transit_gateway_owner_id]
        return self._attachments.gap(owners) or found

    def vpc_attachment(
        self, attachment_id: str, near: Sequence[RegionFacts]
    ) -> TransitGatewayVpcAttachment | Unread:
        return self._vpc_attachments.find(attachment_id, near)

    def attachment_of_vpc(
        self, gateway_id: str, vpc_id: str, near: Sequence[RegionFacts]
    ) -> TransitGatewayVpcAttachment | Unread:
        """The one attachment that joins a VPC to a gateway."""
        found = self._by_vpc.get((gateway_id, vpc_id))
        if found is not None:
            return found
        if gap := self._vpc_attachments.gap(near):
            return gap
        problem = f"{vpc_id} has no attachment to {gateway_id}"
        return Unread(TransitGatewayVpcAttachment.call, VANISHED, problem)

    def routes(self, table_id: str, near: Sequence[RegionFacts]) -> TransitGatewayRoutes | Unread:
        return self._routes.find(table_id, near)

    @cached_property
    def _by_vpc(self) -> Mapping[tuple[str, str], TransitGatewayVpcAttachment]:
        """Attachments that are gone stay listed for a while beside the one that replaced them."""
        found: dict[tuple[str, str], TransitGatewayVpcAttachment] = {}
        for row in self._vpc_attachments:
            key = (row.transit_gateway_id, row.vpc_id)
            if key not in found or row.state.casefold() == "available":
                found[key] = row
        return found
