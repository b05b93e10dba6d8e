"""Properties of name resolution on random zones, rules, Profiles and firewall groups."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.network.clients import client_of, primary_interface
from policies.network.reachability import Answer, Flow, HostName, Network, Reach, reach
from tests.unit.policies.network.scenario import HOST, node_in, world

DOMAINS = st.sampled_from(
    [".", "com.", "amazonaws.com.", "eu-central-1.amazonaws.com.", f"{HOST}.", "example.org."]
)
STATES = st.sampled_from(["COMPLETE", "UPDATING", "FAILED", "CREATING"])
RECORDS = st.sampled_from(
    [
        {"Name": f"{HOST}.", "Type": "A", "ResourceRecords": [{"Value": "10.0.3.5"}]},
        {"Name": f"{HOST}.", "Type": "A", "ResourceRecords": [{"Value": "10.0.3.9"}]},
        {"Name": f"{HOST}.", "Type": "TXT", "ResourceRecords": [{"Value": "x"}]},
        {"Name": "\\052.amazonaws.com.", "Type": "A", "ResourceRecords": [{"Value": "10.0.3.5"}]},
        {"Name": f"{HOST}.", "Type": "CNAME", "ResourceRecords": [{"Value": f"{HOST}."}]},
        {"Name": "eu-central-1.amazonaws.com.", "Type": "NS", "ResourceRecords": []},
    ]
)
#: What decides about names; a world without any of them leaves every name open.
LISTINGS = (
    "HostedZoneSummaries",
    "ResourceRecordSets",
    "ResolverRuleAssociations",
    "ResolverRules",
    "FirewallRuleGroupAssociations",
    "FirewallRules",
    "Domains",
    "ProfileAssociations",
    "ProfileResourceAssociations",
)


@st.composite
def scenes(draw: st.DrawFn) -> dict[str, Any]:
    """A world with up to two zones, two resolver rules and two firewall rules."""
    scene = world(draw(st.sampled_from(["public", "endpoints", "hijack"])))
    for endpoint in scene["VpcEndpoints"]:
        endpoint["PrivateDnsEnabled"] = draw(st.booleans())
    names = draw(st.lists(DOMAINS, max_size=2, unique=True))
    if f"{HOST}." in names:  # AWS refuses a zone and a private name that are the same
        for endpoint in scene["VpcEndpoints"]:
            endpoint["PrivateDnsEnabled"] = False
    zones = {f"Z{number}": name for number, name in enumerate(names)}
    scene["HostedZoneSummaries"]["vpc-1"] = [
        {"HostedZoneId": zone, "Name": name} for zone, name in zones.items()
    ]
    scene["ResourceRecordSets"] = {zone: draw(st.lists(RECORDS, max_size=2)) for zone in zones}
    for number, domain in enumerate(draw(st.lists(DOMAINS, max_size=2, unique=True))):
        rule = {"Id": f"rr-{number}", "DomainName": domain, "TargetIps": [{"Ip": "10.9.9.9"}]}
        rule["RuleType"] = draw(st.sampled_from(["FORWARD", "SYSTEM"]))
        scene["ResolverRules"].append(rule)
        association = {"Id": f"rra-{number}", "ResolverRuleId": rule["Id"], "VPCId": "vpc-1"}
        scene["ResolverRuleAssociations"].append(association | {"Status": draw(STATES)})
    scene["FirewallRuleGroupAssociations"] = [
        {"Id": "fga", "FirewallRuleGroupId": "frg", "VpcId": "vpc-1", "Status": draw(STATES)}
    ]
    scene["FirewallRules"]["frg"] = [
        {"FirewallDomainListId": f"fdl-{number}", "Priority": number, "Action": action}
        for number, action in enumerate(
            draw(st.lists(st.sampled_from(["ALLOW", "ALERT", "BLOCK"]), max_size=2))
        )
    ]
    scene["Domains"] = {
        f"fdl-{number}": [draw(st.sampled_from(["*", "*.com", "example.org", HOST]))]
        for number in range(2)
    }
    return scene


def _reach(scene: dict[str, Any]) -> Reach:
    node = node_in(scene)
    interface = primary_interface(node.instance)
    assert interface is not None
    return reach(Network(node.region), Flow(client_of(node, interface), HostName(HOST)))


@settings(max_examples=150, deadline=None)
@given(scene=scenes(), listing=st.sampled_from(LISTINGS))
def test_a_refused_listing_never_makes_another_definite_answer(
    scene: dict[str, Any], listing: str
) -> None:
    """Network.md 4 rule 5: what was not read leaves the answer as it was, or open."""
    before = _reach(scene).answer
    after = _reach(scene | {listing: None}).answer
    assert after in (before, Answer.UNDETERMINED)


@settings(max_examples=100, deadline=None)
@given(scene=scenes(), listing=st.sampled_from(LISTINGS))
def test_what_is_open_is_named(scene: dict[str, Any], listing: str) -> None:
    """Issue 4: an answer that is open names the place and what would settle it."""
    found = _reach(scene | {listing: None})
    assert found.unknowns or found.answer is not Answer.UNDETERMINED
    assert all(stage.missing and stage.component for stage in found.unknowns)


@settings(max_examples=100, deadline=None)
@given(scene=scenes(), seed=st.integers())
def test_the_order_of_the_answers_never_matters(scene: dict[str, Any], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    before = _reach(scene)
    for listing in LISTINGS:
        rows = scene[listing]
        for each in [rows] if isinstance(rows, list) else rows.values():
            chance.shuffle(each)
    after = _reach(scene)
    assert after.answer is before.answer
    assert {(one.code, one.component) for one in (*after.blockers, *after.unknowns)} == {
        (one.code, one.component) for one in (*before.blockers, *before.unknowns)
    }


@settings(max_examples=150, deadline=None)
@given(scene=scenes(), data=st.data())
def test_nonsense_in_what_decides_about_names_is_never_a_crash(
    scene: dict[str, Any], data: st.DataObject
) -> None:
    """Issue 4 (malformed input)."""
    places = [
        (row, member)
        for listing in LISTINGS
        for rows in (
            [scene[listing]] if isinstance(scene[listing], list) else scene[listing].values()
        )
        for row in rows
        if isinstance(row, dict)
        for member, value in row.items()
        if isinstance(value, str)
    ]
    row, member = data.draw(st.sampled_from(places))
    row[member] = data.draw(st.sampled_from(["nonsense", "", "*.*", "."]))
    found = _reach(scene)
    assert found.unknowns or found.answer is not Answer.UNDETERMINED


@settings(max_examples=100, deadline=None)
@given(scene=scenes())
def test_a_blocking_rule_in_front_never_opens_a_name(scene: dict[str, Any]) -> None:
    """D21: the first rule that matches decides."""
    scene["FirewallRuleGroupAssociations"][0]["Status"] = "COMPLETE"
    rule = {"FirewallDomainListId": "fdl-all", "Priority": -1, "Action": "BLOCK"}
    scene["FirewallRules"]["frg"].append(rule)
    scene["Domains"]["fdl-all"] = ["*"]
    found = _reach(scene)
    assert found.answer is Answer.NOT_REACHABLE
    assert [one.code for one in found.blockers] == ["DNS_FIREWALL_BLOCK"]
