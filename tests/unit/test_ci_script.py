"""docs/ci/roll-call.sh and the shell of action.yml, run with a pytest that only takes notes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "ci" / "roll-call.sh"
#: Leaves what pytest leaves, and writes down where and how it was called.
STUB = """#!/bin/sh
for argument in "$@"; do printf '%s\\n' "$argument"; done > "$NOTES/arguments"
printf '%s' "${ROLLCALL_CONFIG:-}" > "$NOTES/config"
pwd -P > "$NOTES/cwd"
while [ "$1" != --report-dir ]; do shift; done
[ -n "${NO_RUN:-}" ] || {
    mkdir "$2/run" && ln -s run "$2/latest"
    echo '{"findings": []}' > "$2/run/findings.json"
    [ -n "${NO_SUMMARY:-}" ] || echo '# Roll call' > "$2/run/summary.md"
}
[ -z "${CANCELLED:-}" ] || kill -TERM 0
exit "$STATUS"
"""


class Workspace:
    """A CI job's folder, with the stub outside of it."""

    def __init__(self, folder: Path) -> None:
        self.notes = folder / "notes"
        self.here = folder / "workspace"
        self.notes.mkdir()
        self.here.mkdir()
        self._stub = folder / "pytest"
        self._stub.write_text(STUB)
        self._stub.chmod(0o755)

    def run(
        self, *arguments: str, status: int = 0, command: list[str] | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        ours = {
            "PATH": os.environ["PATH"],
            "NOTES": str(self.notes),
            "STATUS": str(status),
            "ROLLCALL_PYTEST": str(self._stub),
        }
        return subprocess.run(
            [*(command or [str(SCRIPT)]), *arguments],
            cwd=self.here,
            env=ours | variables,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )

    @property
    def arguments(self) -> list[str]:
        """pytest's, less those that every run has."""
        told = (self.notes / "arguments").read_text().splitlines()
        assert told[:3] == ["-p", "no:cacheprovider", "--report-dir"]
        return told[4:]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.mark.parametrize(
    ("status", "undecided", "ends"),
    [
        *((status, "fail", status) for status in (0, 1, 2, 3, 4, 5, 7)),
        *((status, "warn", status) for status in (0, 1, 2, 3, 4, 5)),
        (7, "warn", 0),
    ],
)
def test_only_an_undecided_run_may_be_let_through(
    workspace: Workspace, status: int, undecided: str, ends: int
) -> None:
    assert workspace.run(status=status, ROLLCALL_UNDECIDED=undecided).returncode == ends


def test_undecided_is_a_failure_unless_said_otherwise(workspace: Workspace) -> None:
    assert workspace.run(status=7).returncode == 7


def test_letting_it_through_is_said(workspace: Workspace) -> None:
    told = workspace.run(status=7, ROLLCALL_UNDECIDED="warn")
    assert "undecided (status 7) is let through" in told.stderr


def test_a_word_that_is_no_answer_is_refused_before_anything_runs(workspace: Workspace) -> None:
    told = workspace.run(ROLLCALL_UNDECIDED="ignore")
    assert (told.returncode, told.stderr) == (
        4,
        "roll-call: ROLLCALL_UNDECIDED is 'ignore'; expected fail or warn\n",
    )
    assert not (workspace.notes / "arguments").exists()


def test_a_missing_environment_is_told_with_its_command(workspace: Workspace) -> None:
    told = workspace.run(ROLLCALL_PYTEST="nowhere/pytest")
    assert told.returncode == 4
    assert "make .venv/installed" in told.stderr


def test_the_run_lands_under_one_name_and_nothing_else_is_left(workspace: Workspace) -> None:
    workspace.run(status=1)
    assert [path.name for path in workspace.here.iterdir()] == ["rollcall-out"]
    assert not (workspace.here / "rollcall-out").is_symlink()
    assert (workspace.here / "rollcall-out" / "findings.json").is_file()


def test_the_last_run_of_a_kept_workspace_makes_room(workspace: Workspace) -> None:
    out = workspace.here / "rollcall-out"
    out.mkdir()
    (out / "findings.json").write_text("of yesterday")
    (out / "left-over").write_text("")
    assert workspace.run().returncode == 0
    assert (out / "findings.json").read_text() == '{"findings": []}\n'
    assert not (out / "left-over").exists()


def test_a_folder_that_is_no_run_stays_as_it_is(workspace: Workspace) -> None:
    (workspace.here / "precious").mkdir()
    (workspace.here / "precious" / "work").write_text("mine")
    told = workspace.run(ROLLCALL_OUT="precious")
    assert told.returncode == 4
    assert "exists and is no run's folder" in told.stderr
    assert (workspace.here / "precious" / "work").read_text() == "mine"


def test_a_run_that_left_nothing_leaves_nothing(workspace: Workspace) -> None:
    assert workspace.run(status=4, NO_RUN="1").returncode == 4
    assert list(workspace.here.iterdir()) == []


def test_it_runs_in_the_checkout_with_the_configuration_of_the_workspace(
    workspace: Workspace,
) -> None:
    workspace.run("--account", "prod", ROLLCALL_CONFIG="rollcall")
    assert (workspace.notes / "cwd").read_text().strip() == str(ROOT.resolve())
    assert (workspace.notes / "config").read_text() == str(workspace.here / "rollcall")
    assert workspace.arguments == ["--account", "prod"]


@pytest.mark.parametrize(
    ("there", "only_new", "expected"),
    [
        (False, "true", []),
        (True, "false", ["--baseline", "BASELINE"]),
        (True, "true", ["--fail-on-new", "--baseline", "BASELINE"]),
    ],
)
def test_a_baseline_counts_from_the_second_run_on(
    workspace: Workspace, there: bool, only_new: str, expected: list[str]
) -> None:
    baseline = workspace.here / "baseline.json"
    if there:
        baseline.write_text(json.dumps({}))
    workspace.run(ROLLCALL_BASELINE="baseline.json", ROLLCALL_ONLY_NEW=only_new)
    assert workspace.arguments == [str(baseline) if one == "BASELINE" else one for one in expected]


def test_the_summary_is_added_to_the_jobs_own(workspace: Workspace) -> None:
    page = workspace.here / "summary"
    page.write_text("what an earlier step said\n")
    workspace.run(GITHUB_STEP_SUMMARY=str(page))
    assert page.read_text() == "what an earlier step said\n# Roll call\n"


def test_a_run_without_a_summary_keeps_its_status(workspace: Workspace) -> None:
    """``--report-format json`` writes none; 7 must not become the shell's own 1."""
    page = workspace.here / "summary"
    told = workspace.run(status=7, GITHUB_STEP_SUMMARY=str(page), NO_SUMMARY="1")
    assert told.returncode == 7
    assert not page.exists()


def test_a_cancelled_job_leaves_nothing_half_done(workspace: Workspace) -> None:
    """CI ends all processes of a job; a workspace that is kept would fill up with snapshots."""
    told = workspace.run(CANCELLED="1")
    assert told.returncode == 143
    assert list(workspace.here.iterdir()) == []


@pytest.mark.parametrize("baseline", ["rollcall-out/findings.json", "./rollcall-out/findings.json"])
def test_a_baseline_in_the_folder_that_is_made_anew_is_refused(
    workspace: Workspace, baseline: str
) -> None:
    """It would be gone, and the run silently be one without a baseline."""
    workspace.run()
    told = workspace.run(ROLLCALL_BASELINE=baseline)
    assert told.returncode == 4
    assert "lies in ROLLCALL_OUT" in told.stderr
    assert (workspace.here / "rollcall-out" / "findings.json").is_file()


@pytest.fixture(scope="module")
def step() -> dict[str, str]:
    """The step of action.yml that calls the roll."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    (found,) = [one for one in action["runs"]["steps"] if one.get("name") == "Call the roll"]
    assert isinstance(found["run"], str)
    return {"run": found["run"]}


def _as_github_runs(step: dict[str, str]) -> list[str]:
    return ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]


def test_the_action_turns_its_inputs_into_arguments(
    workspace: Workspace, step: dict[str, str]
) -> None:
    (workspace.here / "eu-central-1").write_text("a file that the glob below would match")
    workspace.run(
        command=_as_github_runs(step),
        GITHUB_ACTION_PATH=str(ROOT),
        ACCOUNTS="prod\nstaging",
        REGIONS="eu-* us-east-1",
        FAIL_ON="high",
        ARGS="-n 4",
    )
    assert workspace.arguments == [
        *("--fail-on", "high"),
        *("--account", "prod", "--account", "staging"),
        *("--region", "eu-*", "--region", "us-east-1"),
        *("-n", "4"),
    ]


def test_an_input_of_the_action_is_never_run_as_a_command(
    workspace: Workspace, step: dict[str, str]
) -> None:
    hostile = "prod;touch${IFS}owned `touch${IFS}owned` $(touch${IFS}owned)"
    told = workspace.run(
        command=_as_github_runs(step),
        GITHUB_ACTION_PATH=str(ROOT),
        ACCOUNTS=hostile,
        REGIONS=hostile,
        FAIL_ON=hostile,
        ARGS=hostile,
    )
    assert told.returncode == 0, told.stderr
    assert not (workspace.here / "owned").exists()
    assert "`touch${IFS}owned`" in workspace.arguments


def test_the_actions_status_is_the_runs(workspace: Workspace, step: dict[str, str]) -> None:
    variables = {"ACCOUNTS": "prod", "REGIONS": "", "FAIL_ON": "low", "ARGS": ""}
    told = workspace.run(
        command=_as_github_runs(step), status=5, GITHUB_ACTION_PATH=str(ROOT), **variables
    )
    assert told.returncode == 5
