"""What a host name stands for in a VPC, in the order its resolver goes (network.md 2.7)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from inventory.facts import Evidence, Unread
from inventory.facts.network import Vpc, VpcAttributes, VpcEndpoint
from policies.network.reachability.addresses import Family
from policies.network.reachability.answer import (
    Doubt,
    Hop,
    Mark,
    Reach,
    Stage,
    Way,
    blocks,
    doubts,
    passes,
)
from policies.network.reachability.dns_firewall import dns_firewall
from policies.network.reachability.dns_profiles import brought_by_profiles
from policies.network.reachability.dns_servers import out_of_reach, servers_of
from policies.network.reachability.flow import Client, Flow, HostName
from policies.network.reachability.hosted_zones import Zones, zones_for
from policies.network.reachability.network import Network
from policies.network.reachability.private_dns import (
    PrivateNames,
    private_names,
    resolves_to,
    unsettled,
)
from policies.network.reachability.resolution import Resolution, nowhere, unknown
from policies.network.reachability.resolver_rules import forwarding_of, handed_on
from policies.network.reachability.zone_records import Question, answer_of


def resolve(
    network: Network,
    client: Client,
    host: HostName,
    reach: Callable[[Network, Flow], Reach],
) -> Resolution:
    """Resolve a name for a client (D21, D22); ``reach`` decides flows to DNS servers (SG12)."""
    vpc = network.vpc(client.vpc_id)
    if isinstance(vpc, Unread):
        return unknown(doubts(Hop.NAME, Doubt.unread(vpc, client.vpc_id)))
    servers = servers_of(network, vpc, client.nitro)
    unreachable = out_of_reach(network, client, servers, reach)
    if unreachable:
        return nowhere(*unreachable)
    question = Question(network, vpc, host, client.family, _may_have_dns64(network, client))
    key = ("resolution", vpc.id, host, client.nitro, client.family, question.dns64)
    return network.once(key, lambda: _resolve(question, servers.stage))


def _may_have_dns64(network: Network, client: Client) -> bool:
    if client.family is Family.V4:
        return False
    subnet = network.subnet(client.subnet_id, client.vpc_id)
    return isinstance(subnet, Unread) or subnet.enable_dns64 is not False


def _resolve(question: Question, server: Stage | None) -> Resolution:
    network, vpc, host = question.network, question.vpc, question.host
    if server is not None and server.mark is Mark.BLOCK:
        return nowhere(server)
    is_foreign = server is not None and server.mark is Mark.UNKNOWN
    attributes = network.vpc_attributes(vpc.id)
    support = _support(attributes, vpc.id)
    if not is_foreign and support is not None and support.mark is Mark.BLOCK:
        return nowhere(support) if server is None else unknown(_without_model(server, support))
    gaps = [stage for stage in (server, support) if stage is not None and stage.missing]
    if is_foreign or gaps or isinstance(attributes, Unread):
        return unknown(*gaps)
    firewall = dns_firewall(network, vpc, host, question.family)
    blocked = tuple(stage for stage in firewall if stage.mark is Mark.BLOCK)
    if blocked:
        return nowhere(*blocked)
    before = firewall if server is None else (server, *firewall)
    found = _answered(question, attributes)
    return found.after(*before).unless(*_open_questions(network, vpc))


def _support(fact: VpcAttributes | Unread, vpc_id: str) -> Stage | None:
    """What keeps Amazon's resolver from answering; ``None`` where enableDnsSupport is true."""
    if isinstance(fact, Unread):
        return doubts(Hop.NAME, Doubt.unread(fact, vpc_id))
    if fact.enable_dns_support is None:
        gap = Unread(fact.call, "NOT_RECORDED", f"enableDnsSupport of {vpc_id}")
        return doubts(Hop.NAME, Doubt.unread(gap, vpc_id))
    if fact.enable_dns_support:
        return None
    detail = f"enableDnsSupport of {vpc_id} is false: no name resolves"
    evidence = fact.evidence("EnableDnsSupport")
    return blocks(Hop.NAME, "DNS_SUPPORT_OFF", vpc_id, detail, evidence)


def _without_model(server: Stage, support: Stage) -> Stage:
    """Servers taken to answer as Amazon's would, in a VPC where that one does not answer (D21)."""
    detail = f"{server.detail}, but {support.detail} by Amazon's resolver"
    settled_by = f"what the DNS servers of {server.component} answer"
    doubt = Doubt.outside("DNS_CUSTOM_SERVER", server.component, detail, settled_by)
    return doubts(Hop.NAME, doubt, *support.evidence)


def _open_questions(network: Network, vpc: Vpc) -> Iterator[Stage]:
    """What may change any name's answer: Profiles not read, an owner who sees more (SH1)."""
    for doubt in brought_by_profiles(network, vpc.id).doubts:
        yield doubts(Hop.NAME, doubt)
    if not network.sees_all_of(vpc):
        detail = f"{vpc.id} belongs to account {vpc.owner_id}, whose endpoints were not collected"
        settled_by = f"{VpcEndpoint.call} in account {vpc.owner_id}"
        doubt = Doubt.outside("OWNER_NOT_COLLECTED", vpc.id, detail, settled_by)
        yield doubts(Hop.NAME, doubt)


def _answered(question: Question, attributes: VpcAttributes) -> Resolution:
    """A resolver rule, an endpoint's private name or a zone, by the longest domain; else public."""
    network, vpc, host = question.network, question.vpc, question.host
    private = private_names(network, vpc, attributes, host)
    if isinstance(private, Unread):
        return unknown(doubts(Hop.NAME, Doubt.unread(private, vpc.id)))
    zones = zones_for(network, vpc, host)
    rules = forwarding_of(network, vpc, host)
    longest = _longest_private(host, private, zones)
    before: tuple[Stage, ...] = ()
    if rules.rule is not None and rules.hands_on and len(rules.domain or ()) >= longest:
        stage = handed_on(network, vpc, host, rules.rule)
        if stage.missing is not None:
            return unknown(stage)
        before = (stage,)
    gaps = [*rules.doubts, *private.doubts]
    if not private.answering or private.from_profile:
        gaps += zones.doubts
    found = _private_or_public(question, attributes, private, zones)
    return found.after(*before).unless(*(doubts(Hop.NAME, one) for one in gaps))


def _longest_private(host: HostName, private: PrivateNames, zones: Zones) -> int:
    """How many labels of the name the VPC's own names match, -1 = none does."""
    if private.answering:
        return len(host.labels)
    return -1 if zones.chosen is None else len(zones.chosen.name)


def _private_or_public(
    question: Question, attributes: VpcAttributes, private: PrivateNames, zones: Zones
) -> Resolution:
    host = question.host
    passing = unsettled(host, private.dormant)
    open_state = () if passing is None else (passing,)
    rivals = [zone for zone in (zones.chosen, *zones.others) if zone and not zone.service]
    same = [zone for zone in rivals if zone.name == host.labels]
    if private.answering and not (same and private.from_profile and not same[0].from_profile):
        if same and same[0].from_profile == private.from_profile:
            return unknown(_conflict(question, [private.answering[0].id, same[0].id]))
        stage = resolves_to(host, private.answering, attributes)
        return Resolution(Way.ENDPOINT, (_having_looked(question, stage),), private.answering)
    if zones.others:
        return unknown(_conflict(question, [zone.id for zone in rivals]))
    if zones.chosen is not None:
        off = _zones_off(question, attributes)
        return answer_of(question, zones.chosen).unless(*open_state, *off)
    detail = f"{host.name} resolves to public addresses"
    stage = passes(Hop.NAME, question.vpc.id, detail, attributes.evidence("EnableDnsSupport"))
    looked = _having_looked(question, stage)
    return Resolution(Way.PUBLIC, open_state or (looked,), dormant=private.dormant)


def _zones_off(question: Question, attributes: VpcAttributes) -> tuple[Stage, ...]:
    """AWS asks for enableDnsHostnames as well before hosted zones answer; not what they do else."""
    if attributes.enable_dns_hostnames:
        return ()
    vpc_id = question.vpc.id
    if attributes.enable_dns_hostnames is None:
        gap = Unread(attributes.call, "NOT_RECORDED", f"enableDnsHostnames of {vpc_id}")
        return (doubts(Hop.NAME, Doubt.unread(gap, vpc_id)),)
    detail = f"enableDnsHostnames of {vpc_id} is false: its hosted zones may not answer"
    settled_by = f"what the resolver of {vpc_id} answers for {question.host.name}"
    doubt = Doubt.outside("DNS_ATTRIBUTE_OFF", vpc_id, detail, settled_by)
    return (doubts(Hop.NAME, doubt, attributes.evidence("EnableDnsHostnames")),)


def _conflict(question: Question, rivals: list[str]) -> Stage:
    """AWS refuses two of one name in a VPC, so the answers were read at different moments."""
    detail = f"{' and '.join(rivals)} both answer {question.host.name} in {question.vpc.id}"
    gap = Unread("route53:ListHostedZonesByVPC", "CHANGED_DURING_COLLECTION", detail)
    return doubts(Hop.NAME, Doubt.unread(gap, question.vpc.id))


def _having_looked(question: Question, stage: Stage) -> Stage:
    """The stage with what was looked at and does not concern the name."""
    evidence = _looked_at(question.network, question.vpc)
    return dataclasses.replace(stage, evidence=(*stage.evidence, *evidence))


def _looked_at(network: Network, vpc: Vpc) -> Iterator[Evidence]:
    near = network.places_of(vpc.id)
    zones = network.names.hosted_zones(vpc.id, near)
    if not isinstance(zones, Unread):
        names = sorted(one.name for one in zones.hosted_zone_summaries)
        yield _listed(vpc, "HostedZoneSummaries", names, zones.call)
    rules = network.names.rule_associations(vpc.id, near)
    if not isinstance(rules, Unread):
        ids = sorted(one.resolver_rule_id for one in rules)
        call = "route53resolver:ListResolverRuleAssociations"
        yield _listed(vpc, "ResolverRuleAssociations", ids, call)
    groups = network.names.firewall_associations(vpc.id, near)
    if not isinstance(groups, Unread):
        ids = sorted(one.firewall_rule_group_id for one in groups)
        call = "route53resolver:ListFirewallRuleGroupAssociations"
        yield _listed(vpc, "FirewallRuleGroupAssociations", ids, call)
    profiles = network.names.profile_associations(vpc.id, near)
    if not isinstance(profiles, Unread):
        ids = sorted(one.profile_id for one in profiles)
        call = "route53profiles:ListProfileAssociations"
        yield _listed(vpc, "ProfileAssociations", ids, call)


def _listed(vpc: Vpc, path: str, values: list[str], call: str) -> Evidence:
    return Evidence(resource=vpc.id, path=path, value=values, call=call)
