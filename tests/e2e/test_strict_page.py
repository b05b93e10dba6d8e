"""The page as Jenkins serves it: under a content security policy that allows next to nothing."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

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


def test_the_page_is_complete_under_jenkins_policy(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.goto(address)
    text = page.inner_text("body")
    judged = {finding.control.id for finding in rolls.demo_roll().findings}
    control = page.locator("details.control").first
    folded = control.inner_text()
    control.locator("> summary").click()

    assert "What to fix first" in text
    assert not [control_id for control_id in judged if control_id not in text]
    assert len(control.inner_text()) > len(folded)
    assert page.locator(".map svg[role=img]").is_visible()
    assert not page.locator("#tools").is_visible()
    page.close()
