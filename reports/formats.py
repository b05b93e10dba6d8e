"""The formats a run's findings can be written in, and the files they come in (design 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Format(StrEnum):
    """The words of ``--report-format``."""

    HTML = "html"
    JUNIT = "junit"
    JSON = "json"
    CSV = "csv"
    MD = "md"
    OCSF = "ocsf"
    ASFF = "asff"


#: The file of each, in the run's folder, in the order in which they are told.
FILES: Final[Mapping[Format, str]] = {
    Format.HTML: "report.html",
    Format.JUNIT: "junit.xml",
    Format.JSON: "findings.json",
    Format.CSV: "findings.csv",
    Format.MD: "summary.md",
    Format.OCSF: "findings.ocsf.json",
    Format.ASFF: "findings.asff.json",
}
ALL: Final = "all"
DEFAULT: Final = frozenset(
    {Format.HTML, Format.JUNIT, Format.JSON, Format.CSV, Format.MD},
)
#: Written whatever is asked for: a baseline, a comparison and a later look are made from it.
ALWAYS: Final = frozenset({Format.JSON})
#: Those in which every finding has a date.
DATED: Final = frozenset({Format.OCSF, Format.ASFF})


def formats_of(lists: Iterable[str]) -> frozenset[Format]:
    """The formats that comma-separated lists name; the default ones where there is no list.

    Raises ValueError, for people, naming the first unknown word and what is allowed.
    """
    words = [word.strip() for one in lists for word in one.split(",")]
    unknown = next((word for word in words if word != ALL and word not in set(Format)), None)
    if unknown is not None:
        raise ValueError(f"{unknown!r} is no report format: use {', '.join(Format)}, or {ALL}")
    if ALL in words:
        return frozenset(Format)
    return (frozenset(map(Format, words)) or DEFAULT) | ALWAYS
