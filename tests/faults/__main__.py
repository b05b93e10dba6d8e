"""Measures and writes docs/reliability.md: ``python -m tests.faults --minutes 5``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.faults.calling import no_waiting, opened, user_of
from tests.faults.chance import THOUSAND, ByChance
from tests.faults.document import DOCUMENT, document, figures_of
from tests.faults.fuzzed import fuzz
from tests.faults.grown import GrownAccount
from tests.faults.proxy import serving
from tests.faults.recording import recording_in

#: Of the time, how much is for the reading of what others wrote; the rest is for random faults.
FUZZING: Final = 0.5


def main() -> int:
    """Status 1 if any verdict was made up, or any reader crashed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=5, help="for random faults and fuzzing together"
    )
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        recording = recording_in(Path(folder))
        upstream = GrownAccount(recording.memory(), THOUSAND)
        with serving(recording.memory()) as proxy, user_of(proxy.endpoint) as session, no_waiting():
            denied = ByChance(proxy, opened(session), recording).each_call_denied()
        with serving(upstream) as proxy, user_of(proxy.endpoint) as session, no_waiting():
            survived = ByChance(proxy, opened(session), recording).for_minutes(
                minutes * (1 - FUZZING)
            )
    fuzzed = fuzz(60 * minutes * FUZZING)
    DOCUMENT.write_text(document(figures_of(denied, survived, fuzzed)), encoding="utf-8")
    for one in (*denied.wrong, *survived.wrong):
        sys.stderr.write(f"{one}\n")
    crashes = sum(one.crashes for one in fuzzed)
    return 1 if denied.wrong or survived.wrong or crashes else 0


if __name__ == "__main__":
    raise SystemExit(main())
