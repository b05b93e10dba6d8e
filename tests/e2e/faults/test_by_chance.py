"""Five of a hundred answers go wrong, over a thousand instances: no verdict is made up.

``make soak`` does so for minutes, with whatever seeds there is time for.
"""

from __future__ import annotations

from typing import Final

from tests.faults.calling import no_waiting, opened, shared_clients, user_of
from tests.faults.chance import THOUSAND, ByChance, Survived
from tests.faults.grown import GrownAccount
from tests.faults.proxy import serving
from tests.faults.recording import Recording

#: Of which each leaves something that no trying again mends; most seeds do not.
SEEDS: Final = (5, 38, 49)


def test_random_faults_make_no_verdict_up(recording: Recording) -> None:
    upstream = GrownAccount(recording.memory(), THOUSAND)
    with (
        serving(upstream) as proxy,
        user_of(proxy.endpoint) as session,
        no_waiting(),
        shared_clients(),
    ):
        roll = ByChance(proxy, opened(session), recording)
        quiet = roll.quiet()
        survived = {seed: roll.survived(quiet, seed) for seed in SEEDS}
        assert proxy.unanswered == []
    assert len(quiet.fleet.nodes) >= 1_000
    together = sum(survived.values(), Survived())
    assert together.wrong == ()
    for seed, one in survived.items():
        assert one.faults >= 3, seed
        assert one.findings > 30_000, seed
        assert one.unknown >= 1, f"seed {seed} tells nothing: every fault was mended"
