"""pytest-html's page, driven by us: one row per control, true totals, no secrets (design 6)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.page_session import write_page
from tests.unit.reports.page_reader import Page


def rows_of(page):
    """What pytest-html's script makes its table of."""
    (blob,) = [value for name, value in page.attributes if name == "data-jsonblob"]
    return json.loads(blob)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    secret = {"JENKINS_URL": "https://ci.example/?token=hunter2", "BUILD_ID": "hunter2"}
    return write_page(folder, "demo_roll", "--html", "asked.html", environment=secret)


@pytest.fixture(scope="module")
def page(page_file):
    return Page(page_file.read_text(encoding="utf-8"))


def test_one_row_for_each_control_and_none_for_a_cell(page):
    assert list(rows_of(page)["tests"]) == [
        "IMDS-01",
        "NET-02",
        "NODE-02",
        "NET-05",
        "NODE-03",
        "DHMC-02",
        "IAM-03",
    ]


def test_rows_have_the_results_of_their_controls(page):
    results = {name: row[0]["result"] for name, row in rows_of(page)["tests"].items()}

    assert results == {
        "IMDS-01": "Failed",
        "NET-02": "Failed",
        "NODE-02": "Failed",
        "NET-05": "Error",
        "NODE-03": "Passed",
        "DHMC-02": "Passed",
        "IAM-03": "Passed",
    }


def test_the_run_count_is_ours(page):
    (told,) = page.texts("p", **{"class": "run-count"})

    assert told == (
        "7 controls × 20 instances: 140 findings "
        "(7 fail, 1 warn, 4 unknown, 121 pass, 7 not applicable)."
    )
    assert page.texts("span", **{"class": "failed"}) == ["3 failing,"]
    assert page.texts("span", **{"class": "error"}) == ["1 undecided,"]


def test_the_title_names_the_account_and_the_date(page):
    assert page.texts("title", id="head-title") == ["ssm-rollcall: 111122223333, 2026-11-01"]
    assert page.texts("h1") == ["ssm-rollcall: 111122223333, 2026-11-01"]


def test_static_sections_stand_above_the_rows(page):
    places = [
        number
        for number, (_, attributes, _) in enumerate(page.elements)
        if attributes.get("class") == "rollcall" or attributes.get("id") == "results-table"
    ]

    assert [page.elements[place][0] for place in places] == ["div", "table"]


def test_ci_variables_stay_out(page, page_file):
    assert set(rows_of(page)["environment"]) == {"Python", "Platform", "Packages", "Plugins"}
    assert "hunter2" not in page_file.read_text(encoding="utf-8")


def test_the_page_tells_no_path_of_this_machine(page_file):
    checkout = Path(__file__).resolve().parents[2]
    written = page_file.read_text(encoding="utf-8")

    assert str(checkout) not in written
    assert str(page_file.parent) not in written


def test_the_page_needs_no_other_file(page, page_file):
    addresses = [value for name, value in page.attributes if name == "src"]

    assert addresses in ([], [""] * len(addresses))
    assert "link" not in page.tags
    assert not (page_file.parent / "assets").exists()


def test_pytest_html_makes_no_page_of_its_own(page_file):
    assert not (page_file.parent / "asked.html").exists()


def test_a_run_on_workers_writes_the_same_rows(page, tmp_path):
    on_workers = write_page(tmp_path, "demo_roll", "-n", "2", "--html", "asked.html")

    assert (
        rows_of(Page(on_workers.read_text(encoding="utf-8")))["tests"] == (rows_of(page)["tests"])
    )


def test_metadata_that_was_asked_for_is_escaped(tmp_path):
    written = write_page(tmp_path, "demo_roll", "--metadata", "owner", "<img src=x>")

    assert rows_of(Page(written.read_text()))["environment"]["owner"] == "&lt;img src=x&gt;"


def test_an_empty_roll_has_a_page_without_rows(tmp_path):
    written = Page(write_page(tmp_path, "empty_roll").read_text(encoding="utf-8"))

    assert rows_of(written)["tests"] == {}
    assert "No instance was judged" in written.text


def test_the_users_style_sheet_comes_last(tmp_path):
    (tmp_path / "mine.css").write_text("h1 { color: teal; }")
    written = write_page(tmp_path, "demo_roll", "--css", "mine.css").read_text(encoding="utf-8")

    assert written.index(".rollcall th") < written.index("h1 { color: teal; }")


def test_a_missing_style_sheet_is_a_usage_error(tmp_path):
    with pytest.raises(AssertionError, match="there is no such file"):
        write_page(tmp_path, "demo_roll", "--css", "none.css")
