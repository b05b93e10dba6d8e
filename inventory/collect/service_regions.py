"""Where a service is, as far as the SDK's own endpoint data tell."""

from __future__ import annotations

from typing import Final

import boto3

from inventory.collect.refusal import Refusal
from inventory.facts import Status

#: Every Region has it, so its Regions are all that the data know.
_EVERYWHERE: Final = "ec2"


def is_known_to_lack(session: boto3.Session, service: str, region: str) -> bool:
    """Whether the data know the Region, and know the service in others only.

    Where they list no Region of a service, as for global ones, and of a Region that is newer than
    the SDK, they tell nothing.
    """
    offered = _regions_of(session, service)
    return bool(offered) and region in _regions_of(session, _EVERYWHERE) - offered


def service_not_in_region(service: str, region: str, told: str) -> Refusal:
    """The word that there is nothing of the service in the Region; ``told``: the failed attempt."""
    detail = f"the service {service} is not in {region}: {told}"
    return Refusal(Status.ABSENT, "SERVICE_NOT_IN_REGION", detail)


def _regions_of(session: boto3.Session, service: str) -> frozenset[str]:
    return frozenset(
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions(service, partition)
    )
