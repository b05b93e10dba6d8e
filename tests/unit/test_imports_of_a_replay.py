"""A run that judges a snapshot loads nothing that only reads AWS or looks at machines.

Loading the SDK takes as long as judging a small fleet.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.unit.fixtures.cells.small_fleet import AS_OF, write_small_fleet

_ROOT: Final = Path(__file__).resolve().parents[2]
_SCRIPT: Final = """
import json, sys, pytest
status = pytest.main(sys.argv[2:])
with open(sys.argv[1], "w") as told:
    json.dump([int(status), sorted(sys.modules)], told)
"""
_FOREIGN: Final = frozenset(
    {"boto3", "botocore", "s3transfer", "urllib3", "moto", "dask", "distributed", "hypothesis"}
)
#: Of our own: what asks AWS, what asks machines and what reads their files.
_ASKING: Final = (
    *("inventory.collect.collector", "inventory.collect.clients", "inventory.collect.plan"),
    *("inventory.host.", "fixtures.reading_aws", "fixtures.host_connection", "fixtures.demo"),
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """Every module of a process that has judged a snapshot and written all reports."""
    folder = tmp_path_factory.mktemp("replay")
    write_small_fleet(folder)
    told = folder / "modules.json"
    asked = [
        *("--snapshot", str(folder / "snapshot"), "--as-of", AS_OF, "--report-format", "all"),
        *("--report-dir", str(folder / "runs"), "-q", "-p", "no:cacheprovider"),
    ]
    ended = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(told), *asked],
        cwd=_ROOT,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.exists(), ended.stdout + ended.stderr
    status, modules = json.loads(told.read_text())
    assert status in (0, 1), ended.stdout
    return frozenset(modules)


def test_a_replay_loads_no_sdk_and_no_engine(loaded: frozenset[str]) -> None:
    assert "policies.judgement" in loaded
    assert {one.partition(".")[0] for one in loaded} & _FOREIGN == set()


def test_a_replay_loads_nothing_that_asks(loaded: frozenset[str]) -> None:
    assert [one for one in sorted(loaded) if one.startswith(_ASKING)] == []
