"""Calls about the instances of a Region and their agents: never asked where it holds none.

``DEEP_CALLS`` cost a request an instance and are asked with ``--deep`` only (D14): the session
channel of every running instance that Systems Manager knows, and the console of every running one
that is not Online.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from inventory.collect.call import Answered, Call, Listing, PerResource, Repeated, Request
from inventory.collect.vpcs_in_use import INSTANCES
from inventory.facts import DHMC_SETTING, UPDATE_DOCUMENT

SERVICE_SETTING: Final = "ssm.GetServiceSetting"
_MANAGED_NODES: Final = "ssm.DescribeInstanceInformation"
#: As many values as EC2 takes in one filter.
_FILTER_VALUES: Final = 200


def _instances(answered: Answered) -> Iterator[Mapping[str, Any]]:
    for reservation in answered.rows(INSTANCES, "Reservations"):
        yield from reservation["Instances"]


def _running(answered: Answered) -> tuple[str, ...]:
    return tuple(
        one["InstanceId"]
        for one in _instances(answered)
        if one.get("State", {}).get("Name", "").casefold() == "running"
    )


def _ping_status(answered: Answered) -> dict[str, str]:
    """The ping status of each managed node, lower case."""
    nodes = answered.rows(_MANAGED_NODES, "InstanceInformationList")
    return {node["InstanceId"]: node.get("PingStatus", "").casefold() for node in nodes}


def _images_in_use(answered: Answered) -> tuple[Request, ...]:
    """The images as a filter: an id that no longer exists is left out, not an error (R-8.1)."""
    images = sorted({one["ImageId"] for one in _instances(answered) if one.get("ImageId")})
    return tuple(
        {
            "Filters": [{"Name": "image-id", "Values": images[first : first + _FILTER_VALUES]}],
            "IncludeDeprecated": True,
        }
        for first in range(0, len(images), _FILTER_VALUES)
    )


def _channels(answered: Answered) -> tuple[Request, ...]:
    known = _ping_status(answered)
    return tuple({"Target": one} for one in _running(answered) if one in known)


def _silent_consoles(answered: Answered) -> tuple[Request, ...]:
    """Nobody is known to be silent where the managed nodes could not be read."""
    if _MANAGED_NODES not in answered.answers:
        return ()
    status = _ping_status(answered)
    silent = (one for one in _running(answered) if status.get(one) != "online")
    return tuple({"InstanceId": one, "Latest": True} for one in silent)


GET_CONNECTION_STATUS: Final = Call(
    operation="ssm.GetConnectionStatus",
    shape=PerResource("Status", _channels, (INSTANCES, _MANAGED_NODES)),
)
GET_CONSOLE_OUTPUT: Final = Call(
    operation="ec2.GetConsoleOutput",
    shape=PerResource("InstanceId", _silent_consoles, (INSTANCES, _MANAGED_NODES)),
)
DEEP_CALLS: Final = (GET_CONNECTION_STATUS, GET_CONSOLE_OUTPUT)

NODE_CALLS: Final = (
    Call(
        operation="ec2.DescribeIamInstanceProfileAssociations",
        shape=Listing(("IamInstanceProfileAssociations",), 1000),
    ),
    Call(operation=_MANAGED_NODES, shape=Listing(("InstanceInformationList",), 50)),
    Call(
        operation=SERVICE_SETTING,
        shape=Repeated("ServiceSetting", ({"SettingId": DHMC_SETTING},)),
    ),
    Call(
        operation="ec2.DescribeInstanceStatus",
        shape=Listing(("InstanceStatuses",), 1000),
        parameters={"IncludeAllInstances": False},
        where_known={"IncludeManagedResources": True},
    ),
    Call(
        operation="ec2.DescribeImages",
        shape=PerResource("Images", _images_in_use, (INSTANCES,), 1000),
    ),
    Call(
        operation="ssm.ListAssociations",
        shape=Listing(("Associations",), 50),
        parameters={"AssociationFilterList": [{"key": "Name", "value": UPDATE_DOCUMENT}]},
    ),
    *DEEP_CALLS,
)
