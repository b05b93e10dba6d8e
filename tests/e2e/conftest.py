"""Runs that several tests look at, made once, and a browser to look with."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.roll_call import RollCall, roll_call

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    """The demo account, judged live."""
    return roll_call(tmp_path_factory.mktemp("demo"), "--account", "demo")


@pytest.fixture(scope="session")
def demo_snapshot(demo: RollCall) -> Path:
    """What that run read, to be judged again."""
    assert demo.folder is not None, demo.output
    return demo.folder / "snapshot"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; where there is none CI fails, and a laptop says that it skips.

    Playwright is loaded by whoever needs it: pytest reads this file at the start of any run.
    """
    browser = importlib.import_module("tests.e2e.browser")
    executable = browser.find_or_install_browser()
    if executable is None:
        browser.tell_that_none_is_here()
    with browser.browser(executable) as opened:
        yield opened
