"""``--report-format``: what its words mean."""

from __future__ import annotations

import pytest

from reports.formats import DEFAULT, FILES, Format, formats_of


@pytest.mark.parametrize(
    ("lists", "meant"),
    [
        ([], DEFAULT),
        (["csv"], {Format.CSV, Format.JSON}),
        (["csv,ocsf"], {Format.CSV, Format.OCSF, Format.JSON}),
        (["csv", "md, asff"], {Format.CSV, Format.MD, Format.ASFF, Format.JSON}),
        (["json"], {Format.JSON}),
        (["all"], set(Format)),
        (["csv,all"], set(Format)),
    ],
)
def test_lists_are_joined_and_findings_json_comes_along(
    lists: list[str], meant: set[Format]
) -> None:
    assert formats_of(lists) == meant


def test_the_default_is_what_design_6_names() -> None:
    assert {FILES[one] for one in DEFAULT} == {
        "report.html",
        "junit.xml",
        "findings.json",
        "findings.csv",
        "summary.md",
    }


@pytest.mark.parametrize("text", ["pdf", "csv,", "CSV", "", "html;csv"])
def test_an_unknown_word_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(ValueError, match="use html, junit, json, csv, md, ocsf, asff, or all"):
        formats_of([text])


def test_every_format_has_a_file_of_its_own() -> None:
    assert set(FILES) == set(Format)
    assert len(set(FILES.values())) == len(FILES)
