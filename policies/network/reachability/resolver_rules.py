"""Resolver rules: which queries Amazon's resolver hands on to other servers (2.7, 3)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

import msgspec

from inventory.facts import Evidence, Unread
from inventory.facts.dns import ResolverRule
from inventory.facts.network import Vpc
from policies.network.reachability.answer import Doubt, Hop, Stage, doubts
from policies.network.reachability.dns_profiles import (
    IN_FORCE,
    NOT_IN_FORCE,
    brought_by_profiles,
    passing_state,
)
from policies.network.reachability.domains import Labels, labels_of, lies_in
from policies.network.reachability.flow import HostName
from policies.network.reachability.network import Network
from policies.network.reachability.resolution import noted

#: Rules that leave a name to Amazon's resolver, its zones and the public DNS.
_AMAZONS: Final = frozenset({"system", "recursive"})


@dataclasses.dataclass(frozen=True)
class Forwarding:
    """What the VPC's rules do with one name.

    ``rule`` is the one with the longest matching domain, the VPC's own before a Profile's;
    ``doubts`` are rules that could be longer, or could not be read.
    """

    rule: ResolverRule | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def domain(self) -> Labels | None:
        """The rule's domain, ``None`` without a rule; the root is the empty one."""
        return None if self.rule is None else labels_of(self.rule.domain_name)

    @property
    def hands_on(self) -> bool:
        """Whether other servers than Amazon's answer."""
        return self.rule is not None and self.rule.rule_type.casefold() not in _AMAZONS


def forwarding_of(network: Network, vpc: Vpc, host: HostName) -> Forwarding:
    """The rule that the VPC's resolver follows for a name."""
    near = network.places_of(vpc.id)
    found: list[ResolverRule] = []
    gaps: list[Doubt] = []
    for rule_id in _in_force(network, vpc, gaps):
        rule = network.names.resolver_rule(rule_id, near)
        if isinstance(rule, Unread):
            gaps.append(Doubt.unread(rule, rule_id))
        elif lies_in(host.labels, labels_of(rule.domain_name)):
            found.append(rule)
    longest = max(found, key=lambda one: len(labels_of(one.domain_name)), default=None)
    return Forwarding(longest, tuple(gaps))


def _in_force(network: Network, vpc: Vpc, gaps: list[Doubt]) -> Iterator[str]:
    """Ids of the rules that act on the VPC, its own first; notes what may act or not."""
    associations = network.names.rule_associations(vpc.id, network.places_of(vpc.id))
    if isinstance(associations, Unread):
        gaps.append(Doubt.unread(associations, vpc.id))
        associations = ()
    for association in sorted(associations, key=lambda one: one.id):
        state = association.status.casefold()
        if state in NOT_IN_FORCE:
            continue
        if state in IN_FORCE:
            yield association.resolver_rule_id
            continue
        gaps.append(passing_state(association.call, association.id, association.status))
    yield from brought_by_profiles(network, vpc.id).rules


def handed_on(network: Network, vpc: Vpc, host: HostName, rule: ResolverRule) -> Stage:
    """What comes of a query that the rule hands on: nobody here knows, unless the user does."""
    servers = sorted(target.address for target in rule.target_ips)
    told = ", ".join(servers) or "other servers"
    detail = f"{rule.id} hands {host.name} on from {vpc.id} to {told}"
    is_forward = rule.rule_type.casefold() == "forward" and bool(servers)
    if is_forward and network.assumed_servers.issuperset(servers):
        return noted(rule.id, f"{detail}, taken to answer as Amazon's would", "ASSUMED_DNS")
    settled_by = f"what {told} answer for {host.name}"
    return doubts(
        Hop.NAME, Doubt.outside("DNS_FORWARDED", rule.id, detail, settled_by), _quote(rule)
    )


def _quote(rule: ResolverRule) -> Evidence:
    value = {
        "DomainName": rule.domain_name,
        "RuleType": rule.rule_type,
        "TargetIps": [msgspec.to_builtins(one) for one in rule.target_ips],
    }
    return Evidence(resource=rule.id, path="", value=value, call=rule.call)
