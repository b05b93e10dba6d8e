"""What a machine told, held against AWS's side: every stand with its near miss."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from inventory.facts import Node
from inventory.facts.host import AgentLog, HostFacts
from policies.catalogue import HOST_CONTROLS
from policies.control import Blocker, Context, Control, Gap, Missing, Outcome, Severity, Verdict
from policies.diagnosis import CrossCheck, Stand, cross_checked, with_causes
from policies.finding import Finding, finding_of
from policies.judgement import judge
from policies.within import is_asked
from tests.unit.policies.host.scenario import node_after
from tests.unit.policies.nodes import ID

CASES = yaml.safe_load((Path(__file__).parent / "cross_checks.yaml").read_text(encoding="utf-8"))
#: A log of today's boot whose time zone is known: what it says can fail the node.
LOG = {"instance_id": ID, "utc_offset": 0, "state": "unreachable"}
WRITTEN = "2026-11-01 11:40:00"


def scenarios() -> Iterator[Any]:
    for case in CASES:
        yield pytest.param(case, id=case["name"])
        for pair in case["pairs"]:
            machine = case["machine"]
            if pair.get("machine"):
                machine = {**(machine or {}), **pair["machine"]}
            merged = {**case, "words": [], **pair, "machine": machine}
            yield pytest.param(merged, id=f"{case['name']}: {pair['name']}")


def node_of(case: dict[str, Any]) -> Node:
    node = node_after(case["machine"] or {})
    readings = node.host.readings if node.host and case["machine"] is not None else ()
    hits = [{"last": WRITTEN, "line": "x", **hit} for hit in case.get("log", ())]
    last = max((hit["last"] for hit in hits), default=WRITTEN)
    log = msgspec.convert({**LOG, "hits": hits, "last": last}, AgentLog) if hits else None
    return dataclasses.replace(node, host=HostFacts(readings, log))


def from_aws(told: dict[str, str], node: Node) -> Iterator[Finding]:
    """Of ``fail CODE: reason < NET-06``: it names the same rule as what it follows from."""
    for control, words in told.items():
        verdict, _, cause = words.partition(" < ")
        outcome, _, code = verdict.partition(" ")
        code, _, reason = code.partition(": ")
        record = Control(control, "t", Severity.HIGH, control[:3].lower(), "", "", (), ())
        missing = (Missing(Gap.UNREAD, "x"),) if outcome == "unknown" else ()
        rule = (Blocker("sg-1", cause or control),) if outcome == "fail" else ()
        answer = Verdict(Outcome(outcome), code, reason, blockers=rule, missing=missing)
        yield finding_of(record, node, answer)


def compared(case: dict[str, Any]) -> tuple[CrossCheck, ...]:
    node, context = node_of(case), Context()
    within = (
        finding_of(one.CONTROL, node, judge(one, node, context))
        for one in HOST_CONTROLS
        if is_asked(one.CONTROL, node)
    )
    found = [*from_aws(case["aws"], node), *within]
    return cross_checked(node, [with_causes(one, found) for one in found], context)


@pytest.mark.parametrize("case", list(scenarios()))
def test_both_sides_stand_to_each_other_as_the_spec_says(case: dict[str, Any]) -> None:
    told = compared(case)
    if case["told"] == "nothing":
        assert told == ()
        return
    (remark,) = told
    assert remark.stand is Stand(case["told"]), case["rule"]
    assert list(remark.within) == case["within"]
    assert list(remark.aws) == case["blames"]
    assert [word for word in case.get("words", ()) if word not in remark.told] == []


def test_every_stand_occurs_and_every_case_has_a_near_miss() -> None:
    seen = {pair["told"] for case in CASES for pair in (case, *case["pairs"])}
    assert seen == {*Stand, "nothing"}
    assert all(case["pairs"] for case in CASES)


def test_a_machine_that_nobody_looked_at_is_compared_with_nothing() -> None:
    node = dataclasses.replace(node_after({}), host=None)
    aws = list(from_aws({"NET-08": "fail BLOCKED"}, node))
    assert cross_checked(node, aws, Context()) == ()
