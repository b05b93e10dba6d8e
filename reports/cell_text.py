"""What one cell says when it does not pass: no traceback, the finding itself."""

from __future__ import annotations

from policies.finding import Finding
from policies.gate import Gate, Standing
from policies.waivers import Waiver
from reports.visible import visible
from reports.waived import accepted_until, expired_sentence

_MOST_BLOCKERS = 5


def failure_message(finding: Finding) -> str:
    """Control, resource, what was found, what is expected, what stands in the way, the fix."""
    lines = [
        f"{_heading(finding)} ({finding.verdict.code})",
        f"  found:    {visible(finding.verdict.reason)}",
        f"  expected: {visible(finding.control.title)}",
    ]
    if finding.expired_waiver is not None:
        lines.append(f"  {expired_sentence(finding.expired_waiver)}")
    blockers = finding.verdict.blockers
    lines += [
        f"  blocked by {visible(blocker.resource)}: {visible(blocker.detail)}"
        for blocker in blockers[:_MOST_BLOCKERS]
    ]
    if len(blockers) > _MOST_BLOCKERS:
        lines.append(f"  … and {len(blockers) - _MOST_BLOCKERS} more")
    if finding.remediation:
        fix = [visible(line) for line in finding.remediation.splitlines()]
        lines.append("  fix:      " + "\n            ".join(fix))
    return "\n".join(lines)


def waived_message(finding: Finding, waiver: Waiver) -> str:
    """One line: who accepts the failure, until when and why, and what it is."""
    verdict = finding.verdict
    return visible(
        f"{accepted_until(waiver)}: {waiver.reason} "
        f"({_heading(finding)} fails, {verdict.code}: {verdict.reason})"
    )


def below_gate_message(finding: Finding, gate: Gate) -> str:
    """A failure that is told and not counted: why not, in the first line, then as any other."""
    if gate.standing(finding) is Standing.KNOWN:
        why = "known to the baseline"
    else:
        why = f"below the gate ({finding.severity.value}, the gate is {gate.fail_on.value})"
    return f"{why}: {failure_message(finding)}"


def unknown_message(finding: Finding) -> str:
    """One line: what could not be decided, and what would settle it."""
    settled_by = "; ".join(missing.what for missing in finding.verdict.missing)
    verdict = finding.verdict
    return visible(
        f"{_heading(finding)} cannot be decided ({verdict.code}): {verdict.reason}. "
        f"Would settle it: {settled_by}"
    )


def _heading(finding: Finding) -> str:
    return f"{finding.control.id} {finding.account}/{finding.region}/{finding.resource}"
