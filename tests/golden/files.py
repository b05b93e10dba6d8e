"""Which golden files there are, and how each is made from the roll."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from policies.roll import Roll
from reports.asff import write_asff
from reports.findings import write_json
from reports.formats import FILES, Format
from reports.html import static_sections
from reports.junit import case_properties, suite_properties
from reports.ocsf import write_ocsf
from reports.summary_md import write_summary
from reports.table import write_csv
from tests.golden.roll import golden_roll

FOLDER: Final = Path(__file__).parent / "expected"


def _write_junit_properties(roll: Roll, path: Path) -> None:
    """The properties alone: the elements around them are pytest's."""
    properties = {
        "suite": suite_properties(roll),
        "cases": {finding.id: case_properties(finding) for finding in roll.findings},
    }
    path.write_text(json.dumps(properties, indent=1) + "\n", encoding="ascii")


def _write_sections(roll: Roll, path: Path) -> None:
    """Our part of the page; the table below it, scripts and styles are not written over again."""
    path.write_text(static_sections(roll), encoding="utf-8", newline="\n")


GOLDEN: Final[Mapping[str, Callable[[Roll, Path], None]]] = {
    FILES[Format.JSON]: write_json,
    FILES[Format.CSV]: write_csv,
    FILES[Format.MD]: write_summary,
    FILES[Format.OCSF]: write_ocsf,
    FILES[Format.ASFF]: write_asff,
    "report-sections.html": _write_sections,
    "junit-properties.json": _write_junit_properties,
}


def write_golden_files(folder: Path) -> None:
    """Write every golden file into ``folder`` and take away those that are none any more."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in GOLDEN:
            path.unlink()
    roll = golden_roll()
    for name, write in GOLDEN.items():
        write(roll, folder / name)
