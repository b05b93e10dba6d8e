"""The networks of any number of accounts and Regions, indexed for look-up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar, cast

from inventory.facts import Instance, NetworkInterface, RegionFacts, Unread
from inventory.facts.evidence import VANISHED
from inventory.facts.network import (
    BlockPublicAccessExclusion,
    BlockPublicAccessOptions,
    DhcpOptions,
    InternetGateway,
    ManagedPrefixList,
    NatGateway,
    NetworkAcl,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
    VpcAttributes,
    VpcEndpoint,
)
from inventory.facts.transit import (
    EgressOnlyInternetGateway,
    PrefixListEntries,
    VpcEncryptionControl,
    VpcPeeringConnection,
    VpnGateway,
)
from policies.network.reachability.associations import RouteTables, acls_by_subnet
from policies.network.reachability.interfaces import Interfaces
from policies.network.reachability.listings import Listings
from policies.network.reachability.name_listings import NameListings
from policies.network.reachability.transit_gateways import TransitGateways

Result = TypeVar("Result")


class Network:
    """Finds what a path touches; a gap comes back as ``Unread``, never as an empty answer.

    Each id is looked up wherever it may be listed. ``vpc_id`` of a look-up says where that is, so
    that a gap names the right account and Region; ``""`` = not known.
    ``assumed_servers`` are DNS servers that the user says answer as Amazon's do,
    ``assumed_gateways`` ids of gateways that the user says lead to the internet.
    """

    def __init__(
        self,
        regions: RegionFacts | Iterable[RegionFacts],
        *,
        assumed_servers: frozenset[str] = frozenset(),
        assumed_gateways: frozenset[str] = frozenset(),
    ) -> None:
        places = (regions,) if isinstance(regions, RegionFacts) else tuple(regions)
        self.regions = tuple(sorted(places, key=lambda one: (one.account_id, one.name)))
        if not self.regions:
            raise ValueError("a network needs at least one Region")
        self._listed = Listings(self.regions)
        self.assumed_servers = assumed_servers
        self.assumed_gateways = assumed_gateways
        self._results: dict[Hashable, object] = {}

    def once(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """A result that many flows share; the key names all it reads besides this network."""
        if key not in self._results:
            self._results[key] = compute()
        return cast("Result", self._results[key])

    # Places

    def is_collected(self, owner_id: str, region: str = "") -> bool:
        """Whether that account's answers (about that Region) are here (SH1).

        ``""`` as owner: older answers do not name one, and then it is who listed the thing.
        """
        return owner_id == "" or any(
            place.account_id == owner_id and region in ("", place.name) for place in self.regions
        )

    def sees_all_of(self, vpc: Vpc) -> bool:
        """Whether the owner's answers about a VPC are here: a participant lacks the rest (SH1)."""
        return self.is_collected(vpc.owner_id, self.region_of(vpc.id))

    def region_of(self, vpc_id: str) -> str:
        """The Region of a VPC, ``""`` if nobody lists it."""
        places = self.places_of(vpc_id)
        return places[0].name if places else ""

    def places_of(self, vpc_id: str) -> tuple[RegionFacts, ...]:
        """Those who list a VPC, its owner first; empty if nobody does."""
        return self.once(("places", vpc_id), lambda: self._who_lists(vpc_id))

    def in_region_of(self, vpc_id: str) -> tuple[RegionFacts, ...]:
        """Those who could list what is shared with a VPC: all of its Region."""
        region = self.region_of(vpc_id)
        return tuple(place for place in self.regions if region in ("", place.name))

    def _who_lists(self, vpc_id: str) -> tuple[RegionFacts, ...]:
        vpc = self.vpc(vpc_id)
        if isinstance(vpc, Unread):
            return ()
        listing = [
            place
            for place in self.regions
            if not isinstance(place.vpcs, Unread) and vpc_id in place.vpcs
        ]
        return tuple(sorted(listing, key=lambda place: place.account_id != vpc.owner_id))

    def _owners_place(self, vpc_id: str) -> RegionFacts | Unread | None:
        vpc = self.vpc(vpc_id)
        if isinstance(vpc, Unread):
            return self.regions[0] if len(self.regions) == 1 else vpc
        return self.places_of(vpc_id)[0] if self.sees_all_of(vpc) else None

    # VPCs and subnets

    def vpc(self, vpc_id: str) -> Vpc | Unread:
        return self._listed.vpcs.find(vpc_id)

    def vpc_attributes(self, vpc_id: str) -> VpcAttributes | Unread:
        return self._listed.vpc_attributes.find(vpc_id, self.places_of(vpc_id))

    def dhcp_options(self, options_id: str, vpc_id: str = "") -> DhcpOptions | Unread:
        return self._listed.dhcp_options.find(options_id, self.places_of(vpc_id))

    def subnet(self, subnet_id: str, vpc_id: str = "") -> Subnet | Unread:
        return self._listed.subnets.find(subnet_id, self.places_of(vpc_id))

    def encryption_control(self, vpc_id: str) -> VpcEncryptionControl | Unread | None:
        """The VPC's encryption control; ``None`` = it has none (D27)."""
        found = self._controls_by_vpc.get(vpc_id)
        return found or self._listed.encryption_controls.gap(self.places_of(vpc_id))

    # Routes

    def route_table(self, subnet_id: str) -> RouteTable | Unread:
        """The explicitly associated table, else the main one of the subnet's VPC (RT1)."""
        subnet = self.subnet(subnet_id)
        if isinstance(subnet, Unread):
            return self._listed.route_tables.gap() or subnet
        found = self._associations.of(subnet)
        if len(found) == 1:
            return found[0]
        if gap := self._listed.route_tables.gap(self.places_of(subnet.vpc_id)):
            return gap
        problem = "no route table serves" if not found else "more than one route table serves"
        return Unread(RouteTable.call, VANISHED, f"{problem} {subnet.id}")

    def route_table_by_id(self, table_id: str, vpc_id: str = "") -> RouteTable | Unread:
        return self._listed.route_tables.find(table_id, self.places_of(vpc_id))

    def edge_tables(self, gateway_id: str) -> tuple[RouteTable, ...]:
        """Tables that steer what comes in through a gateway (RT1, RT9)."""
        return self._associations.of_gateway(gateway_id)

    # Filters

    def network_acl(self, subnet_id: str) -> NetworkAcl | Unread:
        """The subnet's one ACL; a subnet that no ACL names is a gap, not an open door (NA1)."""
        found = self._acls_by_subnet.get(subnet_id, ())
        if len(found) == 1:
            return found[0]
        subnet = self.subnet(subnet_id)
        near = () if isinstance(subnet, Unread) else self.places_of(subnet.vpc_id)
        if gap := self._listed.network_acls.gap(near):
            return gap
        problem = "no network ACL is" if not found else "more than one network ACL is"
        return Unread(NetworkAcl.call, VANISHED, f"{problem} associated with {subnet_id}")

    def security_group(self, group_id: str, vpc_id: str = "") -> SecurityGroup | Unread:
        return self._listed.security_groups.find(group_id, self.places_of(vpc_id))

    def managed_prefix_list(self, list_id: str, vpc_id: str = "") -> ManagedPrefixList | Unread:
        return self._listed.managed_prefix_lists.find(list_id, self.places_of(vpc_id))

    def prefix_list_entries(self, list_id: str, vpc_id: str = "") -> PrefixListEntries | Unread:
        return self._listed.prefix_list_entries.find(list_id, self.places_of(vpc_id))

    # Interfaces and machines

    def interface(self, interface_id: str, vpc_id: str = "") -> NetworkInterface | Unread:
        """An ENI by id: from its Region's listing, else from the instance that embeds it."""
        listed = self._listed.network_interfaces.find(interface_id, self.places_of(vpc_id))
        if isinstance(listed, Unread):
            return self._interfaces.embedded.get(interface_id, listed)
        return listed

    def interface_at(self, vpc_id: str, address: str) -> NetworkInterface | Unread:
        """The ENI of a VPC that holds a private address."""
        found = self._interfaces.by_address.get((vpc_id, address))
        if found is not None:
            return found
        if gap := self._listed.network_interfaces.gap(self.places_of(vpc_id)):
            return gap
        call = "ec2:DescribeNetworkInterfaces"
        return Unread(call, VANISHED, f"no interface of {vpc_id} holds {address}")

    def instance(self, instance_id: str, vpc_id: str = "") -> Instance | Unread:
        return self._listed.instances.find(instance_id, self.places_of(vpc_id))

    def instance_of(self, interface_id: str, vpc_id: str = "") -> Instance | Unread:
        """The instance whose ENI that is."""
        owner = self._interfaces.owners.get(interface_id)
        if owner is not None:
            return owner
        if gap := self._listed.instances.gap(self.places_of(vpc_id)):
            return gap
        return Unread(Instance.call, VANISHED, f"no listed instance holds {interface_id}")

    # Endpoints

    def vpc_endpoint(self, endpoint_id: str, vpc_id: str = "") -> VpcEndpoint | Unread:
        return self._listed.vpc_endpoints.find(endpoint_id, self.places_of(vpc_id))

    def interface_endpoints(self, vpc_id: str = "") -> tuple[VpcEndpoint, ...] | Unread:
        """Endpoints with ENIs of their own (EP1), of one VPC or, ``""``, of every one."""
        if gap := self._listed.vpc_endpoints.gap(self.places_of(vpc_id)):
            return gap
        by_vpc = self._interface_endpoints
        return (
            by_vpc.get(vpc_id, ()) if vpc_id else tuple(e for one in by_vpc.values() for e in one)
        )

    def endpoint_with(self, interface_id: str) -> VpcEndpoint | None:
        """The interface endpoint that owns an ENI, if that is known."""
        return self._endpoints_by_interface.get(interface_id)

    # Gateways

    def internet_gateway(self, gateway_id: str, vpc_id: str = "") -> InternetGateway | Unread:
        return self._listed.internet_gateways.find(gateway_id, self.places_of(vpc_id))

    def egress_only_gateway(
        self, gateway_id: str, vpc_id: str = ""
    ) -> EgressOnlyInternetGateway | Unread:
        return self._listed.egress_only_gateways.find(gateway_id, self.places_of(vpc_id))

    def nat_gateway(self, gateway_id: str, vpc_id: str = "") -> NatGateway | Unread:
        return self._listed.nat_gateways.find(gateway_id, self.places_of(vpc_id))

    def vpn_gateway(self, gateway_id: str, vpc_id: str = "") -> VpnGateway | Unread:
        return self._listed.vpn_gateways.find(gateway_id, self.places_of(vpc_id))

    def peering_connection(
        self, connection_id: str, vpc_id: str = ""
    ) -> VpcPeeringConnection | Unread:
        return self._listed.peering_connections.find(connection_id, self.places_of(vpc_id))

    @cached_property
    def transit_gateways(self) -> TransitGateways:
        """Transit gateways, their attachments and route tables."""
        return TransitGateways(self.regions)

    @cached_property
    def names(self) -> NameListings:
        """What decides where names lead."""
        return NameListings(self.regions)

    def block_public_access(self, vpc_id: str) -> BlockPublicAccessOptions | Unread | None:
        """The setting of the VPC's owner (IG5); ``None`` = the owner's answers are not here."""
        place = self._owners_place(vpc_id)
        return place.block_public_access if isinstance(place, RegionFacts) else place

    def block_public_access_exclusions(
        self, vpc_id: str
    ) -> Sequence[BlockPublicAccessExclusion] | Unread | None:
        """The owner's exclusions; ``None`` as above."""
        place = self._owners_place(vpc_id)
        if not isinstance(place, RegionFacts):
            return place
        listed = place.block_public_access_exclusions
        return listed if isinstance(listed, Unread) else tuple(listed)

    # Indexes

    @cached_property
    def _associations(self) -> RouteTables:
        return RouteTables(self._listed.route_tables)

    @cached_property
    def _acls_by_subnet(self) -> Mapping[str, tuple[NetworkAcl, ...]]:
        return acls_by_subnet(self._listed.network_acls)

    @cached_property
    def _interfaces(self) -> Interfaces:
        return Interfaces(self._listed.instances, self._listed.network_interfaces)

    @cached_property
    def _interface_endpoints(self) -> Mapping[str, tuple[VpcEndpoint, ...]]:
        by_vpc: dict[str, tuple[VpcEndpoint, ...]] = {}
        for one in self._listed.vpc_endpoints:
            if one.vpc_endpoint_type.casefold() == "interface":
                by_vpc[one.vpc_id] = (*by_vpc.get(one.vpc_id, ()), one)
        return by_vpc

    @cached_property
    def _endpoints_by_interface(self) -> Mapping[str, VpcEndpoint]:
        return {
            interface_id: endpoint
            for endpoints in self._interface_endpoints.values()
            for endpoint in endpoints
            for interface_id in endpoint.network_interface_ids
        }

    @cached_property
    def _controls_by_vpc(self) -> Mapping[str, VpcEncryptionControl]:
        return {one.vpc_id: one for one in self._listed.encryption_controls}
