"""What users may set: the thresholds and choices of the built-in controls (D13, D24, D30)."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from policies.reference import (
    DEFAULT_RELEASES,
    NO_SYSTEMS,
    REGIONS_WITHOUT_EC2MESSAGES,
    AgentReleases,
    ImageKind,
    OperatingSystems,
)


@dataclasses.dataclass(frozen=True)
class Assumption:
    """The user's own word for what AWS does not show: who gives it, and why (design 4).

    ``setting`` is the line of parameters.yaml, ``scp: allow``; ``accounts`` holds the account ids
    it is meant for, empty for every account.
    """

    setting: str
    owner: str
    reason: str
    accounts: tuple[str, ...] = ()

    def covers(self, account: str) -> bool:
        """Whether it is meant for that account."""
        return not self.accounts or account in self.accounts


@dataclasses.dataclass(frozen=True)
class Parameters:
    """Defaults are the decisions' own numbers; a value in use is recorded with the run.

    ``clock_tolerance`` is how far an AWS time may lie ahead of the snapshot's (reading an account
    takes a while). ``endpoint_placement``: ``any`` (an endpoint anywhere in the VPC serves),
    ``zone`` or ``subnet``. ``dhmc_profile_may_serve``: accept a sufficient profile under DHMC (D3).
    ``scp_allow``: in which accounts the organization's policies that nobody could read are
    assumed to allow what the nodes need. The last four are dated reference data.
    """

    clock_tolerance: timedelta = timedelta(minutes=15)
    ping_fresh: timedelta = timedelta(minutes=15)
    launch_grace: timedelta = timedelta(minutes=10)
    launch_patience: timedelta = timedelta(minutes=60)
    profile_grace: timedelta = timedelta(minutes=30)
    endpoint_placement: str = "any"
    dhmc_profile_may_serve: bool = False
    scp_allow: tuple[Assumption, ...] = ()
    agent_releases: AgentReleases = DEFAULT_RELEASES
    regions_without_ec2messages: frozenset[str] = REGIONS_WITHOUT_EC2MESSAGES
    operating_systems: OperatingSystems = NO_SYSTEMS
    image_kinds: tuple[ImageKind, ...] = ()

    def scp_assumption(self, account: str) -> Assumption | None:
        """The first assumption about unread organization policies that covers the account."""
        return next((one for one in self.scp_allow if one.covers(account)), None)
