"""Takes the README's pictures of the demo account's page: ``python -m tests.e2e.pictures``.

They land in docs/img: the page in light, in dark, on a phone, and its map of controls × instances.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from playwright.sync_api import Browser, ViewportSize

from tests.e2e.browser import browser, find_or_install_browser
from tests.e2e.roll_call import ROOT, roll_call

FOLDER: Final = ROOT / "docs" / "img"
_DESK: Final = ViewportSize(width=1200, height=900)
_PHONE: Final = ViewportSize(width=390, height=844)


@dataclasses.dataclass(frozen=True)
class Picture:
    """One picture: of the window's first screen, or of the element that ``of`` selects."""

    name: str
    scheme: Literal["light", "dark"]
    window: ViewportSize
    scale: float = 1
    of: str = ""


PICTURES: Final = (
    Picture("report-light", "light", _DESK),
    Picture("report-dark", "dark", _DESK),
    Picture("report-phone", "light", _PHONE, scale=2),
    Picture("report-map", "light", _DESK, of=".map"),
)


def take(opened: Browser, page_file: Path, folder: Path) -> list[Path]:
    """Take every picture of a page into the folder; where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for picture in PICTURES:
        context = opened.new_context(
            color_scheme=picture.scheme,
            viewport=picture.window,
            device_scale_factor=picture.scale,
        )
        page = context.new_page()
        page.goto(page_file.as_uri())
        file = folder / f"{picture.name}.png"
        if picture.of:
            page.locator(picture.of).screenshot(path=file)
        else:
            page.screenshot(path=file)
        context.close()
        taken.append(file)
    return taken


def main() -> int:
    """Judge the demo account and take the pictures of its page."""
    executable = find_or_install_browser()
    if executable is None:
        sys.stderr.write("no Chromium or Chrome here; install one, or set CHROME to its path\n")
        return 1
    with TemporaryDirectory() as runs, browser(executable) as opened:
        demo = roll_call(Path(runs), "--account", "demo")
        if demo.folder is None:
            sys.stderr.write(demo.output)
            return 1
        for file in take(opened, demo.folder / "report.html", FOLDER):
            sys.stdout.write(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
