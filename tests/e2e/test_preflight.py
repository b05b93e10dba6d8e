"""``--preflight`` as a user runs it: a table instead of a run, and nothing is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.e2e.roll_call import roll_call

USAGE_ERROR, SOMETHING_MISSING = 4, 7
#: Refuses one call of the demo account, as AWS refuses it.
_REFUSES: Final = """
from types import SimpleNamespace

import boto3

_init = boto3.Session.__init__


def refused(**_):
    told = {"Code": "UnauthorizedOperation", "Message": "You are not authorized"}
    return SimpleNamespace(status_code=403), {"Error": told, "ResponseMetadata": {}}


def init(self, *given, **named):
    _init(self, *given, **named)
    self.events.register("before-call.ec2.DescribeRouteTables", refused)


boto3.Session.__init__ = init
"""


def test_a_refused_call_is_told_with_what_it_costs(tmp_path: Path) -> None:
    """Issue 9, item 6."""
    (tmp_path / "refuses.py").write_text(_REFUSES)
    run = roll_call(
        tmp_path / "runs",
        *("--account", "demo", "--preflight", "--region", "us-*", "-p", "refuses", "-n", "2"),
        environment={"PYTHONPATH": f"{tmp_path}:."},
    )
    assert run.status == SOMETHING_MISSING, run.output
    last = run.output.strip().rpartition("exit status 7: ")[2]
    assert last.startswith("ec2:DescribeRouteTables refused")
    assert "denied in us-east-1 (UnauthorizedOperation: You are not authorized)" in run.output
    assert "NET-04" in run.output
    assert '"ec2:DescribeRouteTables"' in run.output
    assert "\x1b" not in run.output
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "--preflight asks AWS: add --account NAME"),
        (["--snapshot", "x"], "--preflight asks AWS, and --snapshot is judged instead"),
        (["--account", "nobody"], "--account nobody"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    tmp_path: Path, options: list[str], told: str
) -> None:
    run = roll_call(tmp_path / "runs", "--preflight", *options)
    assert run.status == USAGE_ERROR, run.output
    assert told in run.output
    assert "Traceback" not in run.output
