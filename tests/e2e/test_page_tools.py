"""What the page does where scripts run: search, filter, order, copy, keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator

from reports.html_bounds import UNFOLDED
from tests.e2e.page_session import write_page
from tests.e2e.page_visit import Visit
from tests.unit.reports import rolls


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(tmp_path_factory.mktemp("page"), "two_accounts_roll")


@pytest.fixture
def visit(chromium: Browser, page_file: Path) -> Iterator[Visit]:
    visit = Visit(chromium, page_file, permissions=["clipboard-read", "clipboard-write"])
    yield visit
    assert visit.trouble == []
    visit.close()


def shown(visit: Visit, kind: str) -> list[str]:
    """The ids of the instances or controls that are to be seen, in their order."""
    records = visit.page.locator(f"details.{kind}:not([hidden])").all()
    return [record.get_attribute("data-id") or "" for record in records]


def instances(*numbers: int) -> set[str]:
    return {rolls.instance_id(number) for number in numbers}


def search(visit: Visit, text: str) -> None:
    visit.page.get_by_role("searchbox", name="Search").fill(text)
    visit.page.wait_for_timeout(200)


def told(visit: Visit) -> str:
    return visit.page.locator("#tools-told").inner_text()


def test_without_scripts_there_is_nothing_to_press(chromium: Browser, page_file: Path) -> None:
    still = Visit(chromium, page_file, java_script_enabled=False)

    assert not still.page.locator("#tools").is_visible()
    assert still.page.locator(".copy").count() == 0
    still.close()


def test_search_finds_an_instance_by_its_id(visit: Visit) -> None:
    search(visit, rolls.instance_id(9))

    assert shown(visit, "instance") == [rolls.instance_id(9)]
    assert told(visit).startswith("1 of 20 instances,")


def test_search_finds_a_reason_code_in_any_case_and_opens_what_holds_it(visit: Visit) -> None:
    search(visit, "imds_disabled")

    assert set(shown(visit, "instance")) == instances(5, 6)
    assert shown(visit, "control") == ["IMDS-01"]
    assert visit.page.locator("#control-IMDS-01").is_visible()


def test_search_wants_every_word(visit: Visit) -> None:
    search(visit, f"imds_disabled {rolls.instance_id(5)}")

    assert shown(visit, "instance") == [rolls.instance_id(5)]


def test_what_is_nowhere_is_told_as_nothing(visit: Visit) -> None:
    search(visit, "no such thing")

    assert shown(visit, "instance") == []
    assert told(visit) == "0 of 20 instances, 0 of 7 controls shown."


def test_the_verdict_filter_shows_whom_it_concerns(visit: Visit) -> None:
    visit.page.locator("#tools-verdict").select_option("unknown")

    assert set(shown(visit, "instance")) == instances(8, 12, 13, 14)
    assert shown(visit, "control") == ["NET-05"]


def test_filters_narrow_each_other(visit: Visit) -> None:
    visit.page.locator("#tools-verdict").select_option("fail")
    both = set(shown(visit, "instance"))
    visit.page.locator("#tools-severity").select_option("critical")

    assert both == instances(2, 3, 4, 5, 6)
    # NET-02 is high: of those that fail it, only instance 2 fails NODE-02 too.
    assert set(shown(visit, "instance")) == instances(2, 5, 6)
    assert set(shown(visit, "control")) == {"IMDS-01", "NODE-02"}


def test_the_account_filter_leaves_the_other_account_out(visit: Visit) -> None:
    visit.page.locator("#tools-account").select_option("444455556666")

    assert set(shown(visit, "instance")) == instances(*range(12, 20))


def test_order_by_id_and_back(visit: Visit) -> None:
    before = shown(visit, "instance")
    visit.page.locator("#tools-order").select_option("id")
    by_id = shown(visit, "instance")
    visit.page.get_by_role("button", name="Reset").click()

    assert by_id == sorted(instances(*range(20)))
    assert before != by_id
    assert shown(visit, "instance") == before


def test_copy_takes_the_whole_command(visit: Visit) -> None:
    button = visit.page.locator(".fixes .copy").first
    command = visit.page.locator(".fixes pre.command").first.inner_text()
    button.click()
    visit.page.get_by_text("Copied").wait_for()

    assert command.startswith("aws ")
    assert visit.page.evaluate("navigator.clipboard.readText()") == command


def focused(visit: Visit) -> Locator:
    return visit.page.locator(":focus")


def test_keys_search_clear_and_step(visit: Visit) -> None:
    keys = visit.page.keyboard
    keys.press("/")
    keys.type("imds_disabled")
    visit.page.wait_for_timeout(200)
    found = shown(visit, "instance")
    keys.press("Escape")
    cleared = shown(visit, "instance")
    visit.page.locator("#tools-reset").focus()
    keys.press("n")
    first = focused(visit).inner_text()
    keys.press("n")
    second = focused(visit).inner_text()
    keys.press("p")

    assert set(found) == instances(5, 6)
    assert len(cleared) == 20
    assert cleared[0] in first
    assert cleared[1] in second
    assert focused(visit).inner_text() == first


def test_keys_can_be_switched_off(visit: Visit) -> None:
    """WCAG 2.1.4: who speaks to the computer must not set off keys."""
    visit.page.get_by_label("Keys").uncheck()
    visit.page.keyboard.press("/")

    assert focused(visit).get_attribute("id") != "tools-search"


def test_a_link_shows_what_the_filter_hides(visit: Visit) -> None:
    search(visit, "imds_disabled")
    visit.page.locator(".matrix").get_by_role("link", name="NET-02").click()
    visit.page.wait_for_timeout(200)

    assert visit.page.locator("#control-NET-02").is_visible()
    assert told(visit) == ""


def test_search_reaches_what_is_folded_away(chromium: Browser, tmp_path: Path) -> None:
    visit = Visit(chromium, write_page(tmp_path, "large_roll"))
    last = rolls.instance_id(UNFOLDED + 9)
    folded = visit.page.locator(f"details[data-id={last}]").is_visible()
    search(visit, last)

    assert not folded
    assert shown(visit, "instance") == [last]
    assert visit.page.locator(f"details[data-id={last}]").is_visible()
    visit.close()
