"""Runs that several tests look at, made once, and a browser to look with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e import browser
from tests.e2e.roll_call import RollCall, roll_call


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
    """A headless Chromium; where there is none CI fails, and a laptop says that it skips."""
    executable = browser.find_or_install_browser()
    if executable is None:
        browser.tell_that_none_is_here()
    with browser.browser(executable) as opened:
        yield opened
