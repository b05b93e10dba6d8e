"""What changed since an earlier run: findings are new, known, fixed or not judged (design 6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from policies.control import Outcome
from policies.settings import DISABLED

if TYPE_CHECKING:  # a finding says how it stands to the baseline, and may be counted
    from policies.counted import CountedVerdicts
    from policies.finding import Finding

#: Account, Region and resource id.
Subject = tuple[str, str, str]
_HOLDS: Final = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


class Change(StrEnum):
    """How a finding stands to the baseline."""

    NEW = "new"
    KNOWN = "known"


class _Fate(StrEnum):
    KNOWN = "known"
    FIXED = "fixed"
    EASED = "eased"
    WORSENED = "worsened"
    NOT_JUDGED = "not judged"


@dataclasses.dataclass(frozen=True)
class Earlier:
    """What the earlier run said of one control and resource; ``waived`` is an accepted failure.

    ``code`` is ``""`` where the verdict was counted and not told.
    """

    control: str
    subject: Subject
    outcome: Outcome
    code: str
    waived: bool = False

    @property
    def id(self) -> str:
        """As ``Finding.id``."""
        return "/".join((self.control, *self.subject))


@dataclasses.dataclass(frozen=True)
class Compared:
    """A failure of this run, and what the baseline says of it (``None``: it did not judge it)."""

    finding: Finding
    earlier: Earlier | None


@dataclasses.dataclass(frozen=True)
class Presence:
    """What is there now, selected or not: ``resources`` of the ``listed`` accounts and Regions."""

    resources: Collection[Subject]
    listed: Collection[tuple[str, str]]

    def lacks(self, subject: Subject) -> bool:
        """Whether it is gone for sure: its Region was listed without it."""
        return subject[:2] in self.listed and subject not in self.resources


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A run against its baseline, each part by finding id.

    ``new`` and ``known`` are failures of this run. Each failure of the baseline is in exactly one
    of ``known``, ``fixed`` (passes now, or does not apply any more), ``eased`` (only warns now),
    ``worsened`` (was accepted by a waiver, or a warning: among ``new``), ``not_judged`` (not
    selected, switched off, unknown now, or the resource is gone); ``gone`` are those of the last
    kind.
    ``warnings`` says that warnings were compared like failures. ``in_common`` counts the findings
    that both runs have; ``accounts`` are the baseline's, ``selection`` is what narrowed it.
    """

    as_of: str
    snapshot: str
    accounts: tuple[str, ...]
    selection: Mapping[str, str]
    new: tuple[Compared, ...]
    known: tuple[Compared, ...]
    fixed: tuple[str, ...]
    eased: tuple[str, ...]
    worsened: tuple[str, ...]
    not_judged: tuple[str, ...]
    gone: tuple[str, ...]
    in_common: int
    warnings: bool = False


@dataclasses.dataclass(frozen=True)
class Baseline:
    """An earlier run: ``findings`` by id, when its data was read, and whom it was about.

    ``counted`` are the verdicts that it counted and did not tell. With ``warnings`` a warning is
    compared like a failure, as ``--fail-on-warn`` counts it.
    """

    findings: Mapping[str, Earlier]
    as_of: str = ""
    snapshot: str = ""
    accounts: tuple[str, ...] = ()
    selection: Mapping[str, str] = dataclasses.field(default_factory=dict)
    warnings: bool = False
    counted: CountedVerdicts | None = None

    def compared(self, finding: Finding) -> Finding:
        """The finding with its ``change``: set on failures, ``None`` on all others."""
        if not self._counts(finding.outcome):
            return finding
        change = Change.KNOWN if self._knows(finding) else Change.NEW
        return dataclasses.replace(finding, change=change)

    def failed(self, finding_id: str) -> bool:
        """Whether the earlier run has a failure under that id, as ``compared`` counts failures."""
        earlier = self.findings.get(finding_id)
        return earlier is not None and self._counts(earlier.outcome)

    def comparison(self, findings: Iterable[Finding], presence: Presence) -> Comparison:
        """The findings of this run against the baseline; ``presence`` tells what is gone since."""
        now = {one.id: self.compared(one) for one in findings}
        fates: dict[_Fate, list[str]] = {fate: [] for fate in _Fate}
        for earlier in sorted(self.findings.values(), key=lambda one: one.id):
            if self._counts(earlier.outcome):
                fates[self._fate(now.get(earlier.id))].append(earlier.id)
        not_judged = fates[_Fate.NOT_JUDGED]
        return Comparison(
            as_of=self.as_of,
            snapshot=self.snapshot,
            accounts=self.accounts,
            selection=self.selection,
            new=self._changed(now.values(), Change.NEW),
            known=self._changed(now.values(), Change.KNOWN),
            fixed=tuple(fates[_Fate.FIXED]),
            eased=tuple(fates[_Fate.EASED]),
            worsened=tuple(fates[_Fate.WORSENED]),
            not_judged=tuple(not_judged),
            gone=tuple(one for one in not_judged if presence.lacks(self.findings[one].subject)),
            in_common=sum(self._earlier(one) is not None for one in now.values()),
            warnings=self.warnings,
        )

    def _counts(self, outcome: Outcome) -> bool:
        return outcome is Outcome.FAIL or (self.warnings and outcome is Outcome.WARN)

    def _knows(self, finding: Finding) -> bool:
        """Whether it was as bad before.

        A failure that was accepted until a date and is not any more is news: a baseline must not
        lengthen a waiver.
        """
        earlier = self.findings.get(finding.id)
        if earlier is None or not self._counts(earlier.outcome):
            return False
        if earlier.waived and finding.waiver is None:
            return False
        return earlier.outcome is Outcome.FAIL or finding.outcome is Outcome.WARN

    def _fate(self, finding: Finding | None) -> _Fate:
        """What became of a failure of the baseline, from this run's finding of the same id."""
        if finding is None or finding.outcome is Outcome.UNKNOWN:
            return _Fate.NOT_JUDGED
        if finding.verdict.code == DISABLED:
            return _Fate.NOT_JUDGED
        if finding.outcome in _HOLDS:
            return _Fate.FIXED
        if finding.change is None:
            return _Fate.EASED
        return _Fate.KNOWN if finding.change is Change.KNOWN else _Fate.WORSENED

    def _changed(self, findings: Iterable[Finding], change: Change) -> tuple[Compared, ...]:
        chosen = sorted((one for one in findings if one.change is change), key=lambda one: one.id)
        return tuple(Compared(one, self._earlier(one)) for one in chosen)

    def _earlier(self, finding: Finding) -> Earlier | None:
        """What the earlier run said of the same cell, told or counted."""
        told = self.findings.get(finding.id)
        if told is not None or self.counted is None:
            return told
        subject = (finding.account, finding.region, finding.resource)
        outcome = self.counted.outcome(finding.control.id, "/".join(subject))
        return Earlier(finding.control.id, subject, outcome, "") if outcome else None
