"""Endpoints with private DNS: which of them a VPC's resolver answers with, and which not (EP5)."""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.facts import Unread
from inventory.facts.network import Vpc, VpcAttributes, VpcEndpoint
from policies.network.reachability.answer import Doubt, Hop, Mark, Stage, blocks, doubts, passes
from policies.network.reachability.dns_profiles import brought_by_profiles
from policies.network.reachability.endpoint_names import offers
from policies.network.reachability.endpoint_states import GONE, is_available, not_serving
from policies.network.reachability.flow import HostName
from policies.network.reachability.network import Network
from policies.network.reachability.resolution import Dormant

#: What private names an endpoint gives unless it was told otherwise (EP12).
_USUAL_PREFERENCES: Final = frozenset({"", "all_domains", "verified_domains_only"})


@dataclasses.dataclass(frozen=True)
class PrivateNames:
    """The endpoints for one name: those that answer it, those that do not, and what is open.

    ``doubts`` come from endpoints that may or may not answer; ``from_profile``: a Profile brings
    those that answer, not the VPC itself.
    """

    answering: tuple[VpcEndpoint, ...]
    dormant: tuple[Dormant, ...]
    doubts: tuple[Doubt, ...]
    from_profile: bool = False


def private_names(
    network: Network, vpc: Vpc, attributes: VpcAttributes, host: HostName
) -> PrivateNames | Unread:
    """Sort the endpoints of the VPC, and those that Profiles bring, by whether they answer."""
    own = network.interface_endpoints(vpc.id)
    if isinstance(own, Unread):
        return own
    gaps: list[Doubt] = []
    offering = [one for one in own if offers(one, host) and one.state.casefold() not in GONE]
    brought = _brought(network, vpc, host, gaps)
    answering: list[VpcEndpoint] = []
    dormant: list[Dormant] = []
    for endpoint in offering:
        unreadable = _unreadable(endpoint, attributes)
        if unreadable is not None:
            gaps.append(unreadable)
            continue
        asleep = _dormant(endpoint, attributes)
        if asleep is None:
            answering.append(endpoint)
        else:
            dormant.append(asleep)
    return PrivateNames(
        tuple(answering) or brought,
        tuple(dormant),
        tuple(gaps),
        from_profile=bool(brought) and not answering,
    )


def _brought(
    network: Network, vpc: Vpc, host: HostName, gaps: list[Doubt]
) -> tuple[VpcEndpoint, ...]:
    """Endpoints that a Profile brings: the VPC's own go before them (2.7, 4)."""
    found: list[VpcEndpoint] = []
    for endpoint_id in brought_by_profiles(network, vpc.id).endpoints:
        endpoint = network.vpc_endpoint(endpoint_id)
        if isinstance(endpoint, Unread):
            gaps.append(Doubt.unread(endpoint, endpoint_id))
        elif not offers(endpoint, host) or endpoint.state.casefold() in GONE:
            continue
        elif endpoint.private_dns_enabled and is_available(endpoint):
            found.append(endpoint)
        else:
            detail = f"a Profile brings {endpoint_id}: {endpoint.state}, private DNS not known on"
            settled_by = f"what the resolver of {vpc.id} answers for {host.name}"
            gaps.append(Doubt.outside("ENDPOINT_STATE", endpoint_id, detail, settled_by))
    return tuple(found)


def _unreadable(endpoint: VpcEndpoint, attributes: VpcAttributes) -> Doubt | None:
    """What has to be known about an endpoint before anything follows from it."""
    if endpoint.private_dns_enabled is None:
        problem = "PrivateDnsEnabled is not recorded"
        return Doubt.malformed(endpoint.call, endpoint.id, problem)
    if attributes.enable_dns_hostnames is None:
        gap = Unread(attributes.call, "NOT_RECORDED", f"enableDnsHostnames of {attributes.id}")
        return Doubt.unread(gap, attributes.id)
    options = endpoint.dns_options
    if options is None:
        return None
    settled_by = f"what the VPC's resolver answers for {endpoint.id}"
    if options.private_dns_only_for_inbound_resolver_endpoint:
        detail = f"{endpoint.id} gives its private name to inbound resolver endpoints only"
        return Doubt.outside("DNS_OPTIONS", endpoint.id, detail, settled_by)
    usual = options.private_dns_preference.casefold() in _USUAL_PREFERENCES
    if not usual or options.private_dns_specified_domains:
        detail = f"{endpoint.id} gives private names to some domains only"
        return Doubt.outside("DNS_OPTIONS", endpoint.id, detail, settled_by)
    return None


def _dormant(endpoint: VpcEndpoint, vpc: VpcAttributes) -> Dormant | None:
    """What keeps the name from leading to the endpoint; ``None`` = nothing does (EP5)."""
    evidence = (endpoint.evidence("PrivateDnsEnabled"), endpoint.evidence("State"))
    if not vpc.enable_dns_hostnames:
        detail = f"enableDnsHostnames of {vpc.id} is false: {endpoint.id} has no private name"
        quoted = vpc.evidence("EnableDnsHostnames")
        stage = blocks(Hop.NAME, "DNS_ATTRIBUTE_OFF", vpc.id, detail, quoted, *evidence)
        return Dormant(endpoint, stage, may_answer=False)
    if not endpoint.private_dns_enabled:
        detail = f"{endpoint.id} has private DNS off, and no private hosted zone leads there"
        stage = blocks(Hop.NAME, "ENDPOINT_NO_PRIVATE_DNS", endpoint.id, detail, *evidence)
        return Dormant(endpoint, stage, may_answer=False)
    state = not_serving(endpoint, endpoint.evidence("PrivateDnsEnabled"))
    return None if state is None else Dormant(endpoint, state, may_answer=True)


def unsettled(host: HostName, dormant: tuple[Dormant, ...]) -> Stage | None:
    """The name may lead to an endpoint or not: its state is a passing or an unread one."""
    open_ones = [one for one in dormant if one.may_answer]
    if not open_ones:
        return None
    endpoint, stage = open_ones[0].endpoint, open_ones[0].stage
    if stage.mark is Mark.UNKNOWN:
        return stage
    detail = f"{host.name} may still, or already, resolve to {endpoint.id} ({endpoint.state})"
    settled_by = f"{endpoint.call} once {endpoint.id} is available or deleted"
    doubt = Doubt.outside("ENDPOINT_STATE", endpoint.id, detail, settled_by)
    return doubts(Hop.NAME, doubt, endpoint.evidence("State"))


def resolves_to(
    host: HostName, endpoints: tuple[VpcEndpoint, ...], attributes: VpcAttributes
) -> Stage:
    """Every client of the VPC gets these, with no way back to public addresses (EP6)."""
    names = ", ".join(one.id for one in endpoints)
    evidence = [one.evidence(path) for one in endpoints for path in ("State", "PrivateDnsEnabled")]
    return passes(
        Hop.NAME,
        endpoints[0].id,
        f"{host.name} resolves to {names}",
        *evidence,
        attributes.evidence("EnableDnsHostnames"),
    )
