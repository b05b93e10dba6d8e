"""``python -m reports.diff``: each finding that differs is of one kind, and is told once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.control import Verdict
from reports.diff import main
from reports.findings import findings_document, write_json
from reports.run_comparison import Document, Kind, Said, Scope, compare
from tests.unit.reports import rolls

ROOT = Path(__file__).parents[3]
SCOPE = Scope(tool="t", as_of="", snapshot="", accounts={}, selection={})
FAILS, HOLDS, STALE, UNSEEN, STOPPED = (
    f"{one.outcome} {one.code}"
    for one in (rolls.NO_EGRESS, rolls.HOLDS, rolls.STALE, rolls.CUSTOM_DNS, rolls.STOPPED)
)
WAIVED = f"{FAILS} waived"


def said(state: str) -> Said:
    verdict, code, *waived = state.split()
    return Said(
        id="NET-02/1/r/i-1",
        control="NET-02",
        name="web",
        verdict=verdict,
        code=code,
        severity="high",
        waiver={"ticket": "OPS-7"} if waived else None,
    )


def document(*states: str | None) -> Document:
    return Document(schema=1, run=SCOPE, findings=[said(one) for one in states if one])


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        # New: a failure that nobody accepts and that was none before.
        (HOLDS, FAILS, Kind.NEW),
        (UNSEEN, FAILS, Kind.NEW),
        (None, FAILS, Kind.NEW),
        (WAIVED, FAILS, Kind.NEW),
        # Fixed: judged, and it holds or does not apply now (design 6).
        (FAILS, HOLDS, Kind.FIXED),
        (FAILS, STOPPED, Kind.FIXED),
        (FAILS, UNSEEN, Kind.CHANGED),
        (FAILS, STALE, Kind.CHANGED),
        (FAILS, WAIVED, Kind.CHANGED),
        (FAILS, "fail OTHER", Kind.CHANGED),
        (WAIVED, HOLDS, Kind.CHANGED),
        (HOLDS, "pass OTHER", Kind.CHANGED),
        (HOLDS, WAIVED, Kind.CHANGED),
        (None, HOLDS, Kind.APPEARED),
        (None, WAIVED, Kind.APPEARED),
        (FAILS, None, Kind.GONE),
        (HOLDS, None, Kind.GONE),
        (FAILS, FAILS, None),
        (HOLDS, HOLDS, None),
        (WAIVED, WAIVED, None),
    ],
)
def test_a_difference_is_of_one_kind(
    before: str | None, after: str | None, kind: Kind | None
) -> None:
    compared = compare(document(before), document(after))
    assert [one.kind for one in compared.differences] == ([kind] if kind else [])
    assert compared.same == (0 if kind else 1)


states = st.sampled_from([None, FAILS, WAIVED, HOLDS, STALE, UNSEEN, STOPPED])


@given(st.lists(st.tuples(states, states), max_size=20))
def test_every_finding_is_counted_once(pairs: list[tuple[str | None, str | None]]) -> None:
    def run(which: int) -> Document:
        numbered = [
            msgspec.structs.replace(said(state), id=f"{number}")
            for number, pair in enumerate(pairs)
            if (state := pair[which])
        ]
        return Document(schema=1, run=SCOPE, findings=numbered)

    compared = compare(run(0), run(1))
    there = sum(any(pair) for pair in pairs)
    assert compared.same + len(compared.differences) == there
    assert sum(compared.total.values()) == len(compared.differences)
    assert sum((sum(one.values()) for one in compared.by_control.values()), 0) == len(
        compared.differences
    )


def written(folder: Path, changes: dict[int, Verdict], **run: object) -> Path:
    """A run of NET-02 on four instances; all pass but those that are named."""
    folder.mkdir()
    findings = [
        rolls.finding(rolls.NET_02, number, changes.get(number, rolls.HOLDS)) for number in range(4)
    ]
    write_json(rolls.roll_of(findings, **run), folder / "findings.json")  # type: ignore[arg-type]
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    before = written(tmp_path / "a", {1: rolls.NO_EGRESS, 3: rolls.STALE})
    return before, written(tmp_path / "b", {2: rolls.NO_EGRESS, 3: rolls.CUSTOM_DNS}, snapshot="x")


def test_the_text_tells_counts_and_each_difference(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(run) for run in runs]) == 1
    told = capsys.readouterr().out
    assert "1 new, 1 fixed, 1 changed, 0 appeared, 0 gone; 1 the same" in told
    start = f"NET-02/{rolls.ACCOUNT}/eu-central-1"
    assert f"new       {start}/{rolls.instance_id(2)} (web-02): {HOLDS} → {FAILS}" in told
    assert f"fixed     {start}/{rolls.instance_id(1)} (web-01): {FAILS} → {HOLDS}" in told
    assert f"changed   {start}/{rolls.instance_id(3)} (web-03): {STALE} → {UNSEEN}" in told
    (row,) = [line.split() for line in told.splitlines() if line.startswith("NET-02 ")]
    assert row == ["NET-02", "1", "1", "1", "-", "-"]


def test_json_tells_the_same(runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*(str(run) for run in runs), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {
        "new": 1, "fixed": 1, "changed": 1, "appeared": 0, "gone": 0, "same": 1,
    }  # fmt: skip
    assert told["controls"]["NET-02"]["new"] == 1
    (new,) = [one for one in told["differences"] if one["kind"] == "new"]
    assert new["before"]["verdict"] == "pass"
    assert new["after"] == {
        "verdict": "fail", "code": "NO_443_EGRESS", "severity": "high", "waived": False,
    }  # fmt: skip


def test_a_run_is_the_same_as_itself(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(runs[0])
    assert main([run, f"{run}/findings.json"]) == 0
    assert "both runs judged the same snapshot" in capsys.readouterr().out


def test_runs_that_cannot_be_compared_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path / "a", {})
    changes: dict[str, object] = {"selection": {"-k": "\x1b[31m"}, "tool": "ssm-rollcall/9"}
    after = written(tmp_path / "b", {}, **changes)
    assert main([str(before), str(after)]) == 0
    told = capsys.readouterr().out
    assert "note: judged by ssm-rollcall 0.1.0, then by ssm-rollcall/9" in told
    assert "note: the runs selected differently: everything, then -k ⟨ESC⟩[31m" in told


def test_hostile_names_stay_on_their_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    write_json(rolls.empty_roll(), tmp_path / "a" / "findings.json")
    write_json(rolls.all_hostile_roll(), tmp_path / "b" / "findings.json")
    assert main([str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert sum(line.startswith("new ") for line in told.splitlines()) == len(rolls.HOSTILE)


def _without_findings(content: dict[str, Any]) -> object:
    return content.pop("findings")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(lambda content: content.update(schema=0), "this version reads", id="schema"),
        pytest.param(_without_findings, "missing required field `findings`", id="no findings"),
        pytest.param(
            lambda content: content["findings"].append(content["findings"][0]), "twice", id="twice"
        ),
    ],
)
def test_what_is_no_findings_json_is_unusable(
    runs: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, Any]], object],
    told: str,
) -> None:
    content = findings_document(rolls.demo_roll())
    change(content)
    (runs[1] / "findings.json").write_text(json.dumps(content))
    with pytest.raises(SystemExit) as ended:
        main([str(run) for run in runs])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reports.diff", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_what_is_no_utf_8_is_unusable_and_not_a_difference(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (runs[1] / "findings.json").write_bytes(b'{"schema": 1, "run": {"tool": "\xff"}}')
    with pytest.raises(SystemExit) as ended:
        main([str(run) for run in runs])
    assert ended.value.code == 2
    assert "is no findings.json of a run" in capsys.readouterr().err


def test_it_is_a_command(runs: tuple[Path, Path]) -> None:
    before, after = (str(run) for run in runs)
    assert command(before, before).returncode == 0
    assert command(before, after).returncode == 1
    missing = command(before, f"{after}/nothing")
    assert missing.returncode == 2
    assert "cannot be read" in missing.stderr
    assert command(before).returncode == 2
    helped = command("--help")
    assert helped.returncode == 0
    assert "Exit status: 0 no difference" in helped.stdout


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    findings = [rolls.finding(rolls.NET_02, number, rolls.HOLDS) for number in range(3_000)]
    write_json(rolls.roll_of(findings), tmp_path / "a.json")
    write_json(rolls.empty_roll(), tmp_path / "b.json")
    told = subprocess.run(  # noqa: S602 - the pipe is what is tested
        f"{sys.executable} -m reports.diff {tmp_path}/a.json {tmp_path}/b.json | head -1",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stderr == ""
    assert told.stdout.startswith("A  ")
