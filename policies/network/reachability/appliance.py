"""Routes to an interface: NAT instances and other machines that forward (NG8)."""

from __future__ import annotations

from typing import Final

from inventory.facts import Instance, NetworkInterface, Unread
from inventory.facts.network import Route
from policies.network.reachability import network_acls, security_groups
from policies.network.reachability.addresses import MalformedAddressError
from policies.network.reachability.answer import Doubt, Hop, blocks, doubts, passes
from policies.network.reachability.delivery import enter_subnet
from policies.network.reachability.flow import Client, Origin
from policies.network.reachability.network_acls import Side
from policies.network.reachability.walk import Depart, Location, Walk
from policies.network.reachability.way_back import way_back

_MACHINES: Final = frozenset({"", "interface", "efa"})
_NOT_RUNNING: Final = frozenset({"pending", "stopping", "stopped", "shutting-down", "terminated"})


def forwarding_interface(walk: Walk, route: Route, depart: Depart) -> None:
    """Judge the preconditions that AWS shows; forwarding in the OS it never does.

    At best undetermined; a precondition that fails is a definite block. A machine with several
    interfaces may send on from another one, so its own way on is judged only if it has just one.
    """
    interface = _interface(walk, route)
    if isinstance(interface, Unread):
        walk.meet(doubts(Hop.APPLIANCE, Doubt.unread(interface, route.target)))
        return
    if interface.interface_type.casefold() not in _MACHINES:
        detail = f"{interface.id} is a {interface.interface_type} interface"
        settled_by = f"the rules of the firewall behind {interface.id}"
        doubt = Doubt.outside("FIREWALL_UNSEEN", interface.id, detail, settled_by)
        walk.meet(doubts(Hop.APPLIANCE, doubt))
        return
    if interface.id in walk.visited:
        detail = f"the subnet of {interface.id} routes back to {interface.id}: its traffic loops"
        walk.meet(blocks(Hop.APPLIANCE, "ROUTE_LOOP", interface.id, detail))
        return
    instance = walk.network.instance_of(interface.id, walk.here.vpc_id)
    if isinstance(instance, Unread):
        walk.meet(doubts(Hop.APPLIANCE, Doubt.unread(instance, interface.id)))
        return
    _source_check(walk, interface)
    _running(walk, instance)
    _through(walk, interface, instance, depart)
    detail = f"whether {instance.id} forwards packets shows only in its operating system"
    settled_by = f"IP forwarding and address translation on {instance.id}"
    doubt = Doubt.outside("OS_FORWARDING_UNSEEN", instance.id, detail, settled_by)
    walk.meet(doubts(Hop.APPLIANCE, doubt))


def _interface(walk: Walk, route: Route) -> NetworkInterface | Unread:
    if route.network_interface_id:
        return walk.network.interface(route.network_interface_id, walk.here.vpc_id)
    instance = walk.network.instance(route.instance_id, walk.here.vpc_id)
    if isinstance(instance, Unread):
        return instance
    return instance.primary_interface or Unread(
        instance.call, "CHANGED_DURING_COLLECTION", f"{instance.id} has no primary interface"
    )


def _source_check(walk: Walk, interface: NetworkInterface) -> None:
    evidence = interface.evidence("SourceDestCheck")
    if interface.source_dest_check is None:
        doubt = Doubt.malformed(interface.call, interface.id, "SourceDestCheck is not recorded")
        walk.meet(doubts(Hop.APPLIANCE, doubt))
    elif interface.source_dest_check:
        detail = f"{interface.id} has its source/destination check on: it forwards nothing"
        code = "NAT_INSTANCE_SRC_DST_CHECK"
        walk.meet(blocks(Hop.APPLIANCE, code, interface.id, detail, evidence))
    else:
        detail = f"{interface.id} has its source/destination check off"
        walk.meet(passes(Hop.APPLIANCE, interface.id, detail, evidence))


def _running(walk: Walk, instance: Instance) -> None:
    state = instance.state.name
    evidence = instance.evidence("State.Name")
    detail = f"{instance.id} is {state or 'in no stated state'}"
    if state.casefold() == "running":
        walk.meet(passes(Hop.APPLIANCE, instance.id, detail, evidence))
    elif state.casefold() in _NOT_RUNNING:
        walk.meet(blocks(Hop.APPLIANCE, "NAT_INSTANCE_STATE", instance.id, detail, evidence))
    else:
        doubt = Doubt.malformed(instance.call, instance.id, f"State {state!r}")
        walk.meet(doubts(Hop.APPLIANCE, doubt, evidence))


def _through(walk: Walk, interface: NetworkInterface, instance: Instance, depart: Depart) -> None:
    client = walk.origin
    groups = frozenset(group.group_id for group in interface.groups)
    crosses = interface.subnet_id != walk.here.subnet_id
    if crosses:
        enter_subnet(walk, interface.subnet_id)
    security_groups.ingress(walk, interface.id, groups, "SG_INGRESS_BLOCKED")
    if len(instance.network_interfaces) == 1:
        _onward(walk, interface, groups, depart)
    if crosses:
        network_acls.answer(walk, interface.subnet_id, Side.OUT, client.address, client.ports)
    if crosses or walk.at is not None:
        way_back(walk, Location(walk.here.vpc_id, interface.subnet_id))


def _onward(
    walk: Walk, interface: NetworkInterface, groups: frozenset[str], depart: Depart
) -> None:
    machine = Client.of(interface)
    try:
        address = machine.source(walk.remaining.family)
    except MalformedAddressError as error:
        walk.meet(doubts(Hop.APPLIANCE, Doubt.malformed(interface.call, interface.id, str(error))))
        return
    sender = Origin(
        resource=interface.id,
        vpc_id=interface.vpc_id,
        subnet_id=interface.subnet_id,
        address=address,
        public=machine.public,
        ports=None,
        groups=groups,
    )
    onward = walk.sent_on(interface.id, sender)
    security_groups.egress(onward)
    depart(onward)
    walk.meet(*onward.stages)
    walk.delivered = onward.delivered
    walk.remaining = onward.remaining
