"""What decides where a name leads in a VPC, as Route 53, its Resolver and its Profiles give it.

As in ``network``: lists that decide (zones, records, rules, domains) have no default.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from inventory.facts.evidence import Fact, Member


class HostedZoneOwner(Member, frozen=True):
    """One of the two: an account, or an AWS service (``efs.amazonaws.com``, ``vpce…``)."""

    owning_account: str = ""
    owning_service: str = ""


class HostedZoneSummary(Member, frozen=True):
    """A private hosted zone; ``name`` ends with a dot."""

    hosted_zone_id: str
    name: str
    owner: HostedZoneOwner | None = None


class VpcHostedZones(Fact, frozen=True):
    """The private hosted zones that a VPC is associated with, whoever owns them."""

    call: ClassVar[str] = "route53:ListHostedZonesByVPC"

    vpc_id: str = msgspec.field(name="VPCId")
    hosted_zone_summaries: tuple[HostedZoneSummary, ...]

    @property
    def id(self) -> str:
        return self.vpc_id


class ResourceRecord(Member, frozen=True):
    value: str


class AliasTarget(Member, frozen=True):
    dns_name: str = msgspec.field(name="DNSName")
    hosted_zone_id: str = ""


class ResourceRecordSet(Member, frozen=True):
    """Records of one name and type; ``name`` ends with a dot and may begin with an asterisk.

    ``set_identifier`` is set where a routing policy picks one of several sets (weights, health).
    """

    name: str
    type: str
    resource_records: tuple[ResourceRecord, ...] = ()
    alias_target: AliasTarget | None = None
    set_identifier: str = ""


class HostedZoneRecords(Fact, frozen=True):
    call: ClassVar[str] = "route53:ListResourceRecordSets"

    hosted_zone_id: str
    resource_record_sets: tuple[ResourceRecordSet, ...]

    @property
    def id(self) -> str:
        return self.hosted_zone_id


class ResolverRuleAssociation(Fact, frozen=True):
    """``status``: COMPLETE, or on its way in or out (CREATING, DELETING, FAILED, OVERRIDDEN)."""

    call: ClassVar[str] = "route53resolver:ListResolverRuleAssociations"

    association_id: str = msgspec.field(name="Id")
    resolver_rule_id: str = ""
    vpc_id: str = msgspec.field(name="VPCId", default="")
    status: str = ""

    @property
    def id(self) -> str:
        return self.association_id


class ResolverTarget(Member, frozen=True):
    """A server that a rule forwards to; one of the addresses is set."""

    ip: str = ""
    ipv6: str = ""
    port: int | None = None

    @property
    def address(self) -> str:
        return self.ip or self.ipv6


class ResolverRule(Fact, frozen=True):
    """``rule_type``: FORWARD, SYSTEM, RECURSIVE or DELEGATE; ``domain_name`` ends with a dot."""

    call: ClassVar[str] = "route53resolver:ListResolverRules"

    rule_id: str = msgspec.field(name="Id")
    domain_name: str = ""
    rule_type: str = ""
    status: str = ""
    owner_id: str = ""
    target_ips: tuple[ResolverTarget, ...] = ()

    @property
    def id(self) -> str:
        return self.rule_id


class FirewallAssociation(Fact, frozen=True):
    """A DNS Firewall rule group on a VPC; groups with a low ``priority`` come first."""

    call: ClassVar[str] = "route53resolver:ListFirewallRuleGroupAssociations"

    association_id: str = msgspec.field(name="Id")
    firewall_rule_group_id: str = ""
    vpc_id: str = ""
    priority: int | None = None
    status: str = ""

    @property
    def id(self) -> str:
        return self.association_id


class FirewallRule(Member, frozen=True):
    """One rule: ``action`` ALLOW, ALERT or BLOCK on a domain list, or on what AWS thinks a threat.

    ``qtype``: the record type it is about, ``""`` = every one.
    """

    priority: int | None = None
    action: str = ""
    name: str = ""
    firewall_domain_list_id: str = ""
    firewall_threat_protection_id: str = ""
    block_response: str = ""
    qtype: str = ""
    firewall_rule_type: Any = None


class FirewallRules(Fact, frozen=True):
    """The rules of one group; low priorities come first."""

    call: ClassVar[str] = "route53resolver:ListFirewallRules"

    firewall_rule_group_id: str
    firewall_rules: tuple[FirewallRule, ...]

    @property
    def id(self) -> str:
        return self.firewall_rule_group_id


class FirewallDomains(Fact, frozen=True):
    """The domains of one list, ``*.example.com.`` among them. AWS's own lists cannot be read."""

    call: ClassVar[str] = "route53resolver:ListFirewallDomains"

    firewall_domain_list_id: str
    domains: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.firewall_domain_list_id


class DnsProfileAssociation(Fact, frozen=True):
    """A Route 53 Profile on a VPC (``resource_id``)."""

    call: ClassVar[str] = "route53profiles:ListProfileAssociations"

    association_id: str = msgspec.field(name="Id")
    profile_id: str = ""
    resource_id: str = ""
    status: str = ""

    @property
    def id(self) -> str:
        return self.association_id


class ProfileResource(Member, frozen=True):
    """A hosted zone, endpoint, resolver rule or firewall rule group of a Profile, by its ARN."""

    resource_arn: str = ""
    resource_type: str = ""
    resource_properties: str = ""
    status: str = ""

    @property
    def resource_id(self) -> str:
        """The ARN's last segment: ``Z123``, ``vpce-123``, ``rslvr-rr-123``, ``rslvr-frg-123``."""
        return self.resource_arn.rpartition("/")[2]


class DnsProfileResources(Fact, frozen=True):
    call: ClassVar[str] = "route53profiles:ListProfileResourceAssociations"

    profile_id: str
    profile_resource_associations: tuple[ProfileResource, ...]

    @property
    def id(self) -> str:
        return self.profile_id
