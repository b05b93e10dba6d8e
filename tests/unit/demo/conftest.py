"""A running moto with its gaps filled, in each of the three ways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fixtures.demo.account import demo_environment
from tests.unit.demo.moto_modes import MODES, Moto


@pytest.fixture(scope="module", params=list(MODES))
def running_moto(request: pytest.FixtureRequest) -> Iterator[Moto]:
    with demo_environment(), MODES[request.param]() as running:
        yield running
        running.close()


@pytest.fixture
def moto(running_moto: Moto) -> Moto:
    """The running one, emptied."""
    running_moto.reset()
    return running_moto
