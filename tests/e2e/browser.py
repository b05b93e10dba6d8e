"""A Chromium to look at pages with: one that is installed, else Debian's, else none."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

import pytest
from playwright.sync_api import Browser, sync_playwright

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MACOS: Final = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
#: Nothing but the page under test may be asked for: no updates, no syncing, no first-run pages.
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: ``$CHROME``, one on the PATH, or the macOS application."""
    named = os.environ.get("CHROME")
    if named:
        return named
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    if found is None and _MACOS.exists():
        return str(_MACOS)
    return found


def find_or_install_browser() -> str | None:
    """As ``find_browser``; as root on a Debian without any, Debian's chromium is installed."""
    with (Path(tempfile.gettempdir()) / "ssm-rollcall-browser.lock").open("w") as lock:
        # The tests' own workers would meet at apt's lock, which it does not wait for.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _installed_browser()


def tell_that_none_is_here() -> NoReturn:
    """On CI a test that cannot look is an error, elsewhere a skip that says why."""
    told = "no Chromium or Chrome here; install one, or set CHROME to its path"
    if os.environ.get("CI"):
        pytest.fail(told)
    pytest.skip(told)


def _installed_browser() -> str | None:
    found = find_browser()
    if found or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return found
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("update",), ("install", "--yes", "--no-install-recommends", "chromium")):
        done = subprocess.run(
            ["apt-get", "--quiet", *command], env=environment, check=False, capture_output=True
        )
        if done.returncode:
            return None
    return find_browser()


@contextmanager
def browser(executable: str) -> Iterator[Browser]:
    """A headless browser that is closed at the end."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=[*_ARGUMENTS])
        try:
            yield opened
        finally:
            opened.close()
