"""The recipes' own lines, run as a CI would: the script, GitLab's commands, the image's files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from tests.e2e.roll_call import ROOT

RECIPES = ROOT / "docs" / "ci"
SCRIPT = RECIPES / "roll-call.sh"
GITLAB = yaml.safe_load((RECIPES / "gitlab-ci.yml").read_text("utf-8"))["roll-call"]
PYTEST = Path(sys.executable).with_name("pytest")


def _shell(command: list[str], here: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a CI's command with nothing of this machine's but PATH."""
    clean = {
        "PATH": f"{PYTEST.parent}{os.pathsep}{os.environ['PATH']}",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", ""),
        "NO_COLOR": "1",
        "ROLLCALL_PYTEST": str(PYTEST),
    }
    return subprocess.run(
        command,
        cwd=here,
        env=clean | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_run_leaves_every_report_under_one_name(demo_snapshot: Path, tmp_path: Path) -> None:
    page = tmp_path / "step-summary.md"
    told = _shell(
        [str(SCRIPT), "--snapshot", str(demo_snapshot), "-k", "IMDS-01"],
        tmp_path,
        GITHUB_STEP_SUMMARY=str(page),
    )
    assert told.returncode == 1, told.stdout
    out = tmp_path / "rollcall-out"
    assert {"report.html", "junit.xml", "findings.json", "summary.md", "snapshot"} <= {
        path.name for path in out.iterdir()
    }
    assert page.read_text() == (out / "summary.md").read_text()
    cases = ET.parse(out / "junit.xml").getroot().iter("testcase")
    assert len([one for one in cases if one.find("failure") is not None]) == 1


def test_a_wrong_command_stays_a_wrong_command(tmp_path: Path) -> None:
    told = _shell([str(SCRIPT), "--snapshot", "nowhere"], tmp_path, ROLLCALL_UNDECIDED="warn")
    assert told.returncode == 4, told.stdout
    assert not (tmp_path / "rollcall-out").exists()


def test_an_undecided_run_is_let_through_on_request(tmp_path: Path) -> None:
    """What was recorded of this account leaves much unread and nothing failed."""
    recorded = ROOT / "tests" / "recorded" / "public-subnet"
    arguments = [str(SCRIPT), "--snapshot", str(recorded), "-k", "NODE-02"]
    assert _shell(arguments, tmp_path).returncode == 7
    assert _shell(arguments, tmp_path, ROLLCALL_UNDECIDED="warn").returncode == 0


def test_the_failures_of_the_last_run_do_not_count_twice(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    """The workflows' cycle: run, keep findings.json, run again against it."""
    arguments = [str(SCRIPT), "--snapshot", str(demo_snapshot), "-k", "IMDS-01"]
    variables = {"ROLLCALL_BASELINE": "baseline/findings.json", "ROLLCALL_ONLY_NEW": "true"}
    first = _shell(arguments, tmp_path, **variables)
    assert first.returncode == 1, first.stdout
    (tmp_path / "baseline").mkdir()
    shutil.copy(tmp_path / "rollcall-out" / "findings.json", tmp_path / "baseline")
    again = _shell(arguments, tmp_path, **variables)
    assert again.returncode == 0, again.stdout


def test_gitlabs_commands_run_as_they_stand(tmp_path: Path) -> None:
    """On the demo account, the image's `roll-call` standing for the script."""
    token = tmp_path / "token"
    command = tmp_path / "roll-call"
    command.write_text(f'#!/bin/sh\nexec {SCRIPT} "$@" -k IMDS-01\n')
    command.chmod(0o755)
    (tmp_path / "rollcall").mkdir()
    variables = {
        **GITLAB["variables"],
        "AWS_ROLE_ARN": "",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "ROLLCALL_ID_TOKEN": "a-token",
        "ROLLCALL_ACCOUNT_ID": "demo",
        "PATH": f"{tmp_path}{os.pathsep}{PYTEST.parent}{os.pathsep}{os.environ['PATH']}",
    }
    script = "\n".join(["set -e", *GITLAB["script"]])
    told = _shell(["sh", "-c", script], tmp_path, **variables)
    assert told.returncode == 1, told.stdout
    assert token.read_text() == "a-token"
    assert token.stat().st_mode & 0o777 == 0o600
    after = _shell(["sh", "-c", "\n".join(GITLAB["after_script"])], tmp_path)
    assert after.returncode == 0
    kept = json.loads((tmp_path / "rollcall-baseline" / "findings.json").read_text())
    assert kept["findings"]


@pytest.fixture(scope="module")
def image_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the Containerfile's last stage copies from the checkout, and the folders it makes."""
    tree = tmp_path_factory.mktemp("image")
    last = (RECIPES / "Containerfile").read_text("utf-8").rpartition("\nFROM ")[2]
    for line in re.findall(r"^COPY (?!--from)(.+)$", last, re.MULTILINE):
        *sources, target = line.split()
        for source in [path for pattern in sources for path in ROOT.glob(pattern)]:
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, tree / target, dirs_exist_ok=True, ignore=ignored)
            else:
                (tree / target).mkdir(parents=True, exist_ok=True)
                shutil.copy(source, tree / target)
    for made in re.findall(r"mkdir -p (.+?) \\\n", last):
        for name in made.split():
            (tree / name).mkdir(parents=True)
    return tree


def test_the_files_of_the_image_are_all_that_a_run_needs(image_tree: Path, tmp_path: Path) -> None:
    """And nothing is written among them: the container's file system is read-only."""
    before = sorted(image_tree.rglob("*"))
    where = ["--report-dir", str(tmp_path / "out")]
    command = [str(PYTEST), "-p", "no:cacheprovider", *where, "--account", "demo"]
    told = _shell(command, image_tree, PYTHONDONTWRITEBYTECODE="1")  # as the image has it
    assert told.returncode == 1, told.stdout
    assert (tmp_path / "out" / "latest" / "report.html").is_file()
    assert sorted(image_tree.rglob("*")) == before
