"""State Manager associations: which document runs on which nodes, and how often."""

from __future__ import annotations

from typing import ClassVar

from inventory.facts.evidence import Fact, Member
from inventory.facts.time import Timestamp

#: AWS's document that brings the agent to its newest version.
UPDATE_DOCUMENT = "AWS-UpdateSSMAgent"


class Target(Member, frozen=True):
    """``InstanceIds``, ``tag:NAME``, ``tag-key``, ``resource-groups:Name``, … and their values."""

    key: str = ""
    values: tuple[str, ...] = ()


class StateAssociation(Fact, frozen=True):
    """``instance_id`` is set instead of targets where the association is of the older kind."""

    call: ClassVar[str] = "ssm:ListAssociations"

    association_id: str
    name: str = ""
    instance_id: str = ""
    targets: tuple[Target, ...] = ()
    schedule_expression: str = ""
    last_execution_date: Timestamp = None

    @property
    def id(self) -> str:
        return self.association_id
