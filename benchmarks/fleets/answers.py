"""All that AWS tells of an account of N instances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from benchmarks.fleets.instances import image_and_setting_answers, instance_answers
from benchmarks.fleets.machines import machines_of, vpcs_of
from benchmarks.fleets.networks import name_answers, network_answers
from benchmarks.fleets.roles import account_answers
from benchmarks.fleets.transit import transit_answers
from inventory.snapshot import GLOBAL

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-central-1"


def fleet_answers(
    instances: int, regions: Sequence[str] = (REGION,)
) -> Iterator[tuple[str, str, Any]]:
    """Region (or ``global``), operation and answer, in the form that a snapshot keeps.

    The instances are spread evenly over the Regions, the first ones having one more.
    """
    for operation, answer in account_answers(ACCOUNT):
        yield GLOBAL, operation, answer
    each, more = divmod(instances, len(regions))
    for at, region in enumerate(regions):
        for operation, answer in _region_answers(region, each + (at < more)):
            yield region, operation, answer


def _region_answers(region: str, instances: int) -> Iterator[tuple[str, Any]]:
    vpcs = vpcs_of(ACCOUNT, region, instances)
    machines = machines_of(vpcs, instances)
    yield from instance_answers(vpcs, machines)
    yield from image_and_setting_answers(machines, region, ACCOUNT)
    yield from network_answers(vpcs, region)
    yield from transit_answers(vpcs, region)
    yield from name_answers(vpcs, region)
