"""Calls about what decides where a name leads in a VPC: zones, Resolver, DNS Firewall, Profiles.

A Profile brings zones, Resolver rules and rule groups that no association of the VPC tells of, so
what it names is asked about too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from inventory.collect.agent_zones import agent_zones
from inventory.collect.call import Answered, Call, Condition, Listing, PerResource, Request
from inventory.collect.vpcs_in_use import ENDPOINTS, INSTANCES, hosted_zones

_ZONES: Final = "route53.ListHostedZonesByVPC"
_RULE_ASSOCIATIONS: Final = "route53resolver.ListResolverRuleAssociations"
_GROUP_ASSOCIATIONS: Final = "route53resolver.ListFirewallRuleGroupAssociations"
_FIREWALL_RULES: Final = "route53resolver.ListFirewallRules"
_PROFILE_ASSOCIATIONS: Final = "route53profiles.ListProfileAssociations"
_PROFILE_RESOURCES: Final = "route53profiles.ListProfileResourceAssociations"


def _about_each(name: str, values: Iterable[str | None]) -> tuple[Request, ...]:
    return tuple({name: value} for value in sorted({value for value in values if value}))


def _from_profiles(answered: Answered, kind: str) -> Iterator[str]:
    """The ids of what Profiles bring, by the kind that their ARNs tell: ``hostedzone/Z123``."""
    for resource in answered.responses(_PROFILE_RESOURCES, "ProfileResourceAssociations"):
        path, _, identifier = resource.get("ResourceArn", "").rpartition("/")
        if path.endswith(f":{kind}"):
            yield identifier


def _profiles(answered: Answered) -> tuple[Request, ...]:
    associations = answered.rows(_PROFILE_ASSOCIATIONS, "ProfileAssociations")
    return _about_each("ProfileId", (one.get("ProfileId") for one in associations))


def _record_sets(answered: Answered) -> tuple[Request, ...]:
    """Zones that could answer for a host of the agent, but for those of AWS's services (D22).

    Of a zone that a Profile brings only the id is known, so its records are asked for to tell.
    """
    wanted = agent_zones(answered.region)
    summaries = answered.responses(_ZONES, "HostedZoneSummaries")
    found = [
        zone["HostedZoneId"]
        for zone in summaries
        if zone["Name"].rstrip(".").casefold() in wanted
        and not zone.get("Owner", {}).get("OwningService")
    ]
    return _about_each("HostedZoneId", [*found, *_from_profiles(answered, "hostedzone")])


def _has_resolver_rules(answered: Answered) -> bool:
    associated = answered.rows(_RULE_ASSOCIATIONS, "ResolverRuleAssociations")
    return any(associated) or any(_from_profiles(answered, "resolver-rule"))


def _rule_groups(answered: Answered) -> tuple[Request, ...]:
    associations = answered.rows(_GROUP_ASSOCIATIONS, "FirewallRuleGroupAssociations")
    groups = [one.get("FirewallRuleGroupId") for one in associations]
    brought = _from_profiles(answered, "firewall-rule-group")
    return _about_each("FirewallRuleGroupId", [*groups, *brought])


def _domain_lists(answered: Answered) -> tuple[Request, ...]:
    """Rules against what AWS thinks a threat name no list; AWS's own lists refuse to be read."""
    rules = answered.responses(_FIREWALL_RULES, "FirewallRules")
    return _about_each("FirewallDomainListId", (one.get("FirewallDomainListId") for one in rules))


def _listing(operation: str, member: str, only_if: Condition | None = None) -> Call:
    return Call(operation=operation, shape=Listing((member,), 100), only_if=only_if)


NAME_CALLS: Final = (
    _listing(_PROFILE_ASSOCIATIONS, "ProfileAssociations"),
    Call(
        operation=_PROFILE_RESOURCES,
        shape=PerResource("ProfileResourceAssociations", _profiles, (_PROFILE_ASSOCIATIONS,), 100),
        absent=frozenset({"ResourceNotFoundException"}),
    ),
    Call(
        operation=_ZONES,
        shape=PerResource("HostedZoneSummaries", hosted_zones, (INSTANCES, ENDPOINTS), 100),
    ),
    Call(
        operation="route53.ListResourceRecordSets",
        shape=PerResource("ResourceRecordSets", _record_sets, (_ZONES, _PROFILE_RESOURCES), 300),
        absent=frozenset({"NoSuchHostedZone"}),
    ),
    _listing(_RULE_ASSOCIATIONS, "ResolverRuleAssociations"),
    _listing(
        "route53resolver.ListResolverRules",
        "ResolverRules",
        Condition((_RULE_ASSOCIATIONS, _PROFILE_RESOURCES), _has_resolver_rules),
    ),
    _listing(_GROUP_ASSOCIATIONS, "FirewallRuleGroupAssociations"),
    Call(
        operation=_FIREWALL_RULES,
        shape=PerResource(
            "FirewallRules", _rule_groups, (_GROUP_ASSOCIATIONS, _PROFILE_RESOURCES), 100
        ),
        absent=frozenset({"ResourceNotFoundException"}),
    ),
    Call(
        operation="route53resolver.ListFirewallDomains",
        shape=PerResource("Domains", _domain_lists, (_FIREWALL_RULES,), 5000),
        absent=frozenset({"ResourceNotFoundException"}),
    ),
)
