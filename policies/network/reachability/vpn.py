"""Virtual private gateways: what is behind VPN and Direct Connect is never seen (VG1)."""

from __future__ import annotations

from typing import Final

from inventory.facts import Unread
from inventory.facts.network import GatewayAttachment
from policies.network.reachability import encryption
from policies.network.reachability.answer import Doubt, Hop, blocks, doubts, passes
from policies.network.reachability.encryption import Carrier
from policies.network.reachability.walk import Walk

_NOT_ATTACHED: Final = frozenset({"attaching", "detaching", "detached"})


def virtual_private_gateway(walk: Walk, gateway_id: str) -> None:
    """Judge the attachment; the rest is undetermined."""
    vpc_id = walk.here.vpc_id
    gateway = walk.network.vpn_gateway(gateway_id, vpc_id)
    if isinstance(gateway, Unread):
        walk.meet(doubts(Hop.BEYOND, Doubt.unread(gateway, gateway_id)))
    else:
        evidence = gateway.evidence("VpcAttachments")
        states = _states(gateway.vpc_attachments, vpc_id)
        if states <= _NOT_ATTACHED:
            detail = f"{gateway_id} is not attached to {vpc_id}"
            walk.meet(blocks(Hop.BEYOND, "VGW_DETACHED", gateway_id, detail, evidence))
            return
        if "attached" in states:
            told = f"{gateway_id} is attached to {vpc_id}"
            walk.meet(passes(Hop.BEYOND, gateway_id, told, evidence))
        else:
            problem = f"attachment state {', '.join(sorted(states))}"
            doubt = Doubt.malformed(gateway.call, gateway_id, problem)
            walk.meet(doubts(Hop.BEYOND, doubt, evidence))
    encryption.judge(walk, vpc_id, Carrier.VPN_GATEWAY, gateway_id)
    detail = f"what lies beyond {gateway_id} is outside AWS's view"
    settled_by = f"the network behind the VPN or Direct Connect ({gateway_id})"
    doubt = Doubt.outside("ONPREM_UNSEEN", gateway_id, detail, settled_by)
    walk.meet(doubts(Hop.BEYOND, doubt))


def _states(attachments: tuple[GatewayAttachment, ...], vpc_id: str) -> set[str]:
    return {one.state.casefold() for one in attachments if one.vpc_id == vpc_id}
