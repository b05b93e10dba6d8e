"""The page of a fleet of N instances: how long it takes to write, how large it is, how it opens."""

from __future__ import annotations

import dataclasses
import gc
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

from benchmarks.judging import fleet_of
from fixtures import html_page
from inventory.fleet import load_fleet
from policies.catalogue import CONTROLS, REGION_CONTROLS
from policies.judgement import Judgement
from policies.roll import Roll, Run
from tests.e2e import browser

_WINDOW: Final = ViewportSize(width=1280, height=900)
_MEGABYTE: Final = 1e6
#: Milliseconds after which a search has begun: the page waits until nobody types.
_SEARCHES: Final = 500


@dataclasses.dataclass(frozen=True)
class Measured:
    """CPU seconds: ``write`` of this process, ``opens`` and ``search`` of the browser's renderer.

    ``opens`` is from the empty page to the first idle moment after loading, ``search`` a word that
    is on many instances; ``nodes`` are the elements of the document, ``megabytes`` 10^6 bytes.
    """

    instances: int
    findings: int
    write: float
    megabytes: float
    opens: float
    search: float
    nodes: int

    def __str__(self) -> str:
        return (
            f"{self.instances:>10,} {self.findings:>9,} {self.write:>8.1f} "
            f"{self.megabytes:>6.2f} {self.opens:>8.2f} {self.search:>9.2f} {self.nodes:>8,}"
        )


def heading() -> str:
    """The heads of the columns that ``Measured`` prints."""
    return (
        f"{'instances':>10} {'findings':>9} {'write s':>8} {'MB':>6} {'opens s':>8} "
        f"{'search s':>9} {'elements':>8}"
    )


def measure(size: int) -> Measured:
    """Judge a fleet of that size, write its page, and open it once in a browser of its own.

    Raises RuntimeError where there is no Chromium.
    """
    executable = browser.find_browser()
    if executable is None:
        raise RuntimeError("no Chromium or Chrome here; install one, or set CHROME to its path")
    roll = _roll_of(size)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        started = time.process_time()
        _write(roll, file)
        written = time.process_time() - started
        with browser.browser(executable) as opened:
            opens, search, nodes = _opened(opened, file)
        megabytes = file.stat().st_size / _MEGABYTE
    return Measured(
        roll.run.instances, len(roll.findings), written, megabytes, opens, search, nodes
    )


def _roll_of(size: int) -> Roll:
    fleet = load_fleet(fleet_of(size))
    gc.freeze()  # as a run does
    judgement = Judgement()
    findings = [judgement.explained(one, node) for one in CONTROLS for node in fleet.nodes]
    places = list({node.place.key: node.place for node in fleet.nodes}.values())
    findings += [judgement.place_finding(one, place) for one in REGION_CONTROLS for place in places]
    records = [one.CONTROL for one in CONTROLS] + [one.CONTROL for one in REGION_CONTROLS]
    accounts: dict[str, tuple[str, ...]] = {}
    for place in places:
        account, region = place.key
        accounts[account] = (*accounts.get(account, ()), region)
    run = Run(
        tool="ssm-rollcall",
        as_of=fleet.as_of.isoformat() if fleet.as_of else "",
        snapshot="",
        accounts=accounts,
        callers={},
        selection={},
        cells=len(findings),
        instances=len(fleet.nodes),
    )
    return Roll(
        run=run,
        controls=tuple(records),
        findings=tuple(sorted(findings, key=lambda one: one.id)),
        coverage=fleet.coverage,
        diagnoses=tuple(judgement.diagnosis(node) for node in fleet.nodes),
    )


class _Writer:
    """Writes the page at the end of a session without tests, as the end of a run does."""

    def __init__(self, roll: Roll, file: Path) -> None:
        self._roll = roll
        self._file = file

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        html_page.write_page(session.config, self._roll, self._file)


def _write(roll: Roll, file: Path) -> None:
    options = (
        "-qq",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:warnings",
        "-c",
        "/dev/null",
        "--rootdir",
        str(file.parent),
    )
    pytest.main([*options, str(file.parent)], plugins=[_Writer(roll, file)])


def _opened(opened: Browser, file: Path) -> tuple[float, float, int]:
    page = opened.new_page(viewport=_WINDOW)
    processes = opened.new_browser_cdp_session()
    before = _cpu(processes)
    page.goto(file.as_uri())
    _settle(page)
    opens = _cpu(processes) - before
    before = _cpu(processes)
    page.get_by_role("searchbox", name="Search").fill("security group")
    page.wait_for_timeout(_SEARCHES)
    _settle(page)
    return opens, _cpu(processes) - before, page.locator("*").count()


def _settle(page: Page) -> None:
    """Until two frames were painted and the renderer has nothing left to do."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame("
        "() => requestIdleCallback(done))))"
    )


def _cpu(processes: CDPSession) -> float:
    """CPU seconds of all renderers so far: parsing, scripts, style, layout, paint."""
    told = processes.send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(float(one["cpuTime"]) for one in told if one["type"] == "renderer")
