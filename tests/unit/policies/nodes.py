"""One running, registered, Online Linux instance, and how to change a single member of it."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from inventory.facts import DHMC_SETTING, Node
from tests.unit.world import ACCOUNT, NOW, fleet_of, only_node

ID = "i-0123456789abcdef0"


def ago(**span: float) -> str:
    """A time before NOW, as AWS writes it: ``ago(minutes=5)``."""
    return (NOW - timedelta(**span)).isoformat()


INSTANCE: dict[str, Any] = {
    "InstanceId": ID,
    "State": {"Name": "running"},
    "LaunchTime": ago(days=3),
    "MetadataOptions": {"State": "applied", "HttpEndpoint": "enabled", "HttpTokens": "required"},
    "Tags": [{"Key": "Name", "Value": "web-1"}],
}
MANAGED: dict[str, Any] = {
    "InstanceId": ID,
    "PingStatus": "Online",
    "LastPingDateTime": ago(minutes=2),
    "AgentVersion": "3.3.4851.0",
    "PlatformType": "Linux",
}
DHMC_OFF = {"ServiceSetting": {"SettingId": DHMC_SETTING, "SettingValue": "$None"}}


def node_with(
    instance: dict[str, Any] | None = None,
    managed: dict[str, Any] | None = None,
    *,
    listed: bool = True,
    **world: Any,
) -> Node:
    """The node with members replaced: ``{"MetadataOptions": {…}}``, ``{"PingStatus": …}``.

    ``listed=False`` leaves it out of DescribeInstanceInformation; ``world`` goes to ``fleet_of``,
    its ``regional`` answers added to the three that are always there.
    """
    rows = [copy.deepcopy(MANAGED) | (managed or {})] if listed else []
    answers = {
        "ec2.DescribeInstances": {
            "Reservations": [{"Instances": [copy.deepcopy(INSTANCE) | (instance or {})]}]
        },
        "ssm.DescribeInstanceInformation": {"InstanceInformationList": rows},
        "ssm.GetServiceSetting": DHMC_OFF,
    }
    denied = world.get("denied", {})
    answers |= world.pop("regional", {})
    return only_node(
        fleet_of({name: one for name, one in answers.items() if name not in denied}, **world)
    )


__all__ = ["ACCOUNT", "ID", "INSTANCE", "MANAGED", "NOW", "ago", "node_with"]
