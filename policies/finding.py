"""Findings: what a control says of a resource."""

from __future__ import annotations

import dataclasses

from inventory.facts import SIGN_IN_CALL, Coverage, Evidence, Node, Place, Status
from inventory.facts.node import partition_of
from policies.baseline import Change
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
from policies.made import made
from policies.waivers import Waiver

__all__ = [
    "SIGN_IN_CALL",
    "Blocker",
    "Control",
    "Coverage",
    "Crash",
    "Evidence",
    "Finding",
    "Gap",
    "Missing",
    "Outcome",
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
    follows from, empty for a root. ``waiver`` is the one in force that accepts a failure,
    ``expired_waiver`` one that no longer does; ``change`` how a failure stands to the baseline,
    ``None`` without one. ``parameters`` are the user's settings that the control read for it, name
    and value, as far as they differ from the defaults. ``set_severity`` is the user's own.
    """

    control: Control
    account: str
    region: str
    resource: str
    name: str
    verdict: Verdict
    remediation: str = ""
    caused_by: tuple[str, ...] = ()
    waiver: Waiver | None = None
    change: Change | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    set_severity: Severity | None = None
    expired_waiver: Waiver | None = None

    @property
    def id(self) -> str:
        """``IMDS-01/111122223333/eu-central-1/i-…``: stable over runs."""
        return f"{self.control.id}/{self.account}/{self.region}/{self.resource}"

    @property
    def severity(self) -> Severity:
        """The user's own, else the case's where its verdict says one, else the control's."""
        return self.set_severity or self.verdict.severity or self.control.severity

    @property
    def outcome(self) -> Outcome:
        return self.verdict.outcome

    @property
    def partition(self) -> str:
        """The partition of the Region, ``aws-cn``."""
        return partition_of(self.region)

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
    return made(
        Finding,
        {
            "control": control,
            "account": account,
            "region": region,
            "resource": resource,
            "name": subject.instance.name if isinstance(subject, Node) else "",
            "verdict": verdict,
            "remediation": remediation,
        },
    )


@dataclasses.dataclass(frozen=True)
class Crash:
    """A control that raised: a defect of ours (``CONTROL_CRASHED``), neither pass nor unknown."""

    control: str
    resource: str
    error: str
