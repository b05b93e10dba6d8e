"""Findings, and the roll they make up: what a run hands to the reports."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping

from inventory.facts import Coverage, Evidence, Node, Place, Status
from policies.control import (
    Blocker,
    Control,
    Gap,
    Missing,
    Outcome,
    Scope,
    Severity,
    Verdict,
)

__all__ = [
    "Blocker",
    "Control",
    "Coverage",
    "Crash",
    "Evidence",
    "Finding",
    "Gap",
    "Missing",
    "Outcome",
    "Roll",
    "Run",
    "Scope",
    "Severity",
    "Status",
    "Verdict",
    "finding_of",
]


@dataclasses.dataclass(frozen=True)
class Finding:
    """Control × resource × verdict. ``resource`` is an instance id; ``name`` its hostile Name tag.

    Of a control that judges an account and Region, ``resource`` is the Region's name and ``name``
    is empty. ``remediation`` is filled in; ``caused_by`` holds the ids of the findings this one
    follows from, empty for a root.
    """

    control: Control
    account: str
    region: str
    resource: str
    name: str
    verdict: Verdict
    remediation: str = ""
    caused_by: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """``IMDS-01/111122223333/eu-central-1/i-…``: stable over runs."""
        return f"{self.control.id}/{self.account}/{self.region}/{self.resource}"

    @property
    def severity(self) -> Severity:
        """The case's own severity where its verdict says one, else the control's."""
        return self.verdict.severity or self.control.severity

    @property
    def outcome(self) -> Outcome:
        return self.verdict.outcome

    @property
    def is_about_instance(self) -> bool:
        """Whether ``resource`` is an instance, and not an account's Region."""
        return self.control.scope is Scope.INSTANCE


def finding_of(control: Control, subject: Node | Place, verdict: Verdict) -> Finding:
    """The finding that a verdict makes, its remediation written out for what was judged."""
    account, region = subject.account.account_id, subject.region.name
    resource = subject.id if isinstance(subject, Node) else region
    remediation = verdict.remediation
    if not remediation and verdict.outcome in (Outcome.FAIL, Outcome.WARN):
        remediation = (
            control.remediation.replace("{instance_id}", resource)
            .replace("{region}", region)
            .replace("{account}", account)
        )
    return Finding(
        control=control,
        account=account,
        region=region,
        resource=resource,
        name=subject.instance.name if isinstance(subject, Node) else "",
        verdict=verdict,
        remediation=remediation,
    )


@dataclasses.dataclass(frozen=True)
class Crash:
    """A control that raised: a defect of ours (``CONTROL_CRASHED``), neither pass nor unknown."""

    control: str
    resource: str
    error: str


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


@dataclasses.dataclass(frozen=True)
class Roll:
    """Everything a report may tell: the findings of the selected cells, sorted by id."""

    run: Run
    controls: tuple[Control, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...] = ()
    crashes: tuple[Crash, ...] = ()

    def count(self, control: Control | None = None) -> Counter[Outcome]:
        """How many findings came to each outcome, over all controls or for one."""
        return Counter(
            finding.outcome
            for finding in self.findings
            if control is None or finding.control.id == control.id
        )

    @property
    def gaps(self) -> tuple[Coverage, ...]:
        """The calls that gave no answer: each is one cause, however many findings it touches."""
        return tuple(one for one in self.coverage if one.status in (Status.DENIED, Status.FAILED))
