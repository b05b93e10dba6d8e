"""What a finding is about, by the names that other security tools know it by."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from policies.finding import Finding
from policies.roll import Roll


class TimeUnknownError(ValueError):
    """A format dates every finding, and the snapshot does not say when it was taken."""


@dataclasses.dataclass(frozen=True)
class CloudResource:
    """A resource as Security Hub names it: its type and its id there, an ARN where it has one."""

    type: str
    uid: str


def resource_of(finding: Finding) -> CloudResource:
    """The instance by its ARN; the account where a control judges an account and Region."""
    if not finding.is_about_instance:
        return CloudResource("AwsAccount", f"AWS::::Account:{finding.account}")
    where = f"{finding.partition}:ec2:{finding.region}:{finding.account}"
    return CloudResource("AwsEc2Instance", f"arn:{where}:instance/{finding.resource}")


def moment_of(roll: Roll) -> datetime:
    """When the judged data was read, UTC.

    Raises TimeUnknownError where the snapshot does not say so: a made-up time would put findings
    into the wrong place of somebody's history.
    """
    if not roll.run.as_of:
        raise TimeUnknownError("the time of the snapshot is unknown")
    return datetime.fromisoformat(roll.run.as_of).astimezone(UTC)


def product_of(roll: Roll) -> tuple[str, str]:
    """Name and version of the tool, from ``ssm-rollcall/0.1.0``; the latter may be empty."""
    name, _, version = roll.run.tool.partition("/")
    return name, version
