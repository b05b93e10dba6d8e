"""Findings made up for the diagnosis: control, instance and what stands in the way."""

from __future__ import annotations

from policies.control import Blocker, Control, Outcome, Scope, Severity, Verdict, failed
from policies.finding import Finding

ACCOUNT, REGION = "111122223333", "eu-central-1"


def finding(
    control: str,
    resource: str,
    verdict: Verdict,
    *,
    severity: Severity = Severity.HIGH,
    of_region: bool = False,
    remediation: str = "",
) -> Finding:
    scope = Scope.REGION if of_region else Scope.INSTANCE
    record = Control(control, "t", severity, "test", "", "", (), (), scope=scope)
    return Finding(record, ACCOUNT, REGION, resource, "", verdict, remediation)


def node_of(instance_id: str) -> str:
    return f"{ACCOUNT}/{REGION}/{instance_id}"


def blocked(*resources: str, code: str = "BLOCKED") -> Verdict:
    return failed(code, "no way", blockers=tuple(Blocker(one, "closed") for one in resources))


def lost(instance_id: str) -> Finding:
    """Never heard of although it should be."""
    return finding("NODE-02", instance_id, failed("NOT_REGISTERED", "never heard of"))


def answered(outcome: Outcome, code: str) -> Verdict:
    return Verdict(outcome, code, code.replace("_", " ").casefold())
