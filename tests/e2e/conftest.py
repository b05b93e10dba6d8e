"""Runs that several tests look at, made once."""

from pathlib import Path

import pytest

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
