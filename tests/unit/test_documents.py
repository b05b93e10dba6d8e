"""Documents that list controls agree with the controls."""

import re

from policies.catalogue import RECORDS
from reports.control_table import README, renewed, table


def test_the_readme_lists_the_controls_as_they_are() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == renewed(text), "stale: run python -m reports.control_table"


def test_the_table_has_a_row_for_each_control() -> None:
    assert re.findall(r"^\| \[([A-Z]+-\d\d)\]", table(), re.MULTILINE) == [
        record.id for record in RECORDS
    ]
