"""Runs pytest in a process of its own, with our page and a roll made by hand, as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

_CHECKOUT: Final = Path(__file__).resolve().parents[2]
_CONFTEST: Final = """
import pathlib
from fixtures import html_page
from tests.unit.reports import rolls

pytest_plugins = ("fixtures.options", "fixtures.html_page")


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        html_page.write_page(session.config, rolls.{roll}(), pathlib.Path({page!r}))
"""
#: Cells as far as pytest can tell: none of them may become a row of the page.
_CELLS: Final = """
import pytest


@pytest.mark.parametrize("cell", ["<b>one</b>", "two", "three"])
def test_cell(cell):
    assert cell != "two"
"""


def write_page(
    folder: Path, roll: str, *options: str, environment: dict[str, str] | None = None
) -> Path:
    """The page of ``rolls.<roll>()``, written at the end of a run of three cells."""
    page = folder / "page.html"
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text(_CONFTEST.format(roll=roll, page=str(page)))
    (folder / "test_cells.py").write_text(_CELLS)
    command = [sys.executable, "-m", "pytest", "-q", "--account", "any", "test_cells.py"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_CHECKOUT), **(environment or {})},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 2 passed" in done.stdout
    return page
