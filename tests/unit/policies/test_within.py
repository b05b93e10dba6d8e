"""Controls from within: whom they concern, and how they join what is known of a node."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import cast

import pytest

from inventory.facts import NOT_RECORDED, Node, Unread
from inventory.facts.host import AgentLog, HostFacts, Reading
from policies.control import (
    Context,
    Control,
    ControlModule,
    Outcome,
    Severity,
    Verdict,
    failed,
    passed,
    undecidable,
    unread,
)
from policies.diagnosis import State
from policies.judgement import Judgement, judge
from policies.within import is_asked
from tests.unit.policies.nodes import ID, node_with
from tests.unit.world import fleet_of, only_node

PROBE = Reading(instance_id=ID, source="probe")
FILE = Reading(instance_id=ID, source="ssm-cli")
GONE = Unread("host:ssh", "UNREACHABLE", "timed out")
LOG = AgentLog(instance_id=ID)
NOT_LOOKED_AT = unread(Unread("host:Readings", NOT_RECORDED, "volumes"))
UNCLEAR = undecidable("CLOCK_UNCLEAR", "two answers differ", settled_by="host:Readings")


def control(verdict: Verdict, identifier: str = "HOST-12") -> ControlModule:
    category = identifier.partition("-")[0].lower()
    record = Control(identifier, "t", Severity.HIGH, category, "", "repair it", (), ())
    module = SimpleNamespace(CONTROL=record, evaluate=lambda _node, _context: verdict)
    return cast("ControlModule", module)


def seen(host: HostFacts | None, state: str = "running") -> Node:
    return dataclasses.replace(node_with({"State": {"Name": state}}), host=host)


def judged(verdict: Verdict, host: HostFacts | None, state: str = "running") -> str:
    found = judge(control(verdict), seen(host, state), Context())
    return f"{found.outcome} {found.code}"


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        (None, []),
        (HostFacts((PROBE,)), ["HOST-12"]),
        (HostFacts((FILE,)), ["HOST-12"]),
        (HostFacts(unreached=GONE), ["HOST-12"]),
        (HostFacts(log=LOG), ["LOG-03"]),
        (HostFacts((FILE,), LOG), ["HOST-12", "LOG-03"]),
    ],
)
def test_a_control_is_asked_where_there_is_anything_to_judge_by(
    host: HostFacts | None, asked: list[str]
) -> None:
    records = [control(passed("OK", "ok"), name).CONTROL for name in ("HOST-12", "LOG-03")]
    assert [one.id for one in records if is_asked(one, seen(host))] == asked


def test_a_machine_that_could_not_be_reached_names_the_way_in() -> None:
    """Design 4: unknown names what is missing, and an unreachable machine has not failed."""
    found = judge(control(NOT_LOOKED_AT), seen(HostFacts(unreached=GONE)), Context())
    assert found.outcome is Outcome.UNKNOWN
    assert [one.what for one in found.missing] == ["host:ssh (UNREACHABLE): timed out"]


@pytest.mark.parametrize(
    ("verdict", "host", "told"),
    [
        (NOT_LOOKED_AT, HostFacts((FILE,)), "not_applicable NOT_ASKED"),
        (NOT_LOOKED_AT, HostFacts((PROBE, FILE)), "unknown UNREAD"),
        (UNCLEAR, HostFacts((FILE,)), "unknown CLOCK_UNCLEAR"),
        (UNCLEAR, HostFacts((FILE,), unreached=GONE), "unknown UNREAD"),
        (failed("DISK_FULL", "full"), HostFacts((FILE,), unreached=GONE), "fail DISK_FULL"),
        (passed("DISK_FREE", "free"), HostFacts((FILE,)), "pass DISK_FREE"),
        (passed("DISK_FREE", "free"), None, "unknown UNREAD"),
    ],
)
def test_what_no_file_looks_at_was_not_asked(
    verdict: Verdict, host: HostFacts | None, told: str
) -> None:
    """D14: what the options did not ask for is not applicable; a probe asks for all of it."""
    assert judged(verdict, host) == told


def test_the_evidence_of_a_stopped_machine_is_judged() -> None:
    """R-9.1 says nothing of a root volume that somebody mounted to read its logs."""
    host = HostFacts((FILE,))
    assert judged(failed("DISK_FULL", "full"), host, state="stopped") == "fail DISK_FULL"


def judgement(*verdicts: Verdict) -> Judgement:
    names = ("HOST-12", "HOST-10")
    modules = [control(one, name) for one, name in zip(verdicts, names, strict=False)]
    return Judgement(host_controls=tuple(modules))


FULL = failed("DISK_FULL", "no space is left")


def test_an_online_node_with_a_broken_machine_is_at_risk() -> None:
    node = node_with()
    at_risk = dataclasses.replace(node, host=HostFacts((PROBE,)))
    assert "HOST-12 DISK_FULL" in judgement(FULL).diagnosis(at_risk).reason
    assert "HOST-12" not in judgement(FULL).diagnosis(node).reason


def test_a_stopped_node_stays_not_applicable() -> None:
    diagnosis = judgement(FULL).diagnosis(seen(HostFacts((FILE,)), "stopped"))
    assert diagnosis.state is State.NOT_APPLICABLE


def lone_machine(host: HostFacts) -> Node:
    node = only_node(fleet_of({"host.Readings": [{"instance_id": ID, "source": "probe"}]}))
    return dataclasses.replace(node, host=host)


def test_a_machine_alone_is_judged_by_what_it_told_and_by_nothing_of_aws() -> None:
    diagnosis = judgement(FULL).diagnosis(lone_machine(HostFacts((PROBE,))))
    assert diagnosis.state is State.NOT_MANAGED
    assert diagnosis.reason == "its disk is in the way (host evidence): no space is left"
    assert diagnosis.roots == (diagnosis.first_broken,)


def test_a_machine_alone_in_order_is_not_thereby_managed() -> None:
    diagnosis = judgement(passed("DISK_FREE", "free")).diagnosis(lone_machine(HostFacts((PROBE,))))
    assert (diagnosis.state, diagnosis.reason) == (
        State.UNDETERMINED,
        "not judged: NODE-02, NODE-03",
    )
