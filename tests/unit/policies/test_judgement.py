"""Judging: scope before controls, each cell once, unknowns that say what is missing."""

import dataclasses
from types import SimpleNamespace
from typing import Any, cast

import pytest

from inventory.facts import Node
from policies.control import (
    Context,
    ControlModule,
    Gap,
    Outcome,
    Severity,
    Verdict,
    failed,
    passed,
)
from policies.finding import Crash
from policies.imds import metadata_service_enabled
from policies.judgement import Judgement, judge
from policies.settings import ControlSetting, Layer, Settings
from tests.unit.policies.nodes import node_with


def control_that(answer: Any, identifier: str = "TEST-01") -> ControlModule:
    record = dataclasses.replace(metadata_service_enabled.CONTROL, id=identifier)
    module = SimpleNamespace(CONTROL=record, evaluate=answer)
    return cast("ControlModule", module)


def test_each_cell_is_judged_once() -> None:
    asked: list[str] = []

    def answer(node: Node, _context: Context) -> Verdict:
        asked.append(node.id)
        return passed("FINE", "it holds")

    judgement, control, node = Judgement(), control_that(answer), node_with()
    assert judgement.finding(control, node) is judgement.finding(control, node)
    assert asked == [node.id]


def test_a_stopped_instance_is_not_handed_to_the_control() -> None:
    def answer(_node: Node, _context: Context) -> Verdict:
        raise AssertionError("judged")

    verdict = judge(control_that(answer), node_with({"State": {"Name": "stopped"}}), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_APPLICABLE, "NOT_RUNNING")


def test_a_state_aws_adds_later_is_unknown() -> None:
    verdict = judge(metadata_service_enabled, node_with({"State": {"Name": "parked"}}), Context())
    assert (verdict.outcome, verdict.missing[0].gap) == (Outcome.UNKNOWN, Gap.UNDECIDABLE)


def test_states_compare_without_case() -> None:
    """T-15: the model and the answers differ in letter case."""
    node = node_with({"State": {"Name": "Running"}})
    assert judge(metadata_service_enabled, node, Context()).outcome is Outcome.PASS


def test_a_crash_is_never_an_answer() -> None:
    def answer(_node: Node, _context: Context) -> Verdict:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Judgement().finding(control_that(answer), node_with())


def test_an_unknown_without_what_is_missing_is_a_defect() -> None:
    def answer(_node: Node, _context: Context) -> Verdict:
        return Verdict(Outcome.UNKNOWN, "WHY", "because")

    with pytest.raises(ValueError, match="WHY without what is missing"):
        judge(control_that(answer), node_with(listed=False), Context())


def test_a_finding_writes_the_remediation_out() -> None:
    node = node_with(
        {"MetadataOptions": {"HttpEndpoint": "disabled", "State": "applied"}}, listed=False
    )
    finding = Judgement().finding(metadata_service_enabled, node)
    assert f"--instance-id {node.id} --region {node.region.name}" in finding.remediation
    assert finding.id == f"IMDS-01/{node.account.account_id}/{node.region.name}/{node.id}"


def test_a_crash_elsewhere_does_not_cost_the_other_cells() -> None:
    def crash(_node: Node, _context: Context) -> Verdict:
        raise ZeroDivisionError("oops")

    def closed(_node: Node, _context: Context) -> Verdict:
        return failed("CLOSED", "no way")

    node = node_with(listed=False)
    sound, broken = control_that(closed, "A-01"), control_that(crash, "B-01")
    judgement = Judgement(controls=(sound, broken))
    assert judgement.explained(sound, node).verdict.code == "CLOSED"
    crashed = judgement.attempt(broken, node)
    assert isinstance(crashed, Crash)
    assert (crashed.control, crashed.error) == ("B-01", "ZeroDivisionError: oops")


def test_a_case_may_be_less_grave_than_its_control() -> None:
    """D3: a profile that overrules DHMC but serves by itself is of medium severity."""

    def mild(_node: Node, _context: Context) -> Verdict:
        return failed("MILD", "not that bad", severity=Severity.MEDIUM)

    control, node = control_that(mild), node_with(listed=False)
    assert control.CONTROL.severity is Severity.CRITICAL
    assert Judgement().finding(control, node).severity is Severity.MEDIUM


def test_controls_that_read_what_was_left_out_explain_nothing() -> None:
    """A control is judged by what it needs; without that it is no cause of another's failure."""

    def closed(_node: Node, _context: Context) -> Verdict:
        return failed("CLOSED", "no way")

    node = node_with(listed=False)
    prerequisite, registered = control_that(closed, "NET-04"), control_that(closed, "NODE-02")
    judgement = Judgement(controls=(prerequisite, registered))
    assert judgement.explained(registered, node).caused_by == (
        judgement.finding(prerequisite, node).id,
    )
    needs = dataclasses.replace(prerequisite.CONTROL, needs=("ec2:DescribeRouteTables",))
    prerequisite.CONTROL = needs
    narrowed = Judgement(controls=(prerequisite, registered)).without(frozenset(needs.needs))
    assert narrowed.explained(registered, node).caused_by == ()
    assert narrowed.finding(prerequisite, node).verdict.code == "CLOSED"


@pytest.mark.parametrize(
    ("control", "severity", "layers", "narrowed"),
    [
        pytest.param("NET-04", Severity.LOW, (), True, id="holds-back"),
        pytest.param("AGENT-03", Severity.LOW, (), False, id="only-advises"),
        pytest.param("AGENT-03", Severity.MEDIUM, (), True, id="puts-at-risk"),
        pytest.param("AGENT-03", Severity.LOW, (Severity.HIGH,), True, id="at-risk-for-some"),
    ],
)
def test_states_are_told_where_nothing_they_rest_on_was_left_out(
    control: str, severity: Severity, layers: tuple[Severity, ...], narrowed: bool
) -> None:
    """domain.md 2.0: what holds back or puts at risk decides; advice does not."""
    module = control_that(lambda *_: passed("FINE", "it holds"), control)
    module.CONTROL = dataclasses.replace(module.CONTROL, severity=severity, needs=("a:B",))
    told = tuple(Layer(controls=((control, ControlSetting(severity=one)),)) for one in layers)
    judgement = Judgement(controls=(module,), settings=Settings(layers=told))
    assert not judgement.is_narrowed
    assert judgement.without(frozenset({"a:B"})).is_narrowed is narrowed
    assert judgement.without(frozenset({"c:D"})).is_narrowed is False


def test_nothing_changes_where_nothing_was_left_out() -> None:
    judgement = Judgement()
    assert judgement.without(frozenset()) is judgement
