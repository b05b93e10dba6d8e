"""What to fix first: ranked by what the repair frees, then by whom it touches."""

import pytest

from policies.control import Blocker, Control, Outcome, Severity, Verdict, failed, passed
from policies.diagnosis import fix_first, with_causes
from policies.finding import Finding


def finding(control: str, node: str, verdict: Verdict) -> Finding:
    record = Control(control, "t", Severity.HIGH, "test", "", "", (), ())
    return Finding(record, "111122223333", "eu-central-1", node, "", verdict)


def blocked(*resources: str) -> Verdict:
    return failed("BLOCKED", "no way", blockers=tuple(Blocker(one, "closed") for one in resources))


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


def test_a_failure_without_blocker_is_its_own() -> None:
    (fix,) = fix_first([finding("NODE-02", "i-1", failed("NOT_REGISTERED", "never heard of"))])
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


def test_what_systems_manager_says_follows_from_what_is_broken_on_the_way() -> None:
    silent = finding("NODE-02", "i-1", failed("NOT_REGISTERED", "never heard of"))
    trust = finding("IAM-03", "i-1", blocked("role-a"))
    overruled = finding("DHMC-02", "i-1", blocked("role-b"))
    assert with_causes(silent, [trust, overruled, silent]).caused_by == (trust.id,)
    assert with_causes(silent, [overruled, silent]).caused_by == ()
    assert with_causes(trust, [trust, silent]) is trust


@pytest.mark.parametrize("control", ["IAM-05", "IAM-06", "IAM-07"])
def test_a_node_is_heard_of_without_channel_and_features(control: str) -> None:
    """D9: neither is entailed by Online, so neither explains that a node is silent."""
    silent = finding("NODE-02", "i-1", failed("NOT_REGISTERED", "never heard of"))
    assert with_causes(silent, [finding(control, "i-1", blocked("role-a"))]).caused_by == ()


def test_a_consequence_is_not_a_fix_of_its_own() -> None:
    silent = finding("NODE-02", "i-1", failed("NOT_REGISTERED", "never heard of"))
    trust = finding("IAM-03", "i-1", blocked("role-a"))
    (fix,) = fix_first([with_causes(silent, [trust]), trust])
    assert (fix.blocker.resource, len(fix.frees)) == ("role-a", 1)
