"""The question that is put to policies: who does what to which resources, with which keys."""

from __future__ import annotations

import dataclasses

from policies.iam.evaluation.keys import ConditionKeys


@dataclasses.dataclass(frozen=True)
class Service:
    """An AWS service calling for itself: ``ec2.amazonaws.com``."""

    name: str


@dataclasses.dataclass(frozen=True)
class RoleSession:
    """A session of a role, which is known by its role ARN (with path) and by its own ARN."""

    role_arn: str
    session_arn: str
    account: str


Principal = Service | RoleSession


@dataclasses.dataclass(frozen=True)
class Request:
    """One action on one or more resources, all of which have to be allowed.

    A resource is a whole ARN, or ``*`` for an action without resource types.
    """

    action: str
    resources: tuple[str, ...]
    principal: Principal
    keys: ConditionKeys

    @property
    def folded_action(self) -> str:
        """Action names know no case."""
        return self.action.lower()
