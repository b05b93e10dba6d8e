"""Hosted zones, resolver rules, Profiles and DNS Firewall groups, by the VPC they act on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeVar

from inventory.facts import Fact, RegionFacts, Unread
from inventory.facts.dns import (
    DnsProfileAssociation,
    DnsProfileResources,
    FirewallAssociation,
    FirewallDomains,
    FirewallRules,
    HostedZoneRecords,
    ResolverRule,
    ResolverRuleAssociation,
    VpcHostedZones,
)
from policies.network.reachability.listings import Listing

Row = TypeVar("Row", bound=Fact)
Places = Sequence[RegionFacts]


class NameListings:
    """What decides where a VPC's names lead; a gap comes back as ``Unread``.

    ``near`` of each look-up are the places that list the VPC in question.
    """

    def __init__(self, places: Places) -> None:
        self._hosted_zones = Listing(places, lambda one: one.hosted_zones)
        self._record_sets = Listing(places, lambda one: one.record_sets)
        self._rules = Listing(places, lambda one: one.resolver_rules, lambda row: row.owner_id)
        self._rule_associations = Listing(places, lambda one: one.resolver_rule_associations)
        self._firewall_associations = Listing(places, lambda one: one.firewall_associations)
        self._firewall_rules = Listing(places, lambda one: one.firewall_rules)
        self._firewall_domains = Listing(places, lambda one: one.firewall_domains)
        self._profile_associations = Listing(places, lambda one: one.dns_profile_associations)
        self._profile_resources = Listing(places, lambda one: one.dns_profile_resources)

    def hosted_zones(self, vpc_id: str, near: Places) -> VpcHostedZones | Unread:
        return self._hosted_zones.find(vpc_id, near)

    def record_sets(self, zone_id: str, near: Places) -> HostedZoneRecords | Unread:
        return self._record_sets.find(zone_id, near)

    def resolver_rule(self, rule_id: str, near: Places) -> ResolverRule | Unread:
        return self._rules.find(rule_id, near)

    def firewall_rules(self, group_id: str, near: Places) -> FirewallRules | Unread:
        return self._firewall_rules.find(group_id, near)

    def firewall_domains(self, list_id: str, near: Places) -> FirewallDomains | Unread:
        return self._firewall_domains.find(list_id, near)

    def profile_resources(self, profile_id: str, near: Places) -> DnsProfileResources | Unread:
        return self._profile_resources.find(profile_id, near)

    def rule_associations(
        self, vpc_id: str, near: Places
    ) -> tuple[ResolverRuleAssociation, ...] | Unread:
        gap = self._rule_associations.gap(near)
        return gap or self._rule_associations_by_vpc.get(vpc_id, ())

    def firewall_associations(
        self, vpc_id: str, near: Places
    ) -> tuple[FirewallAssociation, ...] | Unread:
        gap = self._firewall_associations.gap(near)
        return gap or self._firewall_associations_by_vpc.get(vpc_id, ())

    def profile_associations(
        self, vpc_id: str, near: Places
    ) -> tuple[DnsProfileAssociation, ...] | Unread:
        gap = self._profile_associations.gap(near)
        return gap or self._profile_associations_by_vpc.get(vpc_id, ())

    @cached_property
    def _rule_associations_by_vpc(self) -> dict[str, tuple[ResolverRuleAssociation, ...]]:
        return _grouped(self._rule_associations, lambda row: row.vpc_id)

    @cached_property
    def _firewall_associations_by_vpc(self) -> dict[str, tuple[FirewallAssociation, ...]]:
        return _grouped(self._firewall_associations, lambda row: row.vpc_id)

    @cached_property
    def _profile_associations_by_vpc(self) -> dict[str, tuple[DnsProfileAssociation, ...]]:
        return _grouped(self._profile_associations, lambda row: row.resource_id)


def _grouped(listing: Listing[Row], key: Callable[[Row], str]) -> dict[str, tuple[Row, ...]]:
    groups: dict[str, tuple[Row, ...]] = {}
    for row in listing:
        groups[key(row)] = (*groups.get(key(row), ()), row)
    return groups
