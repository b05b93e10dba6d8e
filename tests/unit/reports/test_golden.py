"""The formats of data are what they were when somebody last read them over."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.golden.files import FOLDER, GOLDEN, write_golden_files
from tests.golden.roll import golden_roll
from tests.unit.reports.test_asff import problems
from tests.unit.reports.test_findings_document import SCHEMA
from tests.unit.reports.test_ocsf import validator


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_file_is_what_is_written_now(name: str, tmp_path: Path) -> None:
    GOLDEN[name](golden_roll(), tmp_path / name)
    written, golden = ((folder / name).read_bytes() for folder in (tmp_path, FOLDER))
    assert written.decode() == golden.decode(), "read the difference, then: python -m tests.golden"


def test_there_are_no_others() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(GOLDEN)


def test_writing_them_takes_away_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("")
    write_golden_files(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(GOLDEN)


def test_the_golden_files_are_valid_themselves() -> None:
    jsonschema.validate(json.loads((FOLDER / "findings.json").read_text()), SCHEMA)
    for event in json.loads((FOLDER / "findings.ocsf.json").read_text()):
        validator().validate(event)
    assert problems(json.loads((FOLDER / "findings.asff.json").read_text())) == ""
