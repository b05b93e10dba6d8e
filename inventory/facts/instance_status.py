"""Status checks and scheduled events of running instances, as DescribeInstanceStatus tells them."""

from __future__ import annotations

from typing import ClassVar

from inventory.facts.evidence import Fact, Member


class StatusSummary(Member, frozen=True):
    """``status``: ok, impaired, initializing, insufficient-data or not-applicable (R-9.2)."""

    status: str = ""


class ScheduledEvent(Member, frozen=True):
    """``description`` begins with ``[Completed]`` or ``[Canceled]`` once the event is over."""

    code: str = ""
    description: str = ""
    not_before: str | float | None = None
    instance_event_id: str = ""


class InstanceStatus(Fact, frozen=True):
    """A summary is ``None`` where AWS reports no such check."""

    call: ClassVar[str] = "ec2:DescribeInstanceStatus"
    repeated: ClassVar[tuple[str, ...]] = (
        "instance_id",
        "system_status",
        "instance_status",
        "attached_ebs_status",
    )

    instance_id: str
    system_status: StatusSummary | None = None
    instance_status: StatusSummary | None = None
    attached_ebs_status: StatusSummary | None = None
    events: tuple[ScheduledEvent, ...] = ()

    @property
    def id(self) -> str:
        return self.instance_id
