"""Five of a hundred answers go wrong: no verdict is made up. ``make soak`` does so at length."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.calling import Called, no_waiting, opened, user_of
from tests.faults.chance import SOME, ByChance
from tests.faults.grown import GrownAccount
from tests.faults.proxy import serving
from tests.faults.recording import Recording


@pytest.fixture(scope="module")
def hundred(recording: Recording) -> Iterator[ByChance]:
    """An account of more than a hundred instances."""
    upstream = GrownAccount(recording.memory(), SOME)
    with serving(upstream) as proxy, user_of(proxy.endpoint) as session, no_waiting():
        yield ByChance(proxy, opened(session), recording)
        assert proxy.unanswered == []


@pytest.fixture(scope="module")
def quiet_hundred(hundred: ByChance) -> Called:
    return hundred.quiet()


@pytest.mark.parametrize("seed", range(1, 5))
def test_random_faults_make_no_verdict_up(
    hundred: ByChance, quiet_hundred: Called, seed: int
) -> None:
    survived = hundred.survived(quiet_hundred, seed)
    assert len(quiet_hundred.fleet.nodes) >= 130
    assert survived.faults >= 1
    assert survived.wrong == ()
