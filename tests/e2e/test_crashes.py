"""A control that raises is a defect of ours: a failed run, never an unknown, never a lost cell."""

import json
from pathlib import Path

import pytest

from tests.e2e.roll_call import RollCall, roll_call

_PLUGIN = """
from policies.imds import metadata_service_enabled


def evaluate(node, context):
    raise ZeroDivisionError("a defect of ours")


metadata_service_enabled.evaluate = evaluate
"""


@pytest.fixture(scope="module", params=[[], ["-n", "2"]], ids=["serial", "workers"])
def run(
    request: pytest.FixtureRequest,
    demo_snapshot: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> RollCall:
    tmp_path = tmp_path_factory.mktemp("crash")
    (tmp_path / "defective_control.py").write_text(_PLUGIN)
    options = [*request.param, "-k", "IMDS-01 or NODE-02", "-p", "defective_control"]
    return roll_call(
        tmp_path / "runs",
        *("--snapshot", str(demo_snapshot)),
        *options,
        environment={"PYTHONPATH": f"{tmp_path}:."},
    )


def test_the_run_fails_and_says_that_a_control_crashed(run: RollCall) -> None:
    assert run.status == 1, run.output
    assert "cells crashed, a defect of ssm-rollcall" in run.output


def test_no_finding_is_made_up_for_it(run: RollCall, demo: RollCall) -> None:
    assert run.folder is not None
    document = json.loads((run.folder / "findings.json").read_text())
    running = {
        one["resource"]
        for one in demo.findings["findings"]
        if one["control"] == "IMDS-01" and one["code"] != "NOT_RUNNING"
    }
    assert {one["resource"].split("/")[-1] for one in document["run"]["crashes"]} == running
    assert all("ZeroDivisionError" in one["error"] for one in document["run"]["crashes"])
    judged = {one["resource"] for one in document["findings"] if one["control"] == "IMDS-01"}
    assert not judged & running


def test_the_other_controls_are_judged_all_the_same(run: RollCall, demo: RollCall) -> None:
    for key, told in demo.verdicts.items():
        if key.startswith("NODE-02/"):
            assert run.verdicts[key] == told


_BROKEN_FIXTURE = """
import pytest


@pytest.fixture(autouse=True)
def left_open():
    yield
    raise OSError("cannot be closed")
"""
_OWN_ASSERTION = """
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    yield
    raise AssertionError("more than the control asks")
"""


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["serial", "workers"])
@pytest.mark.parametrize("plugin", [_BROKEN_FIXTURE, _OWN_ASSERTION], ids=["fixture", "assertion"])
def test_what_fails_beside_a_finding_that_passes_fails_the_run(
    demo_snapshot: Path, demo: RollCall, tmp_path: Path, plugin: str, workers: list[str]
) -> None:
    """Only what counts cells is computed from findings (design 6): this one is no finding."""
    passing = next(
        one["resource"]
        for one in demo.findings["findings"]
        if one["control"] == "IMDS-01" and one["verdict"] == "pass"
    )
    (tmp_path / "beside.py").write_text(plugin)
    run = roll_call(
        tmp_path / "runs",
        *("--snapshot", str(demo_snapshot), "--instance", passing, "-k", "IMDS-01"),
        *("-p", "beside", *workers),
        environment={"PYTHONPATH": f"{tmp_path}:."},
    )
    assert run.status == 1, run.output
    assert "exit status 1: 1 failure that is no finding, see above" in run.output
    cell = f"IMDS-01/{_key(demo, passing)}"
    assert run.verdicts == {cell: demo.verdicts[cell]}


def _key(run: RollCall, resource: str) -> str:
    """Account, Region and id of an instance."""
    ids = (one["id"] for one in run.findings["findings"] if one["resource"] == resource)
    return next(ids).partition("/")[2]
