"""VPC encryption controls: in enforce mode, what may carry plain text carries nothing (D27)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from inventory.facts import Unread
from inventory.facts.transit import ExclusionState, VpcEncryptionControl
from policies.network.reachability.answer import Doubt, Hop, doubts, passes
from policies.network.reachability.ownership import not_seen
from policies.network.reachability.walk import Walk

#: What the Region's own API says where it has no such controls: then there is none in force.
_NO_SUCH_CALL: Final = frozenset({"InvalidAction", "UnsupportedOperation"})
_WITHOUT_EFFECT: Final = frozenset({"deleted"})


class Carrier(StrEnum):
    """What a path leaves or enters the VPC by; the values are EC2's exclusions."""

    INTERNET_GATEWAY = "InternetGateway"
    EGRESS_ONLY_GATEWAY = "EgressOnlyInternetGateway"
    NAT_GATEWAY = "NatGateway"
    VPN_GATEWAY = "VirtualPrivateGateway"
    PEERING = "VpcPeering"
    TRANSIT_GATEWAY = "a transit gateway (no exclusion exists)"


def judge(walk: Walk, vpc_id: str, carrier: Carrier, component: str) -> None:
    """Say what the VPC's control, if it has one, means for a path over that component."""
    control = walk.network.encryption_control(vpc_id)
    if control is None:
        return
    if isinstance(control, Unread):
        if control.code not in _NO_SUCH_CALL:
            walk.meet(doubts(Hop.BEYOND, not_seen(walk.network, control, vpc_id, vpc_id)))
        return
    mode, evidence = control.mode.casefold(), control.evidence()
    if mode == "monitor" or control.state.casefold() in _WITHOUT_EFFECT:
        return
    if mode != "enforce":
        doubt = Doubt.malformed(control.call, control.id, f"Mode {control.mode!r}")
        walk.meet(doubts(Hop.BEYOND, doubt, evidence))
    elif _is_excluded(control, carrier):
        told = f"{control.id} of {vpc_id} enforces encryption and excludes {component}"
        walk.meet(passes(Hop.BEYOND, control.id, told, evidence))
    else:
        detail = f"{control.id} of {vpc_id} enforces encryption and does not exclude {component}"
        settled_by = f"whether {control.id} lets traffic over {component}"
        doubt = Doubt.outside("ENCRYPTION_ENFORCED", control.id, detail, settled_by)
        walk.meet(doubts(Hop.BEYOND, doubt, evidence))


def _is_excluded(control: VpcEncryptionControl, carrier: Carrier) -> bool:
    exclusions = control.resource_exclusions
    if exclusions is None:
        return False
    states: dict[Carrier, ExclusionState | None] = {
        Carrier.INTERNET_GATEWAY: exclusions.internet_gateway,
        Carrier.EGRESS_ONLY_GATEWAY: exclusions.egress_only_internet_gateway,
        Carrier.NAT_GATEWAY: exclusions.nat_gateway,
        Carrier.VPN_GATEWAY: exclusions.virtual_private_gateway,
        Carrier.PEERING: exclusions.vpc_peering,
    }
    found = states.get(carrier)
    return found is not None and found.state.casefold() == "enabled"
