"""The page as people open it: from a file, with scripts on and off, hostile names inside."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from reports.visible import visible
from tests.e2e.page_session import write_page
from tests.e2e.page_visit import Visit
from tests.unit.reports import rolls

SECTIONS = (
    "Verdict",
    "What to fix first",
    "Prerequisites",
    "Controls × instances",
    "Instances in detail",
    "Controls in detail",
    "What could not be read or decided",
    "Scope and provenance",
    "Glossary",
)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("page"), "demo_roll")


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
def visit(request, chromium, page_file):
    visit = Visit(chromium, page_file, java_script_enabled=request.param)
    yield visit
    visit.close()


def test_all_sections_and_totals_are_visible(visit):
    for heading in SECTIONS:
        assert visit.page.get_by_role("heading", name=heading, exact=True).is_visible()
    tiles = visit.page.locator(".tiles li").all_inner_texts()

    assert [re.sub(r"\s+", " ", tile) for tile in tiles] == [
        "7 fail",
        "1 warn",
        "4 unknown",
        "121 pass",
        "7 not applicable",
    ]
    assert visit.page.locator(".matrix tfoot").inner_text().split() == (
        ["Total", "7", "1", "4", "121", "7", "140"]
    )
    assert visit.page.get_by_text("7 controls × 20 instances: 140 findings").first.is_visible()


def test_controls_open_and_hostile_names_are_text(visit):
    visit.open_all()
    shown = visit.page.locator("bdi.name").all_inner_texts()

    assert visit.page.locator("details.control[open]").count() == 7
    assert visit.page.locator("details.instance[open]").count() == 20
    assert visible(rolls.HOSTILE[2]) in shown
    assert visit.page.locator(".rollcall img, .rollcall script").count() == 0
    assert visit.trouble == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_no_hostile_text_runs(chromium, tmp_path, scripts):
    visit = Visit(chromium, write_page(tmp_path, "all_hostile_roll"), java_script_enabled=scripts)
    visit.open_all()
    names = set(visit.page.locator("bdi.name").all_inner_texts())
    visit.page.wait_for_timeout(200)

    assert {" ".join(visible(text).split()) for text in rolls.HOSTILE} == names
    assert visit.page.locator(".rollcall img, .rollcall script").count() == 0
    assert visit.trouble == []
    visit.close()


def test_rows_are_controls_and_link_to_their_details(chromium, page_file):
    visit = Visit(chromium, page_file)
    rows = visit.page.locator("#results-table tbody.results-table-row")

    assert rows.count() == 7
    rows.filter(has_text="NET-02").get_by_role("link", name="details").click()
    assert visit.page.locator("#control-NET-02").is_visible()
    assert visit.trouble == []
    visit.close()


def test_without_scripts_nothing_empty_is_shown(chromium, page_file):
    visit = Visit(chromium, page_file, java_script_enabled=False)

    for selector in ("#results-table", "#environment-header", "p.filter", "#results-heading"):
        assert not visit.page.locator(selector).is_visible()
    visit.close()


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_the_page_never_scrolls_sideways(chromium, page_file, width):
    visit = Visit(chromium, page_file, viewport={"width": width, "height": 800})
    visit.open_all()

    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.close()


def test_controls_open_by_keyboard(chromium, page_file):
    visit = Visit(chromium, page_file)
    visit.page.locator("details.control > summary").first.focus()
    visit.page.keyboard.press("Enter")

    assert visit.page.locator("details.control").first.get_attribute("open") is not None
    visit.close()


def test_print_shows_closed_details_and_nothing_to_press(chromium, page_file):
    visit = Visit(chromium, page_file)
    visit.page.emulate_media(media="print")

    assert visit.page.locator("#control-NET-02").is_visible()
    for selector in (".tools", ".copy", ".jump"):
        assert not visit.page.locator(selector).first.is_visible()
    visit.close()


def test_it_prints_to_pdf(chromium, page_file):
    visit = Visit(chromium, page_file)
    printed = visit.page.pdf(format="A4")

    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") > 3
    assert visit.trouble == []
    visit.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium, page_file, scheme):
    """Every rule of axe-core: names, roles, headings, landmarks, contrast, keyboard."""
    visit = Visit(chromium, page_file, color_scheme=scheme)
    visit.open_all()
    found = Axe().run(visit.page)

    assert found.violations_count == 0, found.generate_report()
    visit.close()


def test_a_script_that_slipped_in_is_not_run(chromium, page_file, tmp_path):
    """The page's own policy names its two scripts by their hash."""
    slipped = tmp_path / "page.html"
    page = page_file.read_text(encoding="utf-8")
    slipped.write_text(page.replace("<main>", "<main><script>document.title = 'run'</script>", 1))
    visit = Visit(chromium, slipped)

    assert visit.page.title() == "ssm-rollcall: 111122223333, 2026-11-01"
    assert ["Content Security Policy" in told for told in visit.trouble] == [True]
    visit.close()


_CONTRAST = """
() => {
  const luminance = (rgb) => {
    const parts = rgb.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const parsed = (color) => color.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parsed(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.offsetParent) continue;
    const pair = [luminance(parsed(getComputedStyle(element).color)), luminance(ground(element))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) low.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return [...new Set(low)];
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(chromium, page_file, scheme):
    """WCAG 2.1 AA: at least 4.5:1 for text."""
    visit = Visit(chromium, page_file, color_scheme=scheme)
    visit.open_all()

    assert visit.page.evaluate(_CONTRAST) == []
    visit.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_the_demo_accounts_own_page(chromium, demo, scripts):
    """The whole way: what the account holds, the run, the page it left."""
    visit = Visit(chromium, demo.folder / "report.html", java_script_enabled=scripts)
    visit.open_all()
    total = len(demo.findings["findings"])
    failed = {one["resource"] for one in demo.findings["findings"] if one["verdict"] == "fail"}
    text = visit.page.locator("body").inner_text()

    assert f"{total:,} findings" in text
    assert failed <= set(re.findall(r"i-[0-9a-f]{17}", text))
    assert visit.page.locator(".rollcall img, .rollcall script").count() == 0
    assert visit.trouble == []
    visit.close()
