"""Answers asked once for each VPC, hosted zone, rule group, domain list or Profile."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from inventory.facts import Table, Unread
from inventory.facts.dns import (
    DnsProfileResources,
    FirewallDomains,
    FirewallRules,
    HostedZoneRecords,
    VpcHostedZones,
)
from inventory.facts.evidence import Fact
from inventory.follow_up_answers import FollowUpAnswers
from inventory.reader import Reader

Row = TypeVar("Row", bound=Fact)


def load_hosted_zones(read: Reader) -> Table[VpcHostedZones] | Unread:
    """The hosted zones of each VPC that was asked about."""
    operation = "route53.ListHostedZonesByVPC"
    return _rows(read, operation, "VPCId", "HostedZoneSummaries", VpcHostedZones)


def load_record_sets(read: Reader) -> Table[HostedZoneRecords] | Unread:
    """The records of each hosted zone that was asked about."""
    operation = "route53.ListResourceRecordSets"
    return _rows(read, operation, "HostedZoneId", "ResourceRecordSets", HostedZoneRecords)


def load_firewall_rules(read: Reader) -> Table[FirewallRules] | Unread:
    """The rules of each DNS Firewall rule group that was asked about."""
    operation = "route53resolver.ListFirewallRules"
    return _rows(read, operation, "FirewallRuleGroupId", "FirewallRules", FirewallRules)


def load_firewall_domains(read: Reader) -> Table[FirewallDomains] | Unread:
    """The domains of each domain list that was asked about."""
    operation = "route53resolver.ListFirewallDomains"
    return _rows(read, operation, "FirewallDomainListId", "Domains", FirewallDomains)


def load_dns_profile_resources(read: Reader) -> Table[DnsProfileResources] | Unread:
    """What each Route 53 Profile that was asked about brings to its VPCs."""
    operation = "route53profiles.ListProfileResourceAssociations"
    member = "ProfileResourceAssociations"
    return _rows(read, operation, "ProfileId", member, DnsProfileResources)


def _rows(
    read: Reader, operation: str, key: str, member: str, kind: type[Row]
) -> Table[Row] | Unread:
    """One row for each request: what was asked about under ``key``, the answer under ``member``."""
    answers = FollowUpAnswers(read, operation, member, key)
    if not answers.is_recorded:
        return answers.otherwise
    with read.place(operation):
        rows = [msgspec.convert({key: asked, member: answer}, kind) for (asked,), answer in answers]
    gaps = {asked: gap for (asked,), gap in answers.gaps.items()}
    return Table(kind.call, rows, gaps=gaps, unlisted=answers.otherwise)
