"""The README's pictures are there, small enough for a README, and can be taken again."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.page_session import write_page
from tests.e2e.pictures import FOLDER, PICTURES, take

_LARGEST = 300_000


def test_every_picture_is_there_and_small() -> None:
    sizes = {one.name: (FOLDER / f"{one.name}.png").stat().st_size for one in PICTURES}

    assert all(0 < size <= _LARGEST for size in sizes.values()), sizes


def test_pictures_can_be_taken_again(chromium: Browser, tmp_path: Path) -> None:
    taken = take(chromium, write_page(tmp_path, "demo_roll"), tmp_path / "img")

    assert [file.stem for file in taken] == [one.name for one in PICTURES]
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in taken)
