"""A page opened in a browser, and everything in it that should not have happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Dialog, Request


class Visit:
    """A page opened from its file; ``trouble`` is what it logged, asked for, or popped up."""

    def __init__(self, chromium: Browser, file: Path, **context: Any) -> None:
        self.trouble: list[str] = []
        self._context = chromium.new_context(**context)
        self.page = self._context.new_page()
        self.page.on("console", lambda told: self.trouble.append(f"console: {told.text}"))
        self.page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        self.page.on("dialog", self._refuse)
        self.page.on("request", self._note)
        self._address = file.as_uri()
        self.page.goto(self._address)

    def _refuse(self, dialog: Dialog) -> None:
        self.trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, request: Request) -> None:
        if request.url != self._address and not request.url.startswith("data:"):
            self.trouble.append(f"request: {request.url}")

    def open_all(self) -> None:
        """Open every instance and every control, as a reader would."""
        for summary in self.page.locator("details.record > summary").all():
            summary.click()

    def close(self) -> None:
        """Leave nothing open in the browser."""
        self._context.close()
