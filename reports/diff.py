"""``python -m reports.diff A B``: what changed between two runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from reports.command_line import Status, told
from reports.run_comparison import (
    Compared,
    Difference,
    Document,
    DocumentError,
    Kind,
    Said,
    compare,
    read_document,
)
from reports.visible import visible

_ABOUT = """\
Compare the findings of two runs, the earlier one first: run folders, or findings.json files.

  new       fails now and did not, or its waiver is gone; nobody accepts it
  fixed     failed, and passes now or no longer applies
  changed   another verdict, reason code or waiver
  appeared  only the later run has it, and it is no failure
  gone      only the earlier run has it

Exit status: 0 no difference, 1 differences, 2 a run that cannot be read.
"""
#: The version of the shape of --json.
_SCHEMA: Final = 1


def _lines(names: Sequence[str], runs: Sequence[Document], compared: Compared) -> Iterator[str]:
    for letter, name, run in zip("AB", names, runs, strict=True):
        taken = run.run.as_of or "an unknown time"
        yield visible(f"{letter}  {name}: {run.total:,} findings, data of {taken}")
    for note in _notes(*runs):
        yield visible(f"note: {note}")
    summed = ", ".join(f"{compared.total[kind]:,} {kind}" for kind in Kind)
    yield f"{summed}; {compared.same:,} the same"
    if compared.differences:
        yield ""
        yield from _table(compared)
        yield ""
        yield from map(_line, compared.differences)


def _notes(before: Document, after: Document) -> list[str]:
    """Why findings may differ although nothing in the accounts does."""
    told_notes = []
    if before.run.snapshot == after.run.snapshot:
        told_notes.append("both runs judged the same snapshot")
    if before.run.tool != after.run.tool:
        told_notes.append(f"judged by {before.run.tool}, then by {after.run.tool}")
    if before.run.selection != after.run.selection:
        told_notes.append(
            f"the runs selected differently: {_selection(before)}, then {_selection(after)}"
        )
    for letter, run in (("A", before), ("B", after)):
        if run.counted is not None:
            told_notes.append(
                f"{letter} counts what passes or does not apply: {run.matrix.total:,} of its "
                "findings have no reason code to compare"
            )
    if before.run.accounts != after.run.accounts:
        told_notes.append("the runs looked at different accounts or Regions")
    return told_notes


def _selection(document: Document) -> str:
    chosen = sorted(document.run.selection.items())
    return ", ".join(f"{name} {value}" for name, value in chosen) or "everything"


def _table(compared: Compared) -> Iterator[str]:
    width = max(len("control"), *(len(visible(one)) for one in compared.by_control))
    yield f"{'control':<{width}}" + "".join(f"{kind:>10}" for kind in Kind)
    for control, counts in compared.by_control.items():
        cells = "".join(f"{counts[kind] or '-':>10}" for kind in Kind)
        yield f"{visible(control):<{width}}{cells}"


def _line(one: Difference) -> str:
    name = f" ({one.said.name})" if one.said.name else ""
    states = " → ".join(said.state for said in (one.before, one.after) if said is not None)
    return visible(f"{one.kind:<9} {one.said.id}{name}: {states}")


def _document(runs: Sequence[Document], compared: Compared) -> dict[str, Any]:
    before, after = runs
    return {
        "schema": _SCHEMA,
        "before": _run(before),
        "after": _run(after),
        "notes": _notes(before, after),
        "counts": {kind.value: compared.total[kind] for kind in Kind} | {"same": compared.same},
        "controls": {
            control: {kind.value: counts[kind] for kind in Kind}
            for control, counts in compared.by_control.items()
        },
        "differences": [
            {
                "kind": one.kind.value,
                "id": one.said.id,
                "control": one.said.control,
                "name": one.said.name,
                "before": _said(one.before),
                "after": _said(one.after),
            }
            for one in compared.differences
        ],
    }


def _run(document: Document) -> dict[str, Any]:
    run = document.run
    return {
        "tool": run.tool,
        "as_of": run.as_of,
        "snapshot": run.snapshot,
        "selection": run.selection,
        "findings": document.total,
    }


def _said(said: Said | None) -> dict[str, Any] | None:
    if said is None:
        return None
    return {
        "verdict": said.verdict,
        "code": said.code,
        "severity": said.severity,
        "waived": bool(said.waiver),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the runs that the command line names; see ``_ABOUT`` for the statuses."""
    parser = argparse.ArgumentParser(
        prog="python -m reports.diff",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("before", metavar="A", type=Path, help="the earlier run")
    parser.add_argument("after", metavar="B", type=Path, help="the later run")
    parser.add_argument("--json", action="store_true", help="write one JSON document instead")
    asked = parser.parse_args(arguments)
    places = (asked.before, asked.after)
    try:
        runs = [read_document(place) for place in places]
    except DocumentError as error:
        parser.error(visible(str(error)))
    compared = compare(*runs)
    status = Status.DIFFERENT if compared.differences else Status.SAME
    if asked.json:
        return told([json.dumps(_document(runs, compared), indent=1, sort_keys=True)], status)
    return told(_lines([str(place) for place in places], runs, compared), status)


if __name__ == "__main__":
    sys.exit(main())
