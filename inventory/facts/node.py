"""One instance with everything around it: what a control judges."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from inventory.facts.instance import Instance
from inventory.facts.region import AccountFacts, RegionFacts


@dataclasses.dataclass(frozen=True, eq=False)
class Node:
    """An EC2 instance seen as a possible managed node.

    ``as_of`` is the snapshot's time, the only "now" a judgement may know; ``None`` when the
    snapshot does not say it.
    """

    instance: Instance
    region: RegionFacts
    account: AccountFacts
    as_of: datetime | None

    @property
    def id(self) -> str:
        return self.instance.instance_id

    @property
    def key(self) -> tuple[str, str, str]:
        """(account id, Region, instance id): unique, and the order of a roll call."""
        return (self.account.account_id, self.region.name, self.id)

    @property
    def partition(self) -> str:
        """The partition of the Region (spec domain.md 2.3)."""
        prefixes = {
            "cn-": "aws-cn",
            "us-gov-": "aws-us-gov",
            "us-iso-": "aws-iso",
            "us-isob-": "aws-iso-b",
            "us-isof-": "aws-iso-f",
            "eu-isoe-": "aws-iso-e",
            "eusc-": "aws-eusc",
        }
        name = self.region.name
        return next((part for prefix, part in prefixes.items() if name.startswith(prefix)), "aws")
