"""VPC Block Public Access: a Region-wide lock before every internet gateway (IG5, D27)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum

from inventory.facts import Evidence, Unread
from inventory.facts.network import BlockPublicAccessExclusion, BlockPublicAccessOptions
from policies.network.reachability.answer import Doubt, Hop, blocks, doubts, passes
from policies.network.reachability.network import Network
from policies.network.reachability.ownership import owner_not_collected
from policies.network.reachability.walk import Walk


class Mode(StrEnum):
    """What is locked; the values are EC2's."""

    OFF = "off"
    BLOCK_INGRESS = "block-ingress"
    BLOCK_BIDIRECTIONAL = "block-bidirectional"


#: What an exclusion leaves locked of the VPC or subnet that it names.
_LEFT_BY = {"allow-bidirectional": Mode.OFF, "allow-egress": Mode.BLOCK_INGRESS}
_SETTLED = frozenset({"create-complete", "update-complete"})
_GONE = frozenset({"delete-complete", "create-failed", "disable-complete"})


@dataclasses.dataclass(frozen=True)
class _Reading:
    mode: Mode | Doubt
    evidence: tuple[Evidence, ...] = ()


def judge(walk: Walk, vpc_id: str, subnet_id: str, *, outbound_only: bool) -> None:
    """Judge the subnet that meets the internet gateway, ``""`` = the VPC as a whole.

    ``outbound_only``: through a NAT or egress-only gateway, which block-ingress leaves working.
    """
    key = ("block public access", vpc_id, subnet_id)
    reading = walk.network.once(key, lambda: _read(walk.network, vpc_id, subnet_id))
    place = subnet_id or vpc_id
    if isinstance(reading.mode, Doubt):
        walk.meet(doubts(Hop.INTERNET_GATEWAY, reading.mode, *reading.evidence))
        return
    told = f"VPC Block Public Access is {reading.mode} for {place}"
    open_to_all = reading.mode is Mode.OFF
    if open_to_all or (outbound_only and reading.mode is Mode.BLOCK_INGRESS):
        walk.meet(passes(Hop.INTERNET_GATEWAY, place, told, *reading.evidence))
    else:
        walk.meet(blocks(Hop.INTERNET_GATEWAY, "BPA_BLOCKED", place, told, *reading.evidence))


def _read(network: Network, vpc_id: str, subnet_id: str) -> _Reading:
    """A change under way comes first: what a subnet or VPC says of itself may be old (D27).

    Where neither they nor the Region say anything, the lock is not known to be open.
    """
    own = _own_state(network, vpc_id, subnet_id)
    options = network.block_public_access(vpc_id)
    if options is None:
        return own or _Reading(owner_not_collected(network, BlockPublicAccessOptions.call, vpc_id))
    if isinstance(options, Unread):
        return own or _Reading(Doubt.unread(options, subnet_id or vpc_id))
    evidence = (options.evidence("InternetGatewayBlockMode"), options.evidence("State"))
    if options.state.casefold() == "update-in-progress":
        settled_by = f"{options.call} once the update is complete"
        detail = "VPC Block Public Access is being changed"
        return _Reading(Doubt.outside("BPA_UPDATING", options.id, detail, settled_by), evidence)
    if own is not None and own.mode is Mode.OFF:
        return own
    mode = own.mode if own is not None else _mode(options, options.internet_gateway_block_mode)
    if isinstance(mode, Doubt) or mode is Mode.OFF:
        return _Reading(mode, evidence)
    return _excluded(network, mode, (vpc_id, subnet_id), evidence)


def _own_state(network: Network, vpc_id: str, subnet_id: str) -> _Reading | None:
    """What the subnet or its VPC says of itself; the owner's setting counts (IG5)."""
    for fact in (network.subnet(subnet_id), network.vpc(vpc_id)):
        if isinstance(fact, Unread) or not fact.block_public_access_states:
            continue
        states: Mapping[str, str] = fact.block_public_access_states
        text = states.get("InternetGatewayBlockMode", "")
        evidence = fact.evidence("BlockPublicAccessStates")
        try:
            return _Reading(Mode(text.casefold()), (evidence,))
        except ValueError:
            problem = f"InternetGatewayBlockMode {text!r}"
            return _Reading(Doubt.malformed(fact.call, fact.id, problem), (evidence,))
    return None


def _mode(options: BlockPublicAccessOptions, text: str) -> Mode | Doubt:
    try:
        return Mode(text.casefold())
    except ValueError:
        problem = f"InternetGatewayBlockMode {text!r}"
        return Doubt.malformed(options.call, options.id, problem)


def _excluded(
    network: Network, mode: Mode, ids: tuple[str, ...], evidence: tuple[Evidence, ...]
) -> _Reading:
    """The lock less what an exclusion of the VPC or the subnet takes away."""
    exclusions = network.block_public_access_exclusions(ids[0])
    if exclusions is None:
        return _Reading(owner_not_collected(network, BlockPublicAccessExclusion.call, ids[0]))
    if isinstance(exclusions, Unread):
        return _Reading(Doubt.unread(exclusions, ids[0]), evidence)
    left: Mode | Doubt = mode
    for exclusion in exclusions:
        if (
            exclusion.state.casefold() in _GONE
            or exclusion.resource_arn.rpartition("/")[2] not in ids
        ):
            continue
        evidence = (*evidence, exclusion.evidence("InternetGatewayExclusionMode"))
        effect = _effect(exclusion)
        if effect is Mode.OFF:
            return _Reading(Mode.OFF, evidence)
        if not isinstance(left, Doubt):
            left = effect
    return _Reading(left, evidence)


def _effect(exclusion: BlockPublicAccessExclusion) -> Mode | Doubt:
    effect = _LEFT_BY.get(exclusion.internet_gateway_exclusion_mode.casefold())
    if exclusion.state.casefold() in _SETTLED and effect is not None:
        return effect
    detail = (
        f"{exclusion.id} is {exclusion.state or 'in no stated state'}, "
        f"mode {exclusion.internet_gateway_exclusion_mode!r}"
    )
    return Doubt.outside(
        "BPA_UPDATING", exclusion.id, detail, f"{exclusion.call} once it is complete"
    )
