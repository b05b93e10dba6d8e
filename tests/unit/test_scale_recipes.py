"""docs/scale.md and its files: well-formed, with the least rights, and in step with the tool."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from _pytest.config.argparsing import Parser

from fixtures import options
from inventory.collect.executor.address import TLS_FILES, address_of
from inventory.collect.executor.on_dask import RETRIES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "scale"
DOCUMENT = (ROOT / "docs" / "scale.md").read_text("utf-8")
MACHINE: dict[str, Any] = json.loads((FOLDER / "state-machine.json").read_text("utf-8"))
OBJECTS: dict[tuple[str, str], dict[str, Any]] = {
    (one["kind"], one["metadata"]["name"]): one
    for one in yaml.safe_load_all((FOLDER / "dask.yaml").read_text("utf-8"))
}
READ = MACHINE["States"]["ReadEveryAccount"]
READ_ONE = READ["ItemProcessor"]["States"]["ReadOneAccount"]
JUDGE = MACHINE["States"]["JudgeTheFleet"]


def our_options() -> set[str]:
    parser = Parser(_ispytest=True)
    options.pytest_addoption(parser)  # type: ignore[arg-type]
    return {name for one in parser._groups for option in one.options for name in option.names()}


def linted(folder: Path, machine: Any) -> list[str]:
    """What cfn-lint says of the machine in the Amazon States Language: its rule E3601."""
    template = folder / "template.json"
    properties = {"RoleArn": "arn:aws:iam::111122223333:role/rollcall", "Definition": machine}
    resource = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    template.write_text(
        json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Machine": resource}})
    )
    command = [Path(sys.executable).with_name("cfn-lint"), "--template", template]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in told.stdout.splitlines() if line.startswith(("E", "W"))]


def test_the_state_machine_is_amazon_states_language(tmp_path: Path) -> None:
    assert linted(tmp_path, MACHINE) == []


def test_the_linter_would_see_a_state_that_is_not_there(tmp_path: Path) -> None:
    broken = json.loads(json.dumps(MACHINE).replace('"ItemProcessor"', '"ItemProcesor"'))
    assert any("ItemProcesor" in line for line in linted(tmp_path, broken))


def test_each_account_is_a_child_of_its_own() -> None:
    """Issue 8, item 4: a distributed map of the same command, one process for each account."""
    assert READ["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert "ItemBatcher" not in READ
    assert "$$.Map.Item.Value.Id" in READ["ItemSelector"].values()


def test_no_account_is_left_out_silently() -> None:
    """A child that fails for good fails the run: what is judged is everything, or nothing."""
    assert not [name for name in READ if name.startswith("ToleratedFailure")]
    assert "Catch" not in READ_ONE
    assert READ_ONE["Retry"]


def arguments(task: dict[str, Any]) -> list[str]:
    (override,) = task["Parameters"]["Overrides"]["ContainerOverrides"]
    return re.findall(r"'(--[a-z-]+)'", override["Command.$"])


def test_the_children_read_and_the_last_state_judges() -> None:
    assert arguments(READ_ONE) == ["--account", "--snapshot-to"]
    assert arguments(JUDGE) == ["--snapshot", "--report-dir"]
    assert {*arguments(READ_ONE), *arguments(JUDGE)} <= our_options()


def test_parts_are_judged_from_the_folder_that_they_were_written_to() -> None:
    (child,) = READ_ONE["Parameters"]["Overrides"]["ContainerOverrides"]
    (judge,) = JUDGE["Parameters"]["Overrides"]["ContainerOverrides"]
    assert "States.Format('/parts/{}/{}', $.run, $.account)" in child["Command.$"]
    assert "States.Format('/parts/{}', $$.Execution.Name)" in judge["Command.$"]
    assert READ["ItemSelector"]["run.$"] == "$$.Execution.Name"


def containers() -> list[dict[str, Any]]:
    return [
        container
        for (kind, _), one in OBJECTS.items()
        if kind != "Service"
        for container in one["spec"]["template"]["spec"]["containers"]
    ]


@pytest.mark.parametrize("container", containers(), ids=lambda one: one["name"])
def test_containers_have_the_least_rights(container: dict[str, Any]) -> None:
    context = container["securityContext"]
    assert context["runAsNonRoot"]
    assert context["readOnlyRootFilesystem"]
    assert not context["allowPrivilegeEscalation"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert "memory" in container["resources"]["limits"]


def test_every_way_between_the_containers_is_tls() -> None:
    scheduler, worker, run = containers()
    assert "tls" in scheduler["command"]
    files = {f"/tls/{name}" for name in TLS_FILES}
    for one in (scheduler, worker):
        assert files <= {*one["args"]}
    (address,) = [one for one in worker["command"] if "://" in one]
    assert address in run["args"]
    assert address_of(address).scheme == "tls"
    assert run["args"][run["args"].index("--executor-tls") + 1] == "/tls"
    secret = {"name": "tls", "secret": {"secretName": "rollcall-tls"}}
    for kind in (
        ("Deployment", "dask-scheduler"),
        ("Deployment", "dask-worker"),
        ("Job", "roll-call"),
    ):
        assert secret in OBJECTS[kind]["spec"]["template"]["spec"]["volumes"]


def test_the_scheduler_is_where_the_workers_look_for_it() -> None:
    service = OBJECTS["Service", "dask-scheduler"]["spec"]
    pod = OBJECTS["Deployment", "dask-scheduler"]["spec"]["template"]
    assert service["selector"] == pod["metadata"]["labels"]
    assert service["ports"][0]["port"] == pod["spec"]["containers"][0]["ports"][0]["containerPort"]


def test_a_job_that_found_something_is_not_run_again() -> None:
    assert OBJECTS["Job", "roll-call"]["spec"]["backoffLimit"] == 0


def test_the_document_names_only_options_that_there_are() -> None:
    ours = set(re.findall(r"pytest (--[^`\n]*)", DOCUMENT))
    named = {option for text in ours for option in re.findall(r"--[a-z-]+", text)}
    assert named
    assert named <= our_options()


def test_the_document_says_how_often_a_share_is_tried() -> None:
    assert f"tried {1 + RETRIES} times" in DOCUMENT


def test_the_document_links_what_there_is() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", DOCUMENT)
    assert targets
    assert not [one for one in targets if not (ROOT / "docs" / one).exists()]
