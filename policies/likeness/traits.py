"""What a node is, but for what it is called: all that a control's verdict can rest on.

Members of AWS's answers count unless they are named here as names, also those to come: a trait too
many keeps alike nodes apart and costs time, one too few would be an error.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from inventory.facts import (
    Instance,
    InstanceProfileAssociation,
    ManagedNode,
    NetworkInterface,
    Node,
    Unread,
    moment,
)
from policies.agent.kept_up_to_date import covers, may_cover
from policies.assumptions import declared_proxy
from policies.control import Context, RestsOn
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.likeness.machines import (
    lets_all_through,
    levels_tell_machines_apart,
    role_tells_machines_apart,
    tells_machines_apart,
)
from policies.likeness.names import Name, doubles, shapes
from policies.live import heard_from, lost_channel, unheard
from policies.network.clients import sender
from policies.network.hosts import agent_hosts, may_use_dual_stack
from policies.network.paths import network_of
from policies.network.reachability.signature import SourceCells, signature, source_cells
from policies.node.hybrid_shadow import resembles_hybrid_node
from policies.profile_associations import associations_of


def _all_but(kind: Any, *names: str) -> attrgetter[Any]:
    return attrgetter(*(one for one in kind.__struct_fields__ if one not in names))


#: Of which sides of a node the other two know nothing.
_NETWORK_MEMBERS: Final = ("vpc_id", "subnet_id", "placement", "network_interfaces")
_IDENTITY_MEMBERS: Final = ("iam_instance_profile",)
_NAMES: Final = (
    *("instance_id", "launch_time", "private_ip_address", "private_dns_name", "public_ip_address"),
    "tags",
)
_MACHINE: Final = _all_but(Instance, *_NAMES, *_NETWORK_MEMBERS, *_IDENTITY_MEMBERS)
_INTERFACE: Final = _all_but(
    NetworkInterface,
    *("network_interface_id", "private_ip_address", "private_ip_addresses", "ipv6_addresses"),
    *("association", "attachment"),
)
_ROW: Final = _all_but(
    ManagedNode,
    *("instance_id", "last_ping_date_time", "ip_address", "computer_name", "source_id"),
)
_ASSOCIATION: Final = _all_but(
    InstanceProfileAssociation, "association_id", "instance_id", "timestamp"
)

#: Which parts of a node each side is, besides its place.
_PARTS: Final[Mapping[RestsOn, tuple[str, ...]]] = {
    RestsOn.MACHINE: ("agent", "machine"),
    RestsOn.IDENTITY: ("agent", "identity"),
    RestsOn.NETWORK: ("hosts", "network"),
    RestsOn.ALL: ("agent", "machine", "identity", "hosts", "network"),
}


class Parts:
    """What parts of nodes are like, each numbered: equal numbers for equal parts."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def number(self, part: Hashable) -> int:
        """The part's number: comparing these is cheap, and each part is hashed once."""
        return self._numbers.setdefault(part, len(self._numbers))


class Traits:
    """What one node is, side by side; ``names`` are its own.

    A side is ``None`` where the node is like no other: one that was asked about by itself
    (``--deep``) or was looked at from within, one that a hybrid node resembles, one whose policies
    tell machines apart.
    """

    def __init__(self, node: Node, names: tuple[Name, ...], context: Context, parts: Parts) -> None:
        self._node = node
        self._names = names
        self._context = context
        self._parts = parts
        self._row = node.region.managed_nodes.find(node.id)
        self._associations = associations_of(node)
        self._known: dict[str, int | None] = {}
        self._told: Mapping[str, Callable[[], Hashable | None]] = {
            "place": self._place,
            "agent": self._agent,
            "machine": self._machine,
            "identity": self._identity,
            "hosts": self._hosts,
            "network": self._network,
        }

    def of(self, side: RestsOn) -> Hashable | None:
        """Equal for nodes whose verdicts on that side differ in their names alone."""
        place = self._number("place")
        if place is None:
            return None
        numbers = [self._number(part) for part in _PARTS[side]]
        return None if None in numbers else (side, place, *numbers)

    def _number(self, name: str) -> int | None:
        if name not in self._known:
            part = self._told[name]()
            self._known[name] = None if part is None else self._parts.number((name, part))
        return self._known[name]

    def _place(self) -> Hashable | None:
        """What every side rests on: where it is, whether it runs, whether it is Online now.

        Or why nobody can say that.
        """
        node, context, instance = self._node, self._context, self._node.instance
        if node.id in _asked_about(node, context) or node.host is not None or not node.is_listed:
            return None
        heard = heard_from(node, context)
        return (
            node.place.key,
            node.as_of,
            instance.state,
            instance.operator,
            doubles(self._names),
            shapes(self._names),
            heard and heard.ping_status,
            unheard(node),
            lost_channel(node),
            declared_proxy(node, context.parameters),
        )

    def _agent(self) -> Hashable:
        """What Systems Manager knows of it, and how its times lie."""
        row = self._row
        return (
            row if isinstance(row, Unread) and not row.has_vanished else _row(row),
            _times(self._node, row, self._associations, self._context),
        )

    def _hosts(self) -> Hashable:
        """Which hosts its agent asks for, and by which names it could."""
        node, parameters = self._node, self._context.parameters
        return agent_hosts(node, parameters), may_use_dual_stack(node, parameters)

    def _machine(self) -> Hashable | None:
        node = self._node
        if resembles_hybrid_node(node):
            return None
        return _MACHINE(node.instance), _status(node), _updates(node)

    def _identity(self) -> Hashable | None:
        node, listed = self._node, self._associations
        instance = node.instance
        if _policies_tell_machines_apart(node, self._context):
            return None
        return (
            self._context.once(
                ("deciding VPC", *node.place.key, instance.vpc_id), lambda: _deciding_vpc(node)
            ),
            instance.iam_instance_profile,
            instance.metadata_options,
            listed if isinstance(listed, Unread) else tuple(_ASSOCIATION(one) for one in listed),
        )

    def _network(self) -> Hashable | None:
        node = self._node
        interfaces = node.instance.network_interfaces
        return (
            node.instance.vpc_id,
            node.instance.subnet_id,
            tuple(_interface(one, node, self._context) for one in interfaces),
            _order([one.id for one in interfaces]),
        )


def _deciding_vpc(node: Node) -> str:
    """The VPC where it may decide what requests come to; ``""`` for all that let any pass.

    It is by the policies of its endpoints that it does, and by not being known.
    """
    vpc_id, endpoints = node.instance.vpc_id, node.region.vpc_endpoints
    vpc = node.region.vpcs.find(vpc_id)
    if isinstance(vpc, Unread) or isinstance(endpoints, Unread):
        return vpc_id
    is_own = vpc.owner_id in ("", node.account.account_id)
    have_policies = any(
        one.vpc_id == vpc_id and not lets_all_through(one.policy_document) for one in endpoints
    )
    return "" if is_own and not have_policies else vpc_id


def _row(row: ManagedNode | Unread) -> Hashable:
    return None if isinstance(row, Unread) else (_ROW(row), bool(row.source_id))


def _status(node: Node) -> Hashable:
    """The status checks as they are; only the id is a name."""
    row = node.region.instance_statuses.find(node.id)
    if isinstance(row, Unread):
        return None if row.has_vanished else row
    return row.system_status, row.instance_status, row.attached_ebs_status, row.events


def _interface(interface: NetworkInterface, node: Node, context: Context) -> Hashable:
    network = network_of(node, context)
    cells: SourceCells = context.once(("source cells", network), lambda: source_cells(network))
    client = sender(node, interface, context)
    attachment = interface.attachment
    return (
        _INTERFACE(interface),
        signature(client, cells) or interface.id,
        interface.association is not None,
        tuple((one.primary, bool(one.public_address)) for one in interface.private_ip_addresses),
        _order([one.ipv6_address for one in interface.ipv6_addresses]),
        attachment and (attachment.device_index, attachment.network_card_index, attachment.status),
    )


def _order(names: Sequence[str]) -> Hashable:
    """In which order they come where they are sorted, or the first of them is taken."""
    return tuple(sorted(range(len(names)), key=names.__getitem__))


def _updates(node: Node) -> Hashable:
    """Which associations cover it: they name instances and tags."""
    updates = node.region.agent_updates
    if isinstance(updates, Unread):
        return None
    return tuple((covers(one, node), may_cover(one, node)) for one in updates)


def _times(
    node: Node,
    row: ManagedNode | Unread,
    associations: Iterable[InstanceProfileAssociation] | Unread,
    context: Context,
) -> Hashable:
    """How its times lie to each other, and between which thresholds to the snapshot's."""
    told = [
        node.instance.launch_time,
        None if isinstance(row, Unread) else row.last_ping_date_time,
        *(() if isinstance(associations, Unread) else (one.timestamp for one in associations)),
    ]
    times = [moment(one) for one in told]
    order = tuple(
        None if one is None or other is None else (one > other) - (one < other)
        for place, one in enumerate(times)
        for other in times[:place]
    )
    ages: list[timedelta] = context.once("thresholds of likeness", lambda: _thresholds(context))
    return order, tuple(_age(one, node.as_of, ages) for one in times)


def _age(time: datetime | None, as_of: datetime | None, ages: list[timedelta]) -> int | None:
    if time is None or as_of is None:
        return None
    age = as_of - time
    # An age that is a threshold to the second lies on neither side of it.
    return 2 * bisect_right(ages, age) - (age in ages)


def _thresholds(context: Context) -> list[timedelta]:
    known = context.parameters
    spans = {
        known.ping_fresh,
        known.launch_grace,
        known.launch_patience,
        known.profile_grace,
        known.clock_tolerance,
        timedelta(),
    }
    return sorted(spans | {-one for one in spans})


def _asked_about(node: Node, context: Context) -> frozenset[str]:
    """The instances that ``--deep`` asked about, of which each has an answer of its own."""
    region = node.region

    def ids() -> frozenset[str]:
        listings = (region.connections, region.consoles)
        tables = [one for one in listings if not isinstance(one, Unread)]
        return frozenset(row.id for table in tables for row in table)

    return context.once(("asked about", *node.place.key), ids)


def _policies_tell_machines_apart(node: Node, context: Context) -> bool:
    """Whether any policy that its requests meet does: of its role, DHMC's, organization, VPC."""
    account, region = node.account, node.region
    reference, vpc = node.instance.iam_instance_profile, node.instance.vpc_id
    own = context.once(
        ("profile tells machines apart", account.account_id, reference.arn if reference else ""),
        lambda: _profile_tells_machines_apart(node),
    )
    return own or context.once(
        ("surroundings tell machines apart", account.account_id, region.name, vpc),
        lambda: _surroundings_tell_machines_apart(node),
    )


def _profile_tells_machines_apart(node: Node) -> bool:
    reference, roles = node.instance.iam_instance_profile, node.account.roles
    if reference is None or isinstance(roles, Unread):
        return False
    profile = node.account.instance_profiles.find(reference.arn)
    if isinstance(profile, Unread):
        return False
    found = [roles.find(one.role_name) for one in profile.roles]
    return any(
        role_tells_machines_apart(one, node.account) for one in found if not isinstance(one, Unread)
    )


def _surroundings_tell_machines_apart(node: Node) -> bool:
    account, endpoints = node.account, node.region.vpc_endpoints
    state, roles = dhmc_state(node), account.roles
    if not isinstance(state, DhmcOff | Unread) and not isinstance(roles, Unread):
        role = roles.find(getattr(state, "role_name", ""))
        if not isinstance(role, Unread) and role_tells_machines_apart(role, account):
            return True
    levels = (account.scp_levels, account.rcp_levels)
    if any(map(levels_tell_machines_apart, levels)):
        return True
    listed = () if isinstance(endpoints, Unread) else endpoints
    return any(tells_machines_apart(one.policy_document) for one in listed)
