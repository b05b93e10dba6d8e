"""findings.csv: RFC 4180, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.table import HEADER, cell, write_csv
from tests.unit.reports import rolls


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_for_each_finding(tmp_path):
    roll = rolls.demo_roll()
    write_csv(roll, tmp_path / "findings.csv")
    rows = rows_of(tmp_path / "findings.csv")

    assert [row["id"] for row in rows] == [one.id for one in roll.findings]
    assert sum(row["verdict"] == "fail" for row in rows) == 7
    assert next(row["name"] for row in rows if row["resource"] == rolls.instance_id(1)) == (
        "line one\nline two"
    )


def test_lines_end_as_rfc_4180_says(tmp_path):
    write_csv(rolls.roll_of([]), tmp_path / "findings.csv")

    assert (tmp_path / "findings.csv").read_bytes() == ",".join(HEADER).encode() + b"\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_is_neutralised(start):
    assert cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["  =1+1", "\n=1+1"])
def test_a_formula_behind_blanks_is_neutralised(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["web-1", "a=b", "1+1", "", "'quoted'"])
def test_plain_text_stays_as_it_is(text):
    assert cell(text) == text


@given(st.text())
def test_any_text_comes_back(text):
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerow([cell(text), "end"])
    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""))

    assert row == [cell(text), "end"]
    assert row[0].removeprefix("'") == text.removeprefix("'")


def test_a_lone_surrogate_does_not_stop_the_file(tmp_path):
    write_csv(rolls.hostile_roll("\ud800"), tmp_path / "findings.csv")

    assert rows_of(tmp_path / "findings.csv")[0]["name"] == "\N{REPLACEMENT CHARACTER}"
