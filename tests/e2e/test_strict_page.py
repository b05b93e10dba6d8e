"""The page as Jenkins serves it: under a content security policy that allows next to nothing."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import browser
from tests.e2e.page_session import write_page
from tests.unit.reports import rolls

#: Jenkins' default for what builds publish.
POLICY = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"


class Jenkins(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as Jenkins serves reports."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    page: Path = write_page(tmp_path_factory.mktemp("page"), "demo_roll")
    handler = functools.partial(Jenkins, directory=str(page.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{page.name}"
        server.shutdown()


def test_the_page_is_complete_under_jenkins_policy(address: str) -> None:
    executable = browser.find_or_install_browser()
    if executable is None:
        pytest.fail("no Chromium or Chrome here; install one, or set CHROME to its path")
    with browser.browser(executable) as chromium:
        page = chromium.new_page()
        page.goto(address)
        text = page.inner_text("body")
        assert "What to fix first" in text
        judged = {finding.control.id for finding in rolls.demo_roll().findings}
        assert not [control for control in judged if control not in text]
        control = page.locator("details.control").first
        folded = control.inner_text()
        control.locator("> summary").click()
        assert len(control.inner_text()) > len(folded)
