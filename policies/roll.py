"""The roll that a run called: its findings and what they mean, as handed to the reports."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping

from inventory.facts import Coverage, Status
from policies.baseline import Comparison
from policies.control import Control, Outcome
from policies.counted import CountedVerdicts
from policies.diagnosis import Diagnosis
from policies.finding import Crash, Finding
from policies.gate import Gate
from policies.settings import SettingInUse
from policies.waiver_ledger import WaiverLedger


@dataclasses.dataclass(frozen=True)
class Run:
    """What was judged, in terms that a replay of the snapshot repeats exactly.

    ``as_of`` is the snapshot's time (ISO 8601 UTC, ``""`` when unknown), ``snapshot`` the SHA-256
    over its answers, ``accounts`` account id → Regions, ``callers`` account id → ARN that read it,
    ``selection`` the pytest expressions that narrowed the cells (``{}`` = all cells),
    ``cells`` how many were selected, ``instances`` how many the fleet has.
    """

    tool: str
    as_of: str
    snapshot: str
    accounts: Mapping[str, tuple[str, ...]]
    callers: Mapping[str, str]
    selection: Mapping[str, str]
    cells: int
    instances: int


@dataclasses.dataclass(frozen=True, eq=False)
class Roll:
    """Everything a report may tell: the findings of the selected cells, sorted by id.

    Of a large fleet they are the findings that need telling; the others are ``counted``.

    ``diagnoses`` are those of all selected instances, by all controls, whatever cells were; where
    a run left out what they rest on there are none, and ``states_left_out`` says why in a sentence;
    ``gate`` is what closes it, ``baseline`` how the findings stand to an earlier run's, if asked;
    ``waivers`` is how each of the user's waivers fared, ``settings`` what the user set otherwise
    than the defaults.
    """

    run: Run
    controls: tuple[Control, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...] = ()
    crashes: tuple[Crash, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    gate: Gate = dataclasses.field(default_factory=Gate)
    baseline: Comparison | None = None
    waivers: WaiverLedger = dataclasses.field(default_factory=WaiverLedger)
    settings: tuple[SettingInUse, ...] = ()
    counted: CountedVerdicts | None = None
    states_left_out: str = ""

    def count(self, control: Control | None = None) -> Counter[Outcome]:
        """How many findings came to each outcome, over all controls or for one."""
        found = Counter(
            finding.outcome
            for finding in self.findings
            if control is None or finding.control.id == control.id
        )
        for name, counts in (self.counted.counts if self.counted else {}).items():
            if control is None or control.id == name:
                found.update(counts)
        return found

    @property
    def total(self) -> int:
        """How many findings there are, told and counted."""
        return len(self.findings) + (self.counted.total if self.counted else 0)

    @property
    def gaps(self) -> tuple[Coverage, ...]:
        """The calls that gave no answer: each is one cause, however many findings it touches."""
        return tuple(one for one in self.coverage if one.status in (Status.DENIED, Status.FAILED))
