"""What to fix first: ranked by what the repair frees, then by whom it touches."""

import dataclasses

from policies.control import Blocker, Gap, Missing, Outcome, Severity, Verdict, failed, passed
from policies.diagnosis import fix_first, only_together, with_causes
from tests.unit.policies.diagnosis.findings import blocked, finding, lost, node_of


def test_the_blocker_that_frees_most_nodes_comes_first() -> None:
    fixes = fix_first(
        [
            finding("NET-02", "i-1", blocked("sg-1")),
            finding("NET-02", "i-2", blocked("sg-1")),
            finding("NET-02", "i-3", blocked("sg-1")),
            finding("IAM-03", "i-3", blocked("role-a")),
            finding("IAM-03", "i-4", blocked("role-a")),
        ]
    )
    assert [fix.blocker.resource for fix in fixes] == ["sg-1", "role-a"]
    assert [(len(fix.frees), len(fix.touches)) for fix in fixes] == [(2, 3), (1, 2)]


def test_a_node_with_two_blockers_is_freed_by_neither_alone() -> None:
    fixes = fix_first([finding("NET-02", "i-1", blocked("sg-1", "sg-2"))])
    assert [(fix.blocker.resource, fix.frees) for fix in fixes] == [("sg-1", ()), ("sg-2", ())]


def test_two_rules_of_one_resource_are_two_fixes() -> None:
    """D29: each (resource, rule) counts once, and what only both repair is freed by neither."""
    vpc = [Blocker("vpc-1", "no endpoint for ssm"), Blocker("vpc-1", "no endpoint for ssmmessages")]
    fixes = fix_first(
        [
            finding("NET-05", "i-1", failed("MISSING", "no way", blockers=(vpc[0],))),
            finding("NET-05", "i-2", failed("MISSING", "no way", blockers=tuple(vpc))),
        ]
    )
    assert [(fix.blocker, len(fix.frees), len(fix.touches)) for fix in fixes] == [
        (vpc[0], 1, 2),
        (vpc[1], 0, 1),
    ]


def test_what_one_command_repairs_is_one_fix_told_from_the_first_hop_on() -> None:
    """A role that lacks the heartbeat and the channel is given both by one policy."""
    attach = "aws iam attach-role-policy --role-name a"
    lead = "Attach the policy, or only what is missing:"
    lacks = [("IAM-05", "no channel"), ("IAM-04", "no heartbeat"), ("IAM-06", "no rest")]
    findings = [
        finding(
            control,
            "i-1",
            failed("X", "x", blockers=(Blocker("role-a", detail),)),
            remediation=f"{lead}\n{attach}\naws iam put {detail}",
        )
        for control, detail in lacks
    ]
    (fix,) = fix_first(findings)
    assert fix.blocker == Blocker("role-a", "no heartbeat; no channel; and 1 more")
    assert (fix.frees, fix.remediation) == ((node_of("i-1"),), attach)
    assert only_together(findings) == ()


def test_a_fix_leaves_out_the_commands_for_the_other_blockers() -> None:
    both = "aws ec2 open --group-id sg-1\naws ec2 open --group-id sg-2"
    fixes = fix_first([finding("NET-02", "i-1", blocked("sg-1", "sg-2"), remediation=both)])
    assert [fix.remediation for fix in fixes] == both.splitlines()


def test_an_unknown_prerequisite_takes_the_certainty_away() -> None:
    unread = Missing(Gap.UNREAD, "ec2:DescribeSubnets")
    unknown = Verdict(Outcome.UNKNOWN, "UNREAD", "not read", missing=(unread,))
    group = finding("NET-02", "i-1", blocked("sg-1"))
    (sure,) = fix_first([group, finding("IAM-07", "i-1", unknown)])
    (unsure,) = fix_first([group, finding("IAM-04", "i-1", unknown)])
    assert (sure.frees, sure.may_free) == ((node_of("i-1"),), ())
    assert (unsure.frees, unsure.may_free) == ((), (node_of("i-1"),))


def test_a_failure_without_blocker_is_its_own() -> None:
    (fix,) = fix_first([lost("i-1")])
    assert (fix.blocker.resource, fix.controls) == ("i-1", ("NODE-02",))


def test_only_failures_are_to_be_fixed() -> None:
    warned = Verdict(Outcome.WARN, "RISKY", "risky", blockers=(Blocker("sg-1", "wide"),))
    assert (
        fix_first([finding("A-01", "i-1", passed("OK", "ok")), finding("A-02", "i-1", warned)])
        == ()
    )


def test_order_does_not_depend_on_the_order_of_findings() -> None:
    findings = [finding("NET-02", f"i-{n}", blocked(f"sg-{n}")) for n in range(5)]
    assert fix_first(findings) == fix_first(reversed(findings))


def test_of_two_that_free_as_much_the_graver_comes_first() -> None:
    """What a control is worth says more than how its resource happens to be called."""
    lesser = finding("NET-02", "i-1", blocked("sg-1"))
    graver = finding("NET-02", "i-2", blocked("sg-2"))
    assert [one.blocker.resource for one in fix_first([lesser, graver])] == ["sg-1", "sg-2"]
    lesser = dataclasses.replace(lesser, set_severity=Severity.LOW)
    assert [one.blocker.resource for one in fix_first([lesser, graver])] == ["sg-2", "sg-1"]


def test_a_consequence_is_not_a_fix_of_its_own() -> None:
    silent = lost("i-1")
    trust = finding("IAM-03", "i-1", blocked("role-a"))
    (fix,) = fix_first([with_causes(silent, [trust]), trust])
    assert (fix.blocker.resource, len(fix.frees)) == ("role-a", 1)


def test_what_is_broken_for_a_region_touches_the_nodes_that_depend_on_it() -> None:
    """DHMC-01 is judged once a Region; the nodes without a profile of their own wait for it."""
    role = finding("DHMC-01", "eu-central-1", blocked("role/dhmc"), of_region=True)
    bare = with_causes(finding("IAM-01", "i-1", blocked("i-1")), [role])
    other = finding("NET-02", "i-2", blocked("sg-1"))
    first, second = fix_first([role, bare, other])
    assert (first.blocker.resource, first.frees) == ("role/dhmc", (node_of("i-1"),))
    assert (second.blocker.resource, second.frees) == ("sg-1", (node_of("i-2"),))


def test_what_holds_no_node_back_frees_none() -> None:
    """D3: a profile that overrules Default Host Management serves the node by itself."""
    (fix,) = fix_first([finding("DHMC-02", "i-1", blocked("role-a"))])
    assert (fix.touches, fix.frees) == ((node_of("i-1"),), ())


def test_it_does_not_stand_beside_what_does() -> None:
    findings = [
        finding("DHMC-02", "i-1", blocked("role-a")),
        finding("NET-02", "i-1", blocked("sg-1")),
    ]
    assert [(fix.blocker.resource, len(fix.frees)) for fix in fix_first(findings)] == [
        ("sg-1", 1),
        ("role-a", 0),
    ]


def test_where_either_will_do_both_ways_are_one_entry() -> None:
    """A VPC without a way out: an endpoint or a route (D24)."""
    endpoint = finding("NET-05", "i-1", blocked("vpc-1"), remediation="create-vpc-endpoint")
    route = finding("NET-04", "i-1", blocked("rtb-1", code="NO_ROUTE"), remediation="create-route")
    both = [with_causes(one, [endpoint, route]) for one in (endpoint, route)]
    (fix,) = fix_first(both)
    assert (fix.blocker.resource, fix.remediation, fix.instead) == (
        "vpc-1",
        "create-vpc-endpoint",
        "create-route",
    )


def test_what_only_helps_together_is_said_so() -> None:
    findings = [
        finding("NET-02", "i-1", blocked("sg-1")),
        finding("IAM-03", "i-1", blocked("role-a")),
        finding("NET-02", "i-2", blocked("sg-1")),
        finding("IAM-03", "i-2", blocked("role-a")),
        finding("IAM-03", "i-3", blocked("role-a")),
        finding("NET-02", "i-4", blocked("sg-1", "sg-2")),
    ]
    assert [
        ([one.resource for one in pair.blockers], len(pair.frees))
        for pair in only_together(findings)
    ] == [(["role-a", "sg-1"], 2), (["sg-1", "sg-2"], 1)]
