"""Machine images in use, as DescribeImages tells them."""

from __future__ import annotations

from typing import ClassVar

from inventory.facts.evidence import Fact


class Image(Fact, frozen=True):
    """An AMI that may still be described: a deregistered or withdrawn one is not (R-8.1)."""

    call: ClassVar[str] = "ec2:DescribeImages"

    image_id: str
    name: str = ""
    owner_id: str = ""
    image_owner_alias: str = ""
    description: str = ""

    @property
    def id(self) -> str:
        return self.image_id
