"""findings.csv: RFC 4180, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.control import failed
from reports.table import HEADER, cell, write_csv
from tests.unit.reports import rolls


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
#: One field of RFC 4180 and what ends it: a reader of its own, to hold the csv module's to.
FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)')


def fields_of(text: str) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    position = 0
    while position < len(text):
        found = FIELD.match(text, position)
        assert found, f"no field of RFC 4180: {text[position : position + 80]!r}"
        quoted, plain, end = found.groups()
        rows[-1].append(plain if quoted is None else quoted.replace('""', '"'))
        if end != ",":
            rows.append([])
        position = found.end()
    return rows[:-1]


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


@pytest.mark.parametrize("blanks", ["  ", "\n", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}"])
def test_a_formula_behind_blanks_is_neutralised(blanks):
    assert cell(f"{blanks}=1+1") == f"{blanks}'=1+1"


@pytest.mark.parametrize("sign", ["\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_sign_in_full_width_is_one_too(sign):
    assert cell(f"{sign}1") == f"'{sign}1"


@pytest.mark.parametrize("separator", [";", "|", "\t", "\n", "\r\n", "; "])
def test_no_formula_stands_where_another_separator_would_start_a_field(separator):
    assert cell(f"web{separator}=1+1") == f"web{separator}'=1+1"


@pytest.mark.parametrize("quotes", ['"', '""', ' "'])
def test_no_formula_stands_behind_quotes_where_another_reader_splits(quotes):
    """Our quoting doubles them, and a reader of semicolons takes a pair for an empty field."""
    file = io.StringIO(newline="")
    csv.writer(file).writerow(["NET-01/i-1", cell(f"web;{quotes}=1+1")])

    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=";")

    assert not [one for one in row if one.lstrip(' "').startswith(SIGNS)]


def test_data_exchange_with_another_program_is_neutralised():
    assert cell("@SUM(1)*cmd|' /C calc'!A0").startswith("'@")
    assert cell("a;-2+3+cmd|' /C calc'!A0").startswith("a;'-")


@pytest.mark.parametrize("text", ["web-1", "a=b", "1+1", "", "'quoted'", "a, -b"])
def test_plain_text_stays_as_it_is(text):
    assert cell(text) == text


@given(st.text())
def test_any_text_comes_back(text):
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerow([cell(text), "end"])
    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""))

    assert row == [cell(text), "end"] == fields_of(file.getvalue())[0]
    assert row[0].replace("'", "") == text.replace("'", "").replace("\0", "\ufffd")


@given(st.lists(st.sampled_from(" ;|\t\r\n=+-@'\"a,\uff1d\u200b")).map("".join))
def test_no_part_of_a_cell_starts_with_a_sign(text):
    parts = re.split(r"[;|\t\r\n]", cell(text))

    assert not [one for one in parts if one.strip(' "\u200b').startswith(SIGNS)]


def test_another_reader_finds_the_same_fields(tmp_path):
    write_csv(rolls.all_hostile_roll(), tmp_path / "findings.csv")
    text = (tmp_path / "findings.csv").read_bytes().decode("utf-8")

    header, *lines = fields_of(text)

    assert [dict(zip(header, line, strict=True)) for line in lines] == rows_of(
        tmp_path / "findings.csv"
    )
    assert len(lines) == len(rolls.HOSTILE)


def test_a_command_stays_one_that_can_be_copied(tmp_path):
    told = "aws ec2 one --ids i-1 \\\n  --force\naws ec2 two"
    finding = rolls.finding(rolls.NET_02, 1, rolls.NO_EGRESS, remediation=told)
    write_csv(rolls.roll_of([finding]), tmp_path / "findings.csv")

    (row,) = rows_of(tmp_path / "findings.csv")

    assert row["remediation"] == "aws ec2 one --ids i-1 --force\naws ec2 two"


def test_a_character_at_which_readers_stop_does_not_get_in():
    assert cell("a\0b") == "a\N{REPLACEMENT CHARACTER}b"


def test_a_lone_surrogate_does_not_stop_the_file(tmp_path):
    write_csv(rolls.hostile_roll("\ud800"), tmp_path / "findings.csv")

    assert rows_of(tmp_path / "findings.csv")[0]["name"] == "\N{REPLACEMENT CHARACTER}"


HOSTILE = st.text(st.sampled_from(" ;|\t\r\n=+-@'\"a,\uff1d\u200b\0é")) | st.text()


@settings(deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE), max_size=3), HOSTILE)
def test_every_field_of_a_line_is_a_safe_cell(pieces, name):
    """Evidence that findings share is looked at once, and stands in each of their lines."""
    evidence = [rolls.evidence(resource, "Path", value, "Call") for resource, value in pieces]
    verdict = failed("CODE", name, *evidence)
    findings = [rolls.finding(rolls.NET_02, number, verdict, name=name) for number in (1, 2)]
    told = "; ".join(
        f"{resource} Path = {json.dumps(value)} (ec2:Call)" for resource, value in pieces
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "findings.csv"
        write_csv(rolls.roll_of(findings), path)
        rows = rows_of(path)
    assert [row["evidence"] for row in rows] == [cell(told)] * 2
    shown = name or rolls.finding(rolls.NET_02, 1, verdict).name
    assert rows[0]["name"] == cell(shown)
    assert rows[0]["reason"] == cell(name)


@given(HOSTILE)
def test_a_cell_that_was_left_alone_needed_nothing(text):
    """The short cut past most texts leaves none alone that the rule would change."""
    if cell(text) == text:
        assert not re.search(r"(?:\A|[;|\t\r\n])[\s\"\u200b]*[=+\-@\uff1d]", text)
        assert not text.startswith(("\t", "\r"))
        assert "\0" not in text
