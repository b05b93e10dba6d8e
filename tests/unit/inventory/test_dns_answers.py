"""What decides about names, from answers to facts: shapes as AWS writes them."""

from typing import Any

import pytest

from inventory.errors import SnapshotError
from inventory.facts import Unread
from tests.unit.world import fleet_of

VPC = {"VPCId": "vpc-1", "VPCRegion": "eu-central-1"}
ZONE = {"HostedZoneId": "Z1", "Name": "example.org.", "Owner": {"OwningAccount": "111122223333"}}
REFUSED = {"Code": "AccessDenied", "Message": "no"}


def region(**answers: Any) -> Any:
    """The Region's facts; ``route53_ListHostedZonesByVPC`` stands for the call's own name."""
    named = {call.replace("_", "."): answer for call, answer in answers.items()}
    return fleet_of({"ec2.DescribeInstances": {"Reservations": []}, **named}).regions[0]


def test_zones_are_filed_under_the_vpc_that_was_asked_about() -> None:
    answer = [
        {"request": VPC, "response": {"HostedZoneSummaries": [ZONE], "MaxItems": "100"}},
        {"request": VPC | {"VPCId": "vpc-2"}, "error": REFUSED},
    ]
    zones = region(route53_ListHostedZonesByVPC=answer).hosted_zones
    (summary,) = zones.find("vpc-1").hosted_zone_summaries
    assert (summary.hosted_zone_id, summary.owner.owning_account) == ("Z1", "111122223333")
    assert zones.find("vpc-2") == Unread("route53:ListHostedZonesByVPC", "AccessDenied", "no")
    assert zones.find("vpc-3") == Unread("route53:ListHostedZonesByVPC", "NOT_RECORDED")


def test_records_keep_values_aliases_and_routing_policies() -> None:
    sets = [
        {"Name": "a.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]},
        {
            "Name": "b.",
            "Type": "A",
            "SetIdentifier": "first",
            "Weight": 1,
            "AliasTarget": {"HostedZoneId": "Z2", "DNSName": "c.", "EvaluateTargetHealth": False},
        },
    ]
    answer = [{"request": {"HostedZoneId": "Z1"}, "response": {"ResourceRecordSets": sets}}]
    plain, alias = (
        region(route53_ListResourceRecordSets=answer).record_sets.find("Z1").resource_record_sets
    )
    assert [one.value for one in plain.resource_records] == ["10.0.0.1"]
    assert (alias.alias_target.dns_name, alias.set_identifier) == ("c.", "first")


def test_listings_of_the_resolver_and_of_profiles() -> None:
    association = {"Id": "rra", "ResolverRuleId": "rr", "VPCId": "vpc-1", "Status": "COMPLETE"}
    rule = {
        "Id": "rr",
        "DomainName": ".",
        "RuleType": "FORWARD",
        "TargetIps": [{"Ipv6": "fd00::1"}],
    }
    group = {"Id": "fga", "FirewallRuleGroupId": "frg", "VpcId": "vpc-1", "Priority": 101}
    profile = {"Id": "rpa", "ProfileId": "rp", "ResourceId": "vpc-1", "Status": "COMPLETE"}
    facts = region(
        route53resolver_ListResolverRuleAssociations={"ResolverRuleAssociations": [association]},
        route53resolver_ListResolverRules={"ResolverRules": [rule]},
        route53resolver_ListFirewallRuleGroupAssociations={
            "FirewallRuleGroupAssociations": [group]
        },
        route53profiles_ListProfileAssociations={"ProfileAssociations": [profile]},
    )
    assert facts.resolver_rule_associations.find("rra").vpc_id == "vpc-1"
    assert [one.address for one in facts.resolver_rules.find("rr").target_ips] == ["fd00::1"]
    assert facts.firewall_associations.find("fga").priority == 101
    assert facts.dns_profile_associations.find("rpa").resource_id == "vpc-1"


def test_rules_domains_and_what_profiles_bring_by_what_was_asked_about() -> None:
    rule = {"FirewallDomainListId": "fdl", "Priority": 1, "Action": "BLOCK", "Qtype": "A"}
    brought = {"Id": "rpr", "ResourceArn": "arn:aws:route53:::hostedzone/Z1"}
    facts = region(
        route53resolver_ListFirewallRules=[
            {"request": {"FirewallRuleGroupId": "frg"}, "response": {"FirewallRules": [rule]}}
        ],
        route53resolver_ListFirewallDomains=[
            {"request": {"FirewallDomainListId": "fdl"}, "response": {"Domains": ["*.com."]}}
        ],
        route53profiles_ListProfileResourceAssociations=[
            {
                "request": {"ProfileId": "rp"},
                "response": {"ProfileResourceAssociations": [brought]},
            }
        ],
    )
    (found,) = facts.firewall_rules.find("frg").firewall_rules
    assert (found.firewall_domain_list_id, found.action, found.qtype) == ("fdl", "BLOCK", "A")
    assert facts.firewall_domains.find("fdl").domains == ("*.com.",)
    (resource,) = facts.dns_profile_resources.find("rp").profile_resource_associations
    assert resource.resource_id == "Z1"


def test_what_is_not_in_the_snapshot_is_a_gap_not_an_empty_listing() -> None:
    facts = region()
    assert facts.hosted_zones == Unread("route53:ListHostedZonesByVPC", "NOT_RECORDED")
    assert facts.resolver_rule_associations == Unread(
        "route53resolver:ListResolverRuleAssociations", "NOT_RECORDED"
    )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ([{"request": VPC, "response": {}}], "has no member 'HostedZoneSummaries'"),
        ([{"request": {}, "response": {"HostedZoneSummaries": []}}], "has no member 'VPCId'"),
        ([{"request": VPC, "response": {"HostedZoneSummaries": [{}]}}], "HostedZoneId"),
    ],
)
def test_a_malformed_answer_is_an_error_that_names_the_file(answer: Any, told: str) -> None:
    with pytest.raises(SnapshotError, match=r"route53\.ListHostedZonesByVPC\.json") as raised:
        region(route53_ListHostedZonesByVPC=answer)
    assert told in str(raised.value)
