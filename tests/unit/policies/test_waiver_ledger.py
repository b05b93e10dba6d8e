"""How waivers fared: states as the rules of the file say (design 4, issue 6 item 3)."""

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest

from inventory.facts import Node
from policies.control import Control, Outcome, Scope, Severity, Verdict
from policies.finding import Finding
from policies.waiver_ledger import Judged, WaiverEntry, WaiverState, ledger_of
from policies.waivers import Waiver, WaiverBook
from tests.unit.policies.nodes import ACCOUNT, NOW, node_with

TODAY = NOW.date()
REGION = "eu-central-1"
NODES = tuple(node_with({"InstanceId": f"i-{number}"}, listed=False) for number in (1, 2))
CONTROL = Control("TEST-01", "t", Severity.HIGH, "test", "", "", (), ())
OF_REGIONS = dataclasses.replace(CONTROL, id="TEST-02", scope=Scope.REGION)
WAIVER = Waiver(
    controls=(CONTROL.id,),
    owner="platform",
    ticket="OPS-1",
    reason="known",
    expires=TODAY + timedelta(days=90),
    ids=("i-1", "i-2"),
)


def changed(**members: Any) -> Waiver:
    return dataclasses.replace(WAIVER, **members)


def said(outcome: Outcome, node: Node, **waived: Waiver) -> Finding:
    verdict = Verdict(outcome, "CODE", "reason")
    return Finding(CONTROL, *node.key, name="", verdict=verdict, **waived)


def entry_of(waiver: Waiver, *findings: Finding, **facts: Any) -> WaiverEntry:
    judged = Judged(
        nodes=NODES,
        places=(NODES[0].place,),
        regions={ACCOUNT: (REGION,)},
        region_controls=frozenset({OF_REGIONS.id}),
        findings=findings,
        is_whole=True,
    )
    (entry,) = ledger_of(WaiverBook((waiver,)), dataclasses.replace(judged, **facts), TODAY).entries
    return entry


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (Outcome.PASS, Outcome.PASS, WaiverState.STALE),
        (Outcome.PASS, Outcome.NOT_APPLICABLE, WaiverState.STALE),
        (Outcome.NOT_APPLICABLE, Outcome.NOT_APPLICABLE, WaiverState.IN_FORCE),
        (Outcome.PASS, Outcome.UNKNOWN, WaiverState.IN_FORCE),
        (Outcome.PASS, Outcome.WARN, WaiverState.IN_FORCE),
    ],
)
def test_stale_is_what_nothing_needs_any_more(
    first: Outcome, second: Outcome, state: WaiverState
) -> None:
    entry = entry_of(WAIVER, said(first, NODES[0]), said(second, NODES[1]))
    assert (entry.state, entry.findings) == (state, ())


def test_in_force_names_the_failures_that_it_accepts() -> None:
    accepted = said(Outcome.FAIL, NODES[0], waiver=WAIVER)
    entry = entry_of(WAIVER, accepted, said(Outcome.PASS, NODES[1]))
    assert (entry.state, entry.findings) == (WaiverState.IN_FORCE, (accepted.id,))


def test_a_failure_that_another_waiver_accepts_is_not_its_own() -> None:
    other = changed(ticket="OPS-2")
    findings = (said(Outcome.FAIL, one, waiver=other) for one in NODES)
    entry = entry_of(WAIVER, *findings)
    assert (entry.state, entry.findings) == (WaiverState.IN_FORCE, ())


def test_expired_names_the_failures_that_it_would_accept() -> None:
    over = changed(expires=TODAY - timedelta(days=1))
    failure = said(Outcome.FAIL, NODES[0], expired_waiver=over)
    entry = entry_of(over, failure, said(Outcome.PASS, NODES[1]))
    assert (entry.state, entry.findings, entry.days_left) == (
        WaiverState.EXPIRED,
        (failure.id,),
        -1,
    )


def test_a_partial_selection_does_not_call_it_stale() -> None:
    assert entry_of(WAIVER, said(Outcome.PASS, NODES[0])).state is WaiverState.NOT_JUDGED
    assert entry_of(WAIVER).state is WaiverState.NOT_JUDGED


@pytest.mark.parametrize(
    ("named", "facts", "state"),
    [
        ({"ids": ("i-3",)}, {}, WaiverState.UNMATCHED),
        ({"ids": ("i-3",)}, {"is_whole": False}, WaiverState.NOT_JUDGED),
        ({"ids": ("i-3",), "accounts": (ACCOUNT,)}, {}, WaiverState.UNMATCHED),
        ({"ids": ("i-3",), "accounts": ("444455556666",)}, {}, WaiverState.NOT_JUDGED),
        ({"ids": ("i-3",), "regions": ("us-*",)}, {}, WaiverState.NOT_JUDGED),
        ({"tags": (("Env", "x"),), "ids": ()}, {}, WaiverState.UNMATCHED),
    ],
)
def test_unmatched_is_what_would_have_been_read(
    named: dict[str, Any], facts: dict[str, Any], state: WaiverState
) -> None:
    """One for accounts or Regions of another run is not called so."""
    assert entry_of(changed(**named), **facts).state is state


def test_a_waiver_for_a_whole_region() -> None:
    waiver = changed(controls=(OF_REGIONS.id,), ids=(), regions=(REGION,))
    verdict = Verdict(Outcome.FAIL, "CODE", "reason")
    finding = Finding(OF_REGIONS, ACCOUNT, REGION, REGION, "", verdict, waiver=waiver)
    entry = entry_of(waiver, finding)
    assert (entry.state, entry.findings) == (WaiverState.IN_FORCE, (finding.id,))


@pytest.mark.parametrize(
    ("days", "is_expiring", "is_far_off"),
    [
        (0, True, False),
        (30, True, False),
        (31, False, False),
        (366, False, False),
        (367, False, True),
    ],
)
def test_expiring_and_far_off(days: int, is_expiring: bool, is_far_off: bool) -> None:
    entry = entry_of(changed(expires=TODAY + timedelta(days=days)))
    assert (entry.days_left, entry.is_expiring, entry.is_far_off) == (
        days,
        is_expiring,
        is_far_off,
    )


@pytest.mark.parametrize(
    ("is_applied", "today", "told"),
    [(False, TODAY, "--runxfail"), (True, None, "AS_OF_MISSING")],
)
def test_waivers_that_are_not_applied_are_said_to_be(
    is_applied: bool, today: date | None, told: str
) -> None:
    judged = Judged(NODES, (), {ACCOUNT: (REGION,)}, frozenset(), (), is_whole=True)
    ledger = ledger_of(WaiverBook((WAIVER,), is_applied), judged, today)
    assert told in ledger.not_applied
    assert [one.state for one in ledger.entries] == [WaiverState.NOT_APPLIED]


def test_without_waivers_nothing_is_said() -> None:
    judged = Judged(NODES, (), {ACCOUNT: (REGION,)}, frozenset(), (), is_whole=True)
    ledger = ledger_of(WaiverBook(()), judged, None)
    assert (ledger.entries, ledger.not_applied) == ((), "")
