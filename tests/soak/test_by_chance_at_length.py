"""Five of a hundred answers go wrong, over a thousand instances, for as long as one likes."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.calling import no_waiting, opened, user_of
from tests.faults.chance import THOUSAND, ByChance
from tests.faults.grown import GrownAccount
from tests.faults.proxy import serving
from tests.faults.recording import recording_in

#: The others are for signals at random times.
MINUTES = float(os.environ.get("SOAK_MINUTES", "10")) * 3 / 4


def test_a_thousand_instances_for_minutes(tmp_path: Path) -> None:
    recording = recording_in(tmp_path)
    upstream = GrownAccount(recording.memory(), THOUSAND)
    with serving(upstream) as proxy, user_of(proxy.endpoint) as session, no_waiting():
        survived = ByChance(proxy, opened(session), recording).for_minutes(MINUTES)
        assert proxy.unanswered == []
    assert survived.faults >= survived.runs
    assert survived.findings >= 30_000 * survived.runs
    assert survived.wrong == ()
