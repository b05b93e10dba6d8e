"""docs/ci and action.yml: well-formed, with the least rights, and in step with the tool."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.options import pytest_addoption

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "docs" / "ci"
WORKFLOWS = ("github-actions.yml", "github-nightly-organization.yml")
CONTAINERFILE = (RECIPES / "Containerfile").read_text("utf-8")
JENKINSFILE = (RECIPES / "Jenkinsfile").read_text("utf-8")
DOCUMENT = (ROOT / "docs" / "ci.md").read_text("utf-8")
OUR_ACTION = "acme/ssm-rollcall"
EVERY_FILE = (ROOT / "action.yml", *sorted(RECIPES.iterdir()))


def _read(path: Path) -> dict[str, Any]:
    # YAML 1.1 takes "on" for a truth value; GitHub reads YAML 1.2.
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in loaded.items()}


ACTION = _read(ROOT / "action.yml")
GITLAB = _read(RECIPES / "gitlab-ci.yml")["roll-call"]


@pytest.fixture(params=WORKFLOWS)
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    return _read(RECIPES / str(request.param))


def _steps(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "runs" in document:
        yield from document["runs"]["steps"]
    for job in document.get("jobs", {}).values():
        yield from job["steps"]


def _all_github_steps() -> list[dict[str, Any]]:
    documents = [ACTION, *(_read(RECIPES / name) for name in WORKFLOWS)]
    return [step for document in documents for step in _steps(document)]


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-workflows", RECIPES / "github-actions.yml"),
        ("vendor.github-workflows", RECIPES / "github-nightly-organization.yml"),
        ("vendor.github-actions", ROOT / "action.yml"),
        ("vendor.gitlab-ci", RECIPES / "gitlab-ci.yml"),
    ],
    ids=lambda given: given.name if isinstance(given, Path) else given,
)
def test_a_recipe_fits_the_schema_its_vendor_publishes(schema: str, file: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_every_action_is_pinned_to_a_full_version() -> None:
    used = {step["uses"] for step in _all_github_steps() if "uses" in step}
    assert used
    for one in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})", one), one


def test_no_expression_is_written_into_a_script() -> None:
    """GitHub pastes expressions into the script's text before a shell reads it."""
    scripts = [step["run"] for step in _all_github_steps() if "run" in step]
    assert scripts
    assert not [script for script in scripts if "${{" in script]


def test_a_workflow_may_read_the_repository_and_ask_for_a_token_and_nothing_else(
    workflow: dict[str, Any],
) -> None:
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read", "id-token": "write"}
        assert job["timeout-minutes"] > 0


def test_a_workflow_keeps_no_credentials(workflow: dict[str, Any]) -> None:
    assert "secrets." not in json.dumps(workflow)
    by_name = {step["uses"].partition("@")[0]: step for step in _steps(workflow) if "uses" in step}
    assert by_name["actions/checkout"]["with"]["persist-credentials"] is False
    signs_in = by_name["aws-actions/configure-aws-credentials"]["with"]
    assert set(signs_in) >= {"role-to-assume", "aws-region"}
    assert not [name for name in signs_in if "key" in name]


def test_a_workflow_gives_the_action_inputs_that_it_has(workflow: dict[str, Any]) -> None:
    (ours,) = [one for one in _steps(workflow) if one.get("uses", "").startswith(OUR_ACTION)]
    required = {name for name, one in ACTION["inputs"].items() if one.get("required")}
    assert required <= set(ours["with"]) <= set(ACTION["inputs"])


def test_the_nightly_run_is_scheduled(workflow: dict[str, Any]) -> None:
    (entry,) = workflow["on"]["schedule"]
    minute, hour, *days = entry["cron"].split()
    assert int(minute) in range(1, 60), "full hours are when everybody's jobs start"
    assert int(hour) in range(24)
    assert days == ["*", "*", "*"]


def test_every_input_of_the_action_is_used_and_described() -> None:
    steps = json.dumps(ACTION["runs"])
    for name, told in ACTION["inputs"].items():
        assert f"inputs.{name}" in steps, name
        assert told["description"].endswith("."), name
        assert told.get("required") or "default" in told, name


def test_every_script_of_the_action_names_its_shell() -> None:
    for step in _steps(ACTION):
        assert ("run" in step) == ("shell" in step), step


def test_the_folder_is_kept_also_when_the_roll_call_failed() -> None:
    keeps = _steps(ACTION)
    (step,) = [one for one in keeps if one.get("uses", "").startswith("actions/upload-artifact@")]
    assert "!cancelled()" in step["if"]
    assert step["with"]["path"] == "${{ inputs.out }}"


def test_the_baseline_is_kept_under_the_name_that_the_next_run_looks_for() -> None:
    steps = list(_steps(_read(RECIPES / "github-actions.yml")))
    uses = {step["uses"].partition("@")[0]: step["with"] for step in steps if "uses" in step}
    fetched, kept = uses["actions/cache/restore"], uses["actions/cache/save"]
    assert fetched["path"] == kept["path"]
    assert kept["key"].startswith(fetched["restore-keys"])
    assert "${{ github.run_id }}" in kept["key"], "a key is written once and never again"
    assert uses[OUR_ACTION]["baseline"] == f"{fetched['path']}/findings.json"


def test_gitlab_takes_an_undecided_run_for_a_warning_and_nothing_else() -> None:
    assert GITLAB["allow_failure"] == {"exit_codes": [7]}
    assert "ROLLCALL_UNDECIDED" not in GITLAB["variables"]


def test_gitlab_reads_the_reports_where_the_script_leaves_them() -> None:
    assert GITLAB["artifacts"]["when"] == "always"
    assert GITLAB["artifacts"]["paths"] == ["rollcall-out/"]
    assert GITLAB["artifacts"]["reports"] == {"junit": "rollcall-out/junit.xml"}
    (cached,) = GITLAB["cache"]["paths"]
    assert GITLAB["variables"]["ROLLCALL_BASELINE"] == f"{cached}findings.json"


def test_gitlab_signs_in_with_a_token_that_only_the_job_can_read() -> None:
    (token,) = GITLAB["id_tokens"]
    assert GITLAB["id_tokens"][token] == {"aud": "sts.amazonaws.com"}
    assert GITLAB["script"][0].startswith("(umask 077 ")
    assert f'"${token}" > "$AWS_WEB_IDENTITY_TOKEN_FILE"' in GITLAB["script"][0]


def test_jenkins_tells_undecided_from_failed() -> None:
    assert "returnStatus: true" in JENKINSFILE
    assert re.search(r"status == 7\) \{\s+unstable\(", JENKINSFILE)
    assert re.search(r"status != 0\) \{\s+error\(", JENKINSFILE)
    assert "skipMarkingBuildUnstable: true" in JENKINSFILE


def test_jenkins_publishes_the_reports_that_the_script_leaves() -> None:
    assert "junit testResults: 'rollcall-out/junit.xml'" in JENKINSFILE
    assert "reportDir: 'rollcall-out', reportFiles: 'report.html'" in JENKINSFILE
    assert JENKINSFILE.count("{") == JENKINSFILE.count("}")


STAGES = re.split(r"^FROM ", CONTAINERFILE, flags=re.MULTILINE)[1:]


def test_the_image_is_built_in_stages_and_ends_as_nobody() -> None:
    first, last = STAGES
    assert "pip install" in first
    assert "pip install" not in last
    (user,) = re.findall(r"^USER (.+)$", last, re.MULTILINE)
    assert all(int(one) > 0 for one in user.split(":"))


def test_the_image_installs_by_hash_only() -> None:
    lock, ours = re.findall(r"pip install ([^\\\n]+)", STAGES[0])
    assert "--require-hashes -r requirements.lock" in lock
    assert "--no-deps" in ours
    assert "--no-index" in ours


def _copied() -> list[str]:
    """What the image takes from the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def test_the_image_takes_what_is_there_and_no_run_of_whoever_builds_it() -> None:
    for source in _copied():
        assert list(ROOT.glob(source)), source
        held = [path for path in ROOT.glob(source) if path.is_dir()]
        assert not [path for path in held if (path / "runs").exists() or path == ROOT], source
    assert "reports/" not in _copied()


class Group:
    """Takes down the options that pytest_addoption adds."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def getgroup(self, *_: str) -> Group:
        return self

    def addoption(self, *names: str, **_: object) -> None:
        self.names |= set(names)


@pytest.fixture(scope="module")
def options() -> set[str]:
    group = Group()
    add: Callable[[Any], None] = pytest_addoption
    add(group)
    return group.names


def test_the_recipes_use_options_that_the_tool_has(options: set[str]) -> None:
    calls = [
        *re.findall(r"roll-call (--.+)", (RECIPES / "gitlab-ci.yml").read_text("utf-8")),
        *re.findall(r"roll-call\.sh\" (--.+)", JENKINSFILE),
        *re.findall(r"set -- (--[\w-]+)", (RECIPES / "roll-call.sh").read_text("utf-8")),
        *re.findall(r"\((--[\w-]+)", json.dumps(ACTION["runs"])),
    ]
    used = {option for call in calls for option in re.findall(r"--[\w-]+", call)}
    assert used >= {"--account", "--region", "--fail-on", "--baseline", "--fail-on-new"}
    assert used <= options


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: path.name)
def test_no_recipe_names_a_registry_or_holds_a_secret(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"AKIA[0-9A-Z]{16}|aws_secret_access_key|BEGIN [A-Z ]*PRIVATE", text)
    assert not re.search(r"\b(ghcr|quay|docker|gcr)\.io\b|--(extra-)?index-url", text)


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: path.name)
def test_the_document_tells_what_of_each_recipe_ran(path: Path) -> None:
    _, _, table = DOCUMENT.partition("## What of this ran")
    assert f"`{path.name}`" in table


def test_the_document_names_only_files_that_are_there() -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", DOCUMENT):
        assert (ROOT / "docs" / target).exists(), target
