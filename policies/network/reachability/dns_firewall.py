"""DNS Firewall: rule groups on a VPC, by priority, before any name is resolved (D21)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from inventory.facts import Evidence, Unread
from inventory.facts.dns import FirewallAssociation, FirewallDomains, FirewallRule, FirewallRules
from inventory.facts.network import Vpc
from policies.network.reachability.addresses import Family
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts, passes
from policies.network.reachability.dns_profiles import (
    IN_FORCE,
    NOT_IN_FORCE,
    brought_by_profiles,
    passing_state,
)
from policies.network.reachability.domains import Labels, labels_of, lies_in
from policies.network.reachability.flow import HostName
from policies.network.reachability.network import Network

#: How rules name the record type that a client of a family asks for.
_QUERY_TYPES: Final = {
    Family.V4: frozenset({"a", "1", "type1"}),
    Family.V6: frozenset({"aaaa", "28", "type28"}),
}
_LETS_THROUGH: Final = frozenset({"allow", "alert"})
_ACTIONS: Final = _LETS_THROUGH | {"block"}


@dataclasses.dataclass(frozen=True)
class _Query:
    """A question of a VPC's client to Amazon's resolver."""

    network: Network
    vpc: Vpc
    host: HostName
    family: Family


@dataclasses.dataclass(frozen=True)
class _Rule:
    """A rule within its group."""

    group: FirewallRules
    rule: FirewallRule

    @property
    def told(self) -> str:
        return f"{self.group.id} rule {self.rule.priority} {self.rule.name}".rstrip()

    @property
    def evidence(self) -> Evidence:
        value = msgspec.to_builtins(self.rule)
        return Evidence(
            resource=self.group.id, path="FirewallRules", value=value, call=self.group.call
        )


def dns_firewall(network: Network, vpc: Vpc, host: HostName, family: Family) -> tuple[Stage, ...]:
    """What the VPC's rule groups do with a query for the name; nothing where it has no group.

    The first rule that matches decides. One that may match, its list being unread or AWS's own,
    leaves the answer open only if it would decide otherwise than what follows.
    """
    associations = _associations(network, vpc)
    if isinstance(associations, Unread):
        return (doubts(Hop.NAME, Doubt.unread(associations, vpc.id)),)
    query = _Query(network, vpc, host, family)
    open_questions: list[Doubt] = []
    may_let_through: list[Doubt] = []
    for rule in _rules(query, associations):
        if isinstance(rule, Doubt):
            open_questions.append(rule)
            continue
        action = rule.rule.action.casefold()
        match = _match(query, rule)
        if match is False:
            continue
        if action not in _ACTIONS:
            problem = f"Action {rule.rule.action!r}"
            open_questions.append(Doubt.malformed(rule.group.call, rule.told, problem))
        elif isinstance(match, Doubt):
            (may_let_through if action in _LETS_THROUGH else open_questions).append(match)
        elif action in _LETS_THROUGH:
            return _undecided(open_questions) or (_let_through(query, rule),)
        else:
            return _undecided([*open_questions, *may_let_through]) or (_blocked(query, rule),)
    return _undecided(open_questions)


def _undecided(open_questions: list[Doubt]) -> tuple[Stage, ...]:
    return tuple(doubts(Hop.NAME, one) for one in open_questions)


def _let_through(query: _Query, rule: _Rule) -> Stage:
    detail = f"{rule.told} lets {query.host.name} through"
    return passes(Hop.NAME, rule.group.id, detail, rule.evidence)


def _blocked(query: _Query, rule: _Rule) -> Stage:
    detail = f"{rule.told} blocks queries for {query.host.name} in {query.vpc.id}"
    return blocks(Hop.NAME, "DNS_FIREWALL_BLOCK", rule.group.id, detail, rule.evidence)


def _associations(network: Network, vpc: Vpc) -> tuple[FirewallAssociation, ...] | Unread:
    near = network.places_of(vpc.id)
    return network.names.firewall_associations(vpc.id, near)


def _rules(query: _Query, associations: Iterable[FirewallAssociation]) -> Iterator[_Rule | Doubt]:
    """All rules in the order they are tried; the VPC's own groups before a Profile's."""
    own = [one for one in associations if one.status.casefold() not in NOT_IN_FORCE]
    for association in sorted(own, key=lambda one: (one.priority or 0, one.id)):
        if association.status.casefold() not in IN_FORCE:
            yield passing_state(association.call, association.id, association.status)
        yield from _rules_of(query, association.firewall_rule_group_id)
    for _, group_id in brought_by_profiles(query.network, query.vpc.id).groups:
        yield from _rules_of(query, group_id)


def _rules_of(query: _Query, group_id: str) -> Iterator[_Rule | Doubt]:
    near = query.network.places_of(query.vpc.id)
    group = query.network.names.firewall_rules(group_id, near)
    if isinstance(group, Unread):
        yield Doubt.unread(group, group_id)
        return
    for rule in sorted(group.firewall_rules, key=lambda one: (one.priority or 0, one.name)):
        yield _Rule(group, rule)


def _match(query: _Query, rule: _Rule) -> bool | Doubt:
    wanted = rule.rule.qtype.casefold()
    if wanted and wanted not in _QUERY_TYPES[query.family]:
        return False
    list_id = rule.rule.firewall_domain_list_id
    if not list_id:
        detail = f"{rule.told} asks AWS what it thinks of {query.host.name}"
        settled_by = f"what {rule.told} does with {query.host.name}"
        return Doubt.outside("DNS_FIREWALL_UNSEEN", rule.group.id, detail, settled_by)
    network = query.network
    domains = network.names.firewall_domains(list_id, network.places_of(query.vpc.id))
    if isinstance(domains, Unread):
        return Doubt.unread(domains, f"{rule.told} {list_id}")
    key = ("domain list", domains.id, query.host)
    return network.once(key, lambda: _holds(domains, query.host.labels))


def _holds(domains: FirewallDomains, host: Labels) -> bool | Doubt:
    """Whether a list holds the name: itself, or below an entry that begins with ``*.``."""
    odd = ""
    for domain in domains.domains:
        labels = labels_of(domain)
        if labels in (host, ("*",)) or _is_below(host, labels):
            return True
        if "*" in domain.removeprefix("*."):
            odd = odd or domain
    if odd:
        return Doubt.malformed(domains.call, domains.id, f"an asterisk inside {odd!r}")
    return False


def _is_below(host: Labels, domain: Labels) -> bool:
    return domain[:1] == ("*",) and len(host) >= len(domain) and lies_in(host, domain[1:])
