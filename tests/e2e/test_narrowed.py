"""A live run with ``-k`` asks AWS for no more than its controls need, and says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.roll_call import RollCall, roll_call

SELECTED = ("-k", "IMDS-01 or NODE-02")


def manifest(run: RollCall) -> dict[str, Any]:
    assert run.folder is not None, run.output
    document: dict[str, Any] = json.loads((run.folder / "snapshot/manifest.json").read_text())
    return document


def verdicts(run: RollCall, *controls: str) -> dict[str, str]:
    return {name: one for name, one in run.verdicts.items() if name.split("/")[0] in controls}


def test_what_was_left_out_is_told_and_no_verdict_differs(demo: RollCall, tmp_path: Path) -> None:
    """The demo account lives in the process, so both runs read the same fleet."""
    run = roll_call(tmp_path, "--account", "demo", *SELECTED)
    assert run.verdicts == verdicts(demo, "IMDS-01", "NODE-02")
    told = manifest(run)
    assert told["parameters"] == {
        "narrowed by": "-k 'IMDS-01 or NODE-02'",
        "narrowed to": "IMDS-01 NODE-02",
    }
    left_out = {one["call"] for one in told["calls"] if one.get("code") == "NOT_ASKED"}
    assert {"ec2:DescribeVpcAttribute", "ec2:DescribeRouteTables"} <= left_out
    assert "iam:ListInstanceProfiles" not in left_out
    assert run.findings["diagnosis"]["instances"] == []
    assert "asked for what -k 'IMDS-01 or NODE-02' needs, and no more" in run.output
    assert "Where the instances stand is not told" in run.output

    assert run.folder is not None
    replay = roll_call(tmp_path, "--snapshot", str(run.folder / "snapshot"), *SELECTED, "-n", "2")
    assert replay.findings == run.findings
    assert manifest(demo)["parameters"] == {}
    assert not [one for one in manifest(demo)["calls"] if one.get("code") == "NOT_ASKED"]
