"""What the fix-first list promises, held against the facts.

Its commands are run on them, and everything is judged again (issue 5, D29).
"""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.catalogue import CONTROLS, REGION_CONTROLS
from policies.control import Outcome
from policies.diagnosis import Fix, State, diagnose, fix_first, only_together
from policies.diagnosis.order import HOLDS_BACK, LIVE
from policies.finding import Finding
from policies.judgement import Judgement
from tests.unit.policies.diagnosis.broken_fleets import Member, Plan, broken_fleets
from tests.unit.policies.diagnosis.shell import repaired
from tests.unit.policies.network.scenario import World, fleet_in


def judged(scene: World) -> list[Finding]:
    """Every finding of the fleet, with its causes."""
    fleet, judgement = fleet_in(scene), Judgement()
    return [
        *(judgement.explained(control, node) for control in CONTROLS for node in fleet.nodes),
        *(
            judgement.place_finding(control, place)
            for control in REGION_CONTROLS
            for place in {node.place.key: node.place for node in fleet.nodes}.values()
        ),
    ]


def held_back(findings: Iterable[Finding]) -> set[str]:
    """The nodes that something holds back, but for what a snapshot cannot repair: their silence."""
    return {
        node_of(one)
        for one in findings
        if one.outcome is Outcome.FAIL and one.control.id in HOLDS_BACK - LIVE
    }


def silent_for_no_reason(findings: Iterable[Finding]) -> set[str]:
    """The nodes whose silence follows from nothing: a repair outside the guest frees none."""
    return {
        node_of(one)
        for one in findings
        if one.outcome is Outcome.FAIL and one.control.id in LIVE and not one.caused_by
    }


def node_of(finding: Finding) -> str:
    return f"{finding.account}/{finding.region}/{finding.resource}"


def of_aws(fixes: Iterable[Fix]) -> list[Fix]:
    """The fixes that commands to AWS make; a silent agent is repaired in the guest."""
    return [one for one in fixes if not {*one.controls} <= LIVE]


def freed_by(plan: Plan, before: list[Finding], *fixes: Fix) -> set[str]:
    """The nodes that nothing holds back any more once the commands of all these fixes were run."""
    scene = plan.scene
    for fix in fixes:
        scene = repaired(scene, fix.remediation)
    return held_back(before) - silent_for_no_reason(before) - held_back(judged(scene))


def may_be_freed_too(before: list[Finding], *fixes: Fix) -> set[str]:
    """The nodes to which repairs may do more good than they promise.

    Another rule of a repaired resource holds them back, which the repair may cover; or a route or
    an endpoint, of which either will do (D24).
    """
    resources = {fix.blocker.resource for fix in fixes}
    is_either = any({"NET-04", "NET-05"} & {*fix.controls} for fix in fixes)
    return {
        node_of(one)
        for one in before
        if one.outcome is Outcome.FAIL
        if any(blocker.resource in resources for blocker in one.verdict.blockers)
        or (is_either and one.control.id == "NET-05")
    }


@settings(max_examples=60, deadline=None)
@given(plan=broken_fleets())
def test_repairing_the_first_entry_frees_the_nodes_it_promises(plan: Plan) -> None:
    before = judged(plan.scene)
    fixes = of_aws(fix_first(before))
    if not fixes:
        assert not held_back(before)
        return
    first = fixes[0]
    freed = freed_by(plan, before, first)
    assert {*first.frees} <= freed
    assert freed <= {*first.frees, *first.may_free} | may_be_freed_too(before, first)


@settings(max_examples=60, deadline=None)
@given(plan=broken_fleets(), data=st.data())
def test_any_entry_frees_the_nodes_it_promises(plan: Plan, data: st.DataObject) -> None:
    before = judged(plan.scene)
    fixes = of_aws(fix_first(before))
    if fixes:
        fix = data.draw(st.sampled_from(fixes))
        assert {*fix.frees} <= freed_by(plan, before, fix)


@settings(max_examples=60, deadline=None)
@given(plan=broken_fleets())
def test_what_only_helps_together_frees_its_nodes_then_and_not_before(plan: Plan) -> None:
    before = judged(plan.scene)
    by_blocker = {fix.blocker: fix for fix in of_aws(fix_first(before))}
    for together in only_together(before):
        if not by_blocker.keys() >= {*together.blockers}:
            continue  # its agent is silent as well, which no command repairs
        fixes = [by_blocker[blocker] for blocker in together.blockers]
        assert {*together.frees} <= freed_by(plan, before, *fixes)
        for fix in fixes:
            others = [one for one in fixes if one is not fix]
            early = freed_by(plan, before, *others) & {*together.frees, *together.may_free}
            assert early <= may_be_freed_too(before, *others)


@settings(max_examples=20, deadline=None)
@given(plan=broken_fleets(), seed=st.integers())
def test_the_order_of_findings_never_matters(plan: Plan, seed: int) -> None:
    findings = judged(plan.scene)
    shuffled = random.Random(seed).sample(findings, len(findings))  # noqa: S311 - no secret
    assert fix_first(shuffled) == fix_first(findings)
    assert only_together(shuffled) == only_together(findings)
    for node in {node_of(one) for one in findings if one.is_about_instance}:
        own = [one for one in findings if node_of(one) == node]
        mixed = [one for one in shuffled if node_of(one) == node]
        assert diagnose(mixed) == diagnose(own)


@settings(max_examples=20, deadline=None)
@given(plan=broken_fleets())
def test_every_node_has_one_state_and_a_broken_hop_where_it_is_not_managed(plan: Plan) -> None:
    findings = judged(plan.scene)
    by_node: dict[str, list[Finding]] = {}
    for one in findings:
        if one.is_about_instance:
            by_node.setdefault(node_of(one), []).append(one)
    assert len(by_node) == len(plan.members)
    for own in by_node.values():
        told = diagnose(own)
        failed = {one.id for one in own if one.outcome is Outcome.FAIL and not one.caused_by}
        assert told.state in {State.NOT_MANAGED, State.UNDETERMINED}  # nobody hears of them
        assert (told.first_broken in failed) is (told.state is State.NOT_MANAGED)


#: The fault, the node that it is about, whether the promise is certain. Each is a way that ends,
#: behind which there may be more, beside a rule with nothing behind it (D29).
PROMISES = [
    ((), Member(1, "subnet-private", ("sg-web",), "web", "disabled"), True),
    (("sg-web lets nothing out",), Member(1, "subnet-private", ("sg-web",), "web"), True),
    (("acl-private lets no answer in",), Member(1, "subnet-private", ("sg-web",), "web"), True),
    (("web may do nothing",), Member(1, "subnet-private", ("sg-web",), "web"), True),
    (
        ("rtb-private's way out is a black hole",),
        Member(1, "subnet-private", ("sg-web",), "web"),
        False,
    ),
    ((), Member(1, "subnet-vault", ("sg-vault",)), False),
    ((), Member(1, "subnet-public", ("sg-web",)), True),
]


@pytest.mark.parametrize(("faults", "member", "certain"), PROMISES)
def test_what_lies_behind_the_end_of_a_way_is_not_promised(
    faults: tuple[str, ...], member: Member, certain: bool
) -> None:
    """D29: behind a route that leads nowhere, and for want of a role at an endpoint's policy."""
    (fix,) = of_aws(fix_first(judged(Plan((member,), faults).scene)))
    promised = (fix.frees, fix.may_free)
    node = ("111122223333/eu-central-1/i-1",)
    assert promised == ((node, ()) if certain else ((), node))


def test_a_way_that_ends_may_hide_what_blocks_behind_it() -> None:
    """The NAT gateway's own ACL comes to light once the route leads there again."""
    member = Member(1, "subnet-private", ("sg-web",), "web")
    plan = Plan(
        (member,), ("rtb-private's way out is a black hole", "acl-public lets no answer in")
    )
    before = judged(plan.scene)
    (fix,) = of_aws(fix_first(before))
    assert freed_by(plan, before, fix) == set()
    (behind,) = of_aws(fix_first(judged(repaired(plan.scene, fix.remediation))))
    assert behind.blocker.resource == "acl-public"


def test_one_policy_that_gives_a_role_all_it_lacks_is_one_entry() -> None:
    """A role without any permission fails three controls; a list of thirds would rank it last."""
    member = Member(1, "subnet-private", ("sg-web",), "web")
    (fix,) = of_aws(fix_first(judged(Plan((member,), ("web may do nothing",)).scene)))
    assert fix.controls == ("IAM-04", "IAM-05", "IAM-06")
    assert [line.split()[2] for line in fix.remediation.splitlines()] == ["attach-role-policy"]


def test_all_clients_of_a_group_that_an_endpoint_shuts_out_are_one_entry() -> None:
    members = tuple(Member(number, "subnet-vault", ("sg-vault",), "web") for number in (1, 2, 3))
    (fix,) = of_aws(fix_first(judged(Plan(members, ("sg-ends lets nobody in",)).scene)))
    assert (fix.blocker.resource, len(fix.frees)) == ("sg-ends", len(members))
