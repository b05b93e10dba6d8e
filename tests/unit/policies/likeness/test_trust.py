"""When a verdict is told of a group that only one node of was judged, and when it is not."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest

from inventory.facts import ManagedNode, Node
from policies.control import Context, ControlModule, Verdict, failed, passed
from policies.imds import metadata_service_enabled
from policies.judgement import judge
from policies.likeness import SharedVerdicts
from policies.likeness.machines import lets_all_through
from tests.unit.policies.likeness.twins import Kind, fleet_of_twins

#: Groups that differ in what they run on, and are alike in everything that these controls read.
_TYPES: Final = ("m5.large", "m5.xlarge", "c6i.large", "r5.large")


def _named(kind: str, name: str) -> Kind:
    return Kind(
        (
            {"put": ["instance", "InstanceType"], "to": kind},
            {"put": ["node", "ComputerName"], "to": name},
        )
    )


def _control(evaluate: Callable[[Node, Context], Verdict], **changes: Any) -> ControlModule:
    record = dataclasses.replace(
        metadata_service_enabled.CONTROL, entailed_by_online=False, **changes
    )
    return cast("ControlModule", SimpleNamespace(CONTROL=record, evaluate=evaluate))


def _called(node: Node) -> str:
    row = node.region.managed_nodes.find(node.id)
    assert isinstance(row, ManagedNode)
    return row.computer_name


@dataclasses.dataclass
class _Run:
    """A control asked about nodes in their order, sharing what it can."""

    control: ControlModule
    judged: Counter[str] = dataclasses.field(default_factory=Counter)

    def reasons(self, nodes: tuple[Node, ...]) -> list[str]:
        shared = SharedVerdicts((self.control,), self._judge)
        context = Context()
        return [shared.verdict(self.control, node, context).reason for node in nodes]

    def _judge(self, control: ControlModule, node: Node, context: Context) -> Verdict:
        self.judged[node.instance.instance_type] += 1
        return judge(control, node, context)


def test_two_groups_have_to_show_a_wording_before_a_third_is_believed() -> None:
    """Design 7: two of the first groups are judged, of the others one."""
    control = _control(lambda node, _: passed("FINE", f"{node.id} is fine"))
    nodes = fleet_of_twins([_named(kind, "host-{n}") for kind in _TYPES], each=5).nodes
    run = _Run(control)
    assert run.reasons(nodes) == [f"{node.id} is fine" for node in nodes]
    assert run.judged == dict(zip(_TYPES, (2, 2, 1, 1), strict=True))


@pytest.mark.parametrize("name", ["tool", "fine"])
def test_a_word_that_is_a_name_only_here_is_not_believed(name: str) -> None:
    """One whose computer is called like a word of the sentence says nothing of the next one."""
    control = _control(lambda node, _: passed("FINE", f"tool finds {node.id} fine"))
    kinds = [_named(kind, "host-{n}") for kind in _TYPES[:2]]
    odd = [_named(_TYPES[2], name), _named(_TYPES[2], "host-{n}"), _named(_TYPES[2], "host-{n}")]
    nodes = fleet_of_twins([*kinds, *odd], each=3).nodes
    run = _Run(control)
    assert run.reasons(nodes) == [f"tool finds {node.id} fine" for node in nodes]
    assert run.judged[_TYPES[2]] > 1


def test_what_no_name_differed_in_shows_nothing() -> None:
    """Groups whose machines all have one name do not show that a word is that name."""
    control = _control(lambda node, _: passed("FINE", f"tool finds {node.id} fine"))
    kinds = [_named(kind, "tool") for kind in _TYPES[:3]]
    nodes = fleet_of_twins([*kinds, _named(_TYPES[2], "host-{n}")], each=3).nodes
    run = _Run(control)
    assert run.reasons(nodes) == [f"tool finds {node.id} fine" for node in nodes]


def test_a_name_that_is_told_once_more_than_elsewhere_is_not_believed() -> None:
    """A place is shown for as many words as it was shown with: a further one may mean another."""

    def evaluate(node: Node, _: Context) -> Verdict:
        also = " beside host" if node.instance.instance_type == _TYPES[2] else ""
        return passed("FINE", f"{_called(node)} is fine{also}")

    kinds = [_named(kind, "host-{n}") for kind in _TYPES[:2]]
    odd = [_named(_TYPES[2], "host"), _named(_TYPES[2], "other-{n}")]
    nodes = fleet_of_twins([*kinds, *odd], each=3).nodes
    told = _Run(_control(evaluate)).reasons(nodes)
    assert told == [evaluate(node, Context()).reason for node in nodes]


def test_nothing_is_believed_of_a_control_that_told_twins_apart() -> None:
    """It reads what is no trait: what it says of one group's first is that one's alone."""

    def evaluate(node: Node, _: Context) -> Verdict:
        is_even = int(node.id.removeprefix("i-")) % 2 == 0
        if node.instance.instance_type == _TYPES[2] and not is_even:
            return failed("ODD", f"{node.id} is odd")
        return passed("FINE", f"{node.id} is fine")

    nodes = fleet_of_twins([_named(kind, "host-{n}") for kind in _TYPES], each=4).nodes
    first_groups, doubtful, last = nodes[:8], nodes[8:12], nodes[12:]
    run = _Run(_control(evaluate))
    run.reasons((*doubtful, *first_groups, *last))
    assert run.judged[_TYPES[2]] >= len(doubtful)
    assert {run.judged[kind] for kind in (_TYPES[0], _TYPES[1], _TYPES[3])} == {2}


def test_another_code_has_to_be_shown_by_itself() -> None:
    """How a pass is put says nothing of how the same control puts a failure."""

    def evaluate(node: Node, _: Context) -> Verdict:
        if node.instance.instance_type in _TYPES[2:]:
            return failed("BROKEN", f"{node.id} is broken")
        return passed("FINE", f"{node.id} is fine")

    nodes = fleet_of_twins([_named(kind, "host-{n}") for kind in _TYPES], each=4).nodes
    run = _Run(_control(evaluate))
    run.reasons(nodes)
    assert run.judged == dict.fromkeys(_TYPES, 2)


_OPEN: Final = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("document", "lets"),
    [
        (None, True),
        ({"Statement": [_OPEN]}, True),
        ({"Version": "2012-10-17", "Statement": _OPEN}, True),
        ({"Statement": [_OPEN | {"Principal": {"AWS": "*"}}]}, True),
        ('{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}', True),
        ({"Statement": [_OPEN | {"Effect": "Deny"}]}, False),
        ({"Statement": [_OPEN, _OPEN | {"Effect": "Deny", "Action": "s3:*"}]}, False),
        ({"Statement": [_OPEN | {"Action": "ssm:*"}]}, False),
        ({"Statement": [_OPEN | {"Resource": "arn:aws:s3:::x/*"}]}, False),
        ({"Statement": [_OPEN | {"Principal": {"AWS": "111122223333"}}]}, False),
        ({"Statement": [_OPEN | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}, False),
        ({"Statement": [{**_OPEN, "NotAction": "x"}]}, False),
        ({"Version": "2031-01-01", "Statement": [_OPEN]}, False),
        ({"Statement": [_OPEN], "statement": [_OPEN | {"Effect": "Deny"}]}, False),
        ({"Statement": []}, False),
        ({}, False),
        ("{", False),
        (["x"], False),
    ],
)
def test_only_a_policy_that_takes_nothing_back_lets_all_through(
    document: object, lets: bool
) -> None:
    """AWS's default for an endpoint (iam.md 6) decides nothing; anything else may."""
    assert lets_all_through(document) is lets
