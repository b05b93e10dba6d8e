"""The layers of policies that a request has to pass (iam.md 1)."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Self

from inventory.facts import Unread
from policies.iam.evaluation.policy import Policy
from policies.iam.evaluation.statement import Statement


@dataclasses.dataclass(frozen=True)
class Layer:
    """Policies whose Allows are united.

    ``unread`` are parts that nobody could read: they may hold any Allow and any Deny.
    """

    name: str
    policies: tuple[Policy, ...] = ()
    unread: tuple[Unread, ...] = ()

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of all policies, in order."""
        return tuple(one for policy in self.policies for one in policy.statements)

    @classmethod
    def not_read(cls, name: str, gap: Unread) -> Self:
        """A layer that is there, and nothing is known of it."""
        return cls(name, unread=(gap,))


@dataclasses.dataclass(frozen=True)
class Layers:
    """What stands around one principal; an absent layer is skipped (E2).

    ``identity`` and ``resource`` grant: one of them is enough, as the same account owns both
    (E11). A trust policy stands in ``resource`` alone (E9). ``scps`` holds one layer for each
    level from root to account, each of which has to allow (E3); ``rcps`` only deny (E6). Whoever
    asks leaves out what does not apply: SCPs for the management account and for services (E5,
    E9), RCPs for services they do not cover (E7).
    """

    identity: Layer | None = None
    resource: Layer | None = None
    boundary: Layer | None = None
    session: Layer | None = None
    scps: tuple[Layer, ...] = ()
    rcps: tuple[Layer, ...] = ()
    endpoint: Layer | None = None

    @cached_property
    def granting(self) -> tuple[Layer, ...]:
        return tuple(one for one in (self.identity, self.resource) if one is not None)

    @cached_property
    def limiting(self) -> tuple[Layer, ...]:
        """Layers that grant nothing, and have to allow all the same (E4)."""
        single = (self.boundary, self.session, self.endpoint)
        return (*self.scps, *(one for one in single if one is not None))
