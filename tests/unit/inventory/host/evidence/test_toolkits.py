"""The two SSMAgent toolkits by the spec: domain.md 1.3 and 1.4, T-77 to T-80, T-95, T-123."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from inventory.host.evidence.toolkit_linux import is_toolkit_linux, toolkit_linux_reading
from inventory.host.evidence.toolkit_windows import (
    is_toolkit_windows,
    told_instance,
    toolkit_windows_reading,
)
from inventory.host.evidence.windows_rows import CHECKS, windows_rows
from tests.unit.inventory.host.evidence.outputs import (
    ID,
    Line,
    cases,
    check,
    linux_columns,
    windows_list,
    windows_table,
)

LINUX = cases("toolkit_linux")
WINDOWS = cases("toolkit_windows")
#: How wide people's consoles are.
NARROW, WIDE = (18, 20, 38), (52, 72, 72)


def by_rule(case: dict[str, Any]) -> str:
    return str(case["rule"])


@pytest.mark.parametrize("case", LINUX, ids=by_rule)
def test_a_check_of_linux(case: dict[str, Any]) -> None:
    text = linux_columns(*case["rows"])
    check(toolkit_linux_reading(ID, text, origin="a", taken_at=""), case["expect"], case["rule"])


@pytest.mark.parametrize("case", WINDOWS, ids=by_rule)
@pytest.mark.parametrize(
    "draw",
    [
        windows_list,
        lambda *rows: windows_table(*rows, widths=WIDE),
        lambda *rows: windows_table(*rows, widths=NARROW),
    ],
    ids=["list", "wide table", "narrow table"],
)
def test_a_check_of_windows(case: dict[str, Any], draw: Callable[..., str]) -> None:
    if any(len(word) > NARROW[1] for row in case["rows"] for word in row[1].split()):
        draw = windows_list  # a word that breaks in the middle is another word
    text = draw(*case["rows"]).replace("\r\n", "\n")
    found = toolkit_windows_reading(ID, text, origin="a", taken_at="")
    check(found, case["expect"], case["rule"])


def test_a_table_wraps_in_every_column_and_is_told_by_the_names_of_the_checks() -> None:
    rows: list[Line] = [
        (name, "Pass", f"what is said of {name} goes on for a while") for name in CHECKS
    ]
    rows.append(("ssmmessages.eu-central-1.amazonaws.com accessible", "Pass", "N/A"))
    found = windows_rows(windows_table(*rows, widths=(38, 12, 20)).replace("\r\n", "\n"))
    assert [(row.check, row.value, row.note) for row in found] == [tuple(row) for row in rows]


def test_the_toolkit_without_metadata_prints_one_sentence() -> None:
    text = "Metadata URL is not accessible. Possible issue could be proxy. Alternatively, …\n"
    assert is_toolkit_linux(text)
    found = toolkit_linux_reading(ID, text, origin="a", taken_at="")
    check(found, {"metadata.identity": "failure", "service": None}, "1.3")


def test_what_they_print_is_told_from_each_other_and_from_prose() -> None:
    linux = linux_columns(*(row for case in LINUX[:9] for row in case["rows"]))
    windows = windows_table(*(row for case in WINDOWS[:12] for row in case["rows"])).replace(
        "\r", ""
    )
    assert (is_toolkit_linux(linux), is_toolkit_windows(linux)) == (True, False)
    assert (is_toolkit_linux(windows), is_toolkit_windows(windows)) == (False, True)
    prose = "Check  Value  Note\nwe could not reach the ssm endpoint from the agent running there\n"
    assert (is_toolkit_linux(prose), is_toolkit_windows(prose)) == (False, False)


def test_windows_says_which_instance_it_is_about() -> None:
    note = f"EC2 InstanceID = {ID}, Region = eu-central-1"
    table = windows_table(("EC2 instance metadata accessible", "Pass", note), widths=WIDE)
    assert told_instance(table.replace("\r", "")) == {ID}
    failed = windows_table(("EC2 instance metadata accessible", "Fail", "no route"), widths=WIDE)
    assert told_instance(failed.replace("\r", "")) == frozenset()


def test_no_secret_is_kept() -> None:
    rows = [row for case in (*LINUX, *WINDOWS) for row in case["rows"]]
    assert sum("s3cret" in row[1] for row in rows) > 1
    for text, read in (
        (linux_columns(*rows), toolkit_linux_reading),
        (windows_list(*rows).replace("\r", ""), toolkit_windows_reading),
    ):
        kept = msgspec.json.encode(read(ID, text, origin="a", taken_at="")).decode()
        assert "s3cret" not in kept
        assert "proxy.corp:3128" in kept
