"""Whoever reads a findings.json knows its counted verdicts: comparisons, and the baseline."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.baseline import read_baseline
from inventory.errors import ConfigurationError
from policies.baseline import Change, Presence
from policies.control import Outcome, Verdict
from policies.finding import Finding
from policies.roll import Roll
from reports.changes import new_failures
from reports.diff import main
from reports.findings import findings_document, findings_json, write_json
from reports.run_comparison import Compared, Document, DocumentError, Kind, compare, read_document
from reports.silent_cells import silent_cells
from tests.unit.reports import rolls
from tests.unit.reports.counted_rolls import counted

NOWHERE = Presence(frozenset(), frozenset())
VERDICTS = (rolls.IMDS_OFF, rolls.SUBNETS_DENIED, rolls.STALE, rolls.HOLDS, rolls.STOPPED, None)


def judged(verdict: Verdict | None, number: int = 1) -> list[Finding]:
    return [rolls.finding(rolls.IMDS_01, number, verdict)] if verdict else []


def document(roll: Roll) -> Document:
    return msgspec.json.decode(findings_json(roll), type=Document)


def kinds(compared: Compared) -> list[tuple[Kind, str]]:
    return [(one.kind, one.said.id) for one in compared.differences]


fleets = st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=6)


def fleet(verdicts: list[Verdict | None]) -> Roll:
    return rolls.roll_of(
        [one for number, verdict in enumerate(verdicts) for one in judged(verdict, number)]
    )


@settings(deadline=None)
@given(fleets, fleets)
def test_a_comparison_of_counted_runs_finds_what_one_of_told_runs_does(
    before: list[Verdict | None], after: list[Verdict | None]
) -> None:
    """Where codes do not differ within an outcome, nothing is lost by counting."""
    was, now = fleet(before), fleet(after)
    told = compare(document(was), document(now))
    for earlier, later in ((counted(was), now), (was, counted(now)), (counted(was), counted(now))):
        found = compare(document(earlier), document(later))
        assert kinds(found) == kinds(told)
        assert found.same == told.same


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (rolls.IMDS_OFF, rolls.HOLDS, "fixed     {id} (web-01): fail IMDS_DISABLED → pass"),
        (rolls.HOLDS, rolls.IMDS_OFF, "new       {id} (web-01): pass → fail IMDS_DISABLED"),
        (rolls.HOLDS, rolls.STOPPED, "changed   {id}: pass → not_applicable"),
        (None, rolls.HOLDS, "appeared  {id}: pass"),
        (rolls.HOLDS, None, "gone      {id}: pass"),
    ],
)
def test_the_comparison_tells_counted_verdicts_without_a_code(
    before: Verdict | None,
    after: Verdict | None,
    line: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    both = judged(rolls.HOLDS, 2)  # so that neither run is without an instance
    for name, verdict in (("a.json", before), ("b.json", after)):
        write_json(counted(rolls.roll_of(judged(verdict) + both)), tmp_path / name)
    assert main([str(tmp_path / "a.json"), str(tmp_path / "b.json")]) == 1
    told = capsys.readouterr().out.splitlines()
    (finding,) = judged(rolls.HOLDS)
    assert line.format(id=finding.id) in told
    assert "1 the same" in "\n".join(told)
    assert any("have no reason code to compare" in one for one in told)


def test_matrices_of_different_fleets_are_compared_by_instance() -> None:
    was = counted(fleet([rolls.HOLDS, rolls.HOLDS, rolls.STOPPED])).counted
    now = counted(fleet([None, rolls.HOLDS, rolls.HOLDS, rolls.STOPPED])).counted
    assert was is not None
    assert now is not None
    found = silent_cells(was, now, ())
    assert found.same == 1
    assert [(was, now) for _, was, now in found.differing] == [
        (Outcome.PASS, None),
        (Outcome.NOT_APPLICABLE, Outcome.PASS),
        (None, Outcome.NOT_APPLICABLE),
    ]


def test_a_baseline_knows_what_was_counted(tmp_path: Path) -> None:
    """Counted there and failed now is new, and says what it was."""
    write_json(counted(fleet([None, rolls.HOLDS])), tmp_path / "findings.json")
    baseline = read_baseline(tmp_path)
    (failure,) = judged(rolls.IMDS_OFF)
    comparison = baseline.comparison([failure], NOWHERE)
    assert [one.finding.change for one in comparison.new] == [Change.NEW]
    assert [one.was for one in new_failures(comparison)] == ["was pass"]
    assert comparison.in_common == 1
    assert not baseline.failed(failure.id)


def test_a_failure_of_a_counted_baseline_stays_known(tmp_path: Path) -> None:
    write_json(counted(fleet([rolls.HOLDS, rolls.IMDS_OFF])), tmp_path / "findings.json")
    (failure,) = judged(rolls.IMDS_OFF)
    comparison = read_baseline(tmp_path).comparison([failure], NOWHERE)
    assert [one.finding.id for one in comparison.known] == [failure.id]


def _of_a_resource_twice(part: dict[str, Any]) -> None:
    part["resources"][1] = part["resources"][0]


def _with_a_letter_too_few(part: dict[str, Any]) -> None:
    part["verdicts"]["IMDS-01"] = part["verdicts"]["IMDS-01"][1:]


def _with_a_letter_of_no_verdict(part: dict[str, Any]) -> None:
    part["verdicts"]["IMDS-01"] = "x" + part["verdicts"]["IMDS-01"][1:]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_of_a_resource_twice, "counted.resources: names a resource twice"),
        (_with_a_letter_too_few, "counted.verdicts.IMDS-01: expected 20 letters of '.fnpuw'"),
        (_with_a_letter_of_no_verdict, "counted.verdicts.IMDS-01: expected 20 letters of '.fnpuw'"),
    ],
)
def test_a_matrix_that_is_not_consistent_is_refused(
    spoil: Callable[[dict[str, Any]], None], told: str, tmp_path: Path
) -> None:
    content = findings_document(counted(rolls.demo_roll()))
    spoil(content["counted"])
    (tmp_path / "findings.json").write_text(json.dumps(content))
    with pytest.raises(ConfigurationError, match=told):
        read_baseline(tmp_path)
    with pytest.raises(DocumentError, match=told):
        read_document(tmp_path)


def test_the_document_of_a_counted_run_is_read_whole(tmp_path: Path) -> None:
    every = rolls.demo_roll()
    roll = counted(every)
    write_json(roll, tmp_path / "findings.json")
    found = read_document(tmp_path)
    assert found.total == len(every.findings)
    assert roll.counted is not None
    assert found.matrix.columns == roll.counted.columns
