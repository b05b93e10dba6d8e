"""What one cell says when it does not pass: no traceback, the finding itself."""

from __future__ import annotations

from policies.finding import Finding
from reports.visible import visible

_MOST_BLOCKERS = 5


def failure_message(finding: Finding) -> str:
    """Control, resource, what was found, what is expected, what stands in the way, the fix."""
    lines = [
        f"{_heading(finding)} ({finding.verdict.code})",
        f"  found:    {visible(finding.verdict.reason)}",
        f"  expected: {visible(finding.control.title)}",
    ]
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
