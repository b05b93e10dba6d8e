"""The organization's policies around an account, as Organizations answers them."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import msgspec

from inventory.facts.evidence import Fact, Member, Unread


class PolicySummary(Member, frozen=True):
    policy_id: str = msgspec.field(name="Id")
    arn: str = ""
    name: str = ""
    type: str = ""
    aws_managed: bool = False


class OrganizationPolicy(Fact, frozen=True):
    """A service or resource control policy; ``content`` is JSON text."""

    call: ClassVar[str] = "organizations:DescribePolicy"

    policy_summary: PolicySummary
    content: str | None = None

    @property
    def id(self) -> str:
        return self.policy_summary.policy_id


@dataclasses.dataclass(frozen=True)
class PolicyLevel:
    """What is attached to one node on the way from root to account.

    ``target`` is the node's id: ``r-…``, ``ou-…`` or the account's.
    """

    target: str
    policies: tuple[OrganizationPolicy | Unread, ...] | Unread
