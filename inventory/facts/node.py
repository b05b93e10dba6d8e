"""What a control judges: one instance with everything around it, or one account and Region."""

from __future__ import annotations

import dataclasses
import functools
from datetime import datetime

from inventory.facts.evidence import Unread
from inventory.facts.host import HostFacts
from inventory.facts.instance import Instance
from inventory.facts.region import AccountFacts, RegionFacts

#: Region prefixes of the partitions other than ``aws`` (spec domain.md 2.3).
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}


@functools.cache
def partition_of(region: str) -> str:
    """The partition that a Region belongs to, ``aws-cn`` (spec domain.md 2.3)."""
    return next((part for prefix, part in _PARTITIONS.items() if region.startswith(prefix)), "aws")


@dataclasses.dataclass(frozen=True, eq=False)
class Place:
    """One Region of one account, for what is set there once and not on each instance.

    ``as_of`` is the snapshot's time, the only "now" a judgement may know; ``None`` when the
    snapshot does not say it.
    """

    region: RegionFacts
    account: AccountFacts
    as_of: datetime | None

    @property
    def key(self) -> tuple[str, str]:
        """(account id, Region): unique, and the order of a roll call."""
        return (self.account.account_id, self.region.name)

    @property
    def partition(self) -> str:
        """The partition of the Region (spec domain.md 2.3)."""
        return partition_of(self.region.name)


@dataclasses.dataclass(frozen=True, eq=False)
class Node:
    """An EC2 instance seen as a possible managed node; ``as_of`` as in ``Place``.

    ``regions`` are all places that were read together, its own among them: its packets may cross
    them. Empty = its own alone. ``host`` is what is known of the machine from within, ``None``
    where nobody looked.
    """

    instance: Instance
    region: RegionFacts
    account: AccountFacts
    as_of: datetime | None
    regions: tuple[RegionFacts, ...] = ()
    host: HostFacts | None = None

    @property
    def id(self) -> str:
        return self.instance.instance_id

    @property
    def key(self) -> tuple[str, str, str]:
        """(account id, Region, instance id): unique, and the order of a roll call."""
        return (self.account.account_id, self.region.name, self.id)

    @property
    def is_listed(self) -> bool:
        """Whether EC2 listed it; a machine that was only looked at from within is not."""
        return not isinstance(self.region.instances, Unread)

    @property
    def place(self) -> Place:
        """The account and Region it is in."""
        return Place(self.region, self.account, self.as_of)

    @property
    def partition(self) -> str:
        return partition_of(self.region.name)
