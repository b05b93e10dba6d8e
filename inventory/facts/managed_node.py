"""What Systems Manager says: managed nodes and service settings."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from inventory.facts.evidence import Fact
from inventory.facts.time import Timestamp

DHMC_SETTING = "/ssm/managed-instance/default-ec2-instance-management-role"


class ManagedNode(Fact, frozen=True):
    """A row of DescribeInstanceInformation: present once the agent has reported in (R-7)."""

    call: ClassVar[str] = "ssm:DescribeInstanceInformation"
    repeated: ClassVar[tuple[str, ...]] = (
        "instance_id",
        "ping_status",
        "agent_version",
        "platform_type",
        "platform_name",
        "platform_version",
        "resource_type",
        "ip_address",
        "computer_name",
        "source_id",
        "source_type",
    )

    instance_id: str
    ping_status: str = ""
    last_ping_date_time: Timestamp = None
    agent_version: str = ""
    platform_type: str = ""
    platform_name: str = ""
    platform_version: str = ""
    resource_type: str = ""
    ip_address: str = msgspec.field(name="IPAddress", default="")
    computer_name: str = ""
    source_id: str = ""
    source_type: str = ""

    @property
    def id(self) -> str:
        return self.instance_id


class ServiceSetting(Fact, frozen=True):
    """``setting_value`` decides, never ``status`` (R-2.6)."""

    call: ClassVar[str] = "ssm:GetServiceSetting"

    setting_id: str
    setting_value: str = ""
    status: str = ""
    last_modified_date: Timestamp = None
    arn: str = msgspec.field(name="ARN", default="")

    @property
    def id(self) -> str:
        return self.setting_id
