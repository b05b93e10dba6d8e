"""NODE-01: EC2's status checks of the instance pass."""

from __future__ import annotations

from typing import Final, NamedTuple

from inventory.facts import Evidence, InstanceStatus, Node, Unread
from inventory.facts.instance_status import ScheduledEvent
from policies.control import (
    FRESH_PING,
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    passed,
    undecidable,
    unread,
    warned,
)
from policies.left_open import LIVE_UNREAD, left_open
from policies.live import heard_from, unheard

CONTROL = Control(
    id="NODE-01",
    title="EC2 status checks pass",
    severity=Severity.HIGH,
    category="node",
    why=(
        "On an impaired host, in a guest that does not boot, or with a volume that stalls, no "
        "agent answers, whatever its permissions and its network are."
    ),
    remediation=("aws ec2 describe-instance-status --region {region} --instance-ids {instance_id}"),
    needs=(
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceStatus",
        "ssm:DescribeInstanceInformation",
    ),
    references=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instances-status-check_sched.html",
    ),
    reads=FRESH_PING,
    rests_on=RestsOn.MACHINE,
)


class _Impaired(NamedTuple):
    """What an impaired check means and what repairs it (R-9.2)."""

    code: str
    meaning: str
    repair: str


_IMPAIRED: Final = {
    "SystemStatus": _Impaired(
        code="SYSTEM_IMPAIRED",
        meaning="the host of the instance is impaired",
        repair="Stop and start it, which moves it to another host: "
        "aws ec2 stop-instances --region {1} --instance-ids {0} && "
        "aws ec2 wait instance-stopped --region {1} --instance-ids {0} && "
        "aws ec2 start-instances --region {1} --instance-ids {0}",
    ),
    "InstanceStatus": _Impaired(
        code="INSTANCE_IMPAIRED",
        meaning="the guest does not answer (boot, kernel, network or memory)",
        repair="Look at the console, then reboot: aws ec2 get-console-output --latest "
        "--region {1} --instance-id {0}; aws ec2 reboot-instances --region {1} --instance-ids {0}",
    ),
    "AttachedEbsStatus": _Impaired(
        code="EBS_IMPAIRED",
        meaning="an attached volume does not complete its I/O",
        repair="Look at the volumes: aws ec2 describe-volume-status --region {1} --filters "
        "Name=attachment-status.instance-id,Values={0}",
    ),
}
_WAITING: Final = {
    "initializing": ("STATUS_INITIALIZING", "the checks are still running"),
    "insufficient-data": ("STATUS_INSUFFICIENT_DATA", "a check has too little data"),
}
#: How the description of an event begins that is over.
_OVER: Final = ("[completed]", "[canceled]")


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the checks of host, guest and volumes, then scheduled events (D12, R-9.2 to R-9.4).

    A volume check that EC2 does not report, or that is not applicable, does not count.
    """
    statuses = node.region.instance_statuses
    row = statuses.find(node.id)
    if isinstance(row, Unread):
        return unread(row)
    impaired = next((name for name in _IMPAIRED if _status(row, name) == "impaired"), None)
    if impaired is not None:
        return _impaired(node, row, impaired, context)
    return _undecided(row) or _waiting(row) or _scheduled(row) or _sound(row)


def _status(row: InstanceStatus, name: str) -> str:
    """The status of one check in lower case; ``""`` where there is no such check."""
    summary = {
        "SystemStatus": row.system_status,
        "InstanceStatus": row.instance_status,
        "AttachedEbsStatus": row.attached_ebs_status,
    }[name]
    return summary.status.casefold() if summary is not None else ""


def _impaired(node: Node, row: InstanceStatus, name: str, context: Context) -> Verdict:
    code, meaning, repair = _IMPAIRED[name]
    seen, remediation = row.evidence(f"{name}.Status"), repair.format(node.id, node.region.name)
    ping = heard_from(node, context)
    if ping is not None:
        return warned(
            code,
            f"{meaning}, yet the node is Online",
            seen,
            ping.evidence("LastPingDateTime"),
            remediation=remediation,
        )
    blocked = failed(
        code,
        meaning,
        seen,
        blockers=(Blocker(node.id, f"{name} is impaired"),),
        remediation=remediation,
    )
    gap = unheard(node)
    if gap is None:
        return blocked
    return left_open(blocked, LIVE_UNREAD, "whether it is Online is not known", (gap,), node.id)


def _undecided(row: InstanceStatus) -> Verdict | None:
    """A check of host or guest that is not there, or a value that AWS did not have yet."""
    for name in _IMPAIRED:
        status, is_volume = _status(row, name), name == "AttachedEbsStatus"
        if status in ("ok", *_WAITING) or (is_volume and status in ("", "not-applicable")):
            continue
        if not status:
            return unread(Unread(row.call, "NOT_RECORDED", f"{name} of {row.instance_id}"))
        return undecidable(
            "STATUS_UNRECOGNIZED",
            f"{name} is {status!r}, which tells nothing that this version knows",
            row.evidence(f"{name}.Status"),
            settled_by=f"{name} of {InstanceStatus.call}",
        )
    return None


def _waiting(row: InstanceStatus) -> Verdict | None:
    for name in _IMPAIRED:
        found = _WAITING.get(_status(row, name))
        if found is not None:
            code, meaning = found
            return warned(code, f"{meaning}: {name}", row.evidence(f"{name}.Status"))
    return None


def _scheduled(row: InstanceStatus) -> Verdict | None:
    ahead = [one for one in row.events if not _is_over(one)]
    if not ahead:
        return None
    first = ahead[0]
    when = f", not before {first.not_before}" if first.not_before else ""
    return warned(
        "EVENT_SCHEDULED",
        f"AWS has scheduled {first.code or 'an event'} for it{when}",
        row.evidence("Events"),
    )


def _is_over(event: ScheduledEvent) -> bool:
    return event.description.casefold().startswith(_OVER)


def _sound(row: InstanceStatus) -> Verdict:
    seen: list[Evidence] = [
        row.evidence(f"{name}.Status") for name in _IMPAIRED if _status(row, name)
    ]
    return passed("STATUS_OK", "EC2's status checks pass; they say nothing of the agent", *seen)
