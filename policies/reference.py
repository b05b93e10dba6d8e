"""Dated knowledge that AWS's answers do not hold: handed in, so that users can replace it.

Agent releases and Regions have the specification's values as defaults, operating systems and
images none: without a table of them, the controls that need one say so.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from fnmatch import fnmatchcase
from typing import Final

from policies.dhmc.agent_version import (
    BROKEN_PROFILE_FLOOR,
    DHMC_FLOOR,
    EC2MESSAGES_LEFT,
    SSMMESSAGES_COMMANDS,
    Version,
)

#: Regions launched in 2024 or later, which have no ec2messages (R-4.2).
REGIONS_WITHOUT_EC2MESSAGES: Final = frozenset(
    {
        "ap-east-2",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "eusc-de-east-1",
        "mx-central-1",
    }
)


@dataclasses.dataclass(frozen=True)
class AgentReleases:
    """The agent versions that rules ask for (spec domain.md 2.8).

    ``floor``: older ones are a warning (D18). ``ec2messages_left``: from here on an agent leaves
    ec2messages once ssmmessages works (D17). ``imdsv2``: the first that lives with required
    tokens (R-6.3). ``dual_stack``: the first that can use IPv6 (R-4.4). ``recent``: from here on
    an agent counts as kept up to date.
    """

    floor: Version = EC2MESSAGES_LEFT
    imdsv2: Version = (2, 3, 814, 0)
    ssmmessages_commands: Version = SSMMESSAGES_COMMANDS
    ec2messages_left: Version = EC2MESSAGES_LEFT
    dhmc: Version = DHMC_FLOOR
    dhmc_broken_profile: Version = BROKEN_PROFILE_FLOOR
    dual_stack: Version = (3, 3, 3270, 0)
    recent: Version = (3, 3, 4364, 0)


DEFAULT_RELEASES: Final = AgentReleases()


@dataclasses.dataclass(frozen=True)
class OperatingSystem:
    """A system that Systems Manager supports, or did.

    ``name`` is what the agent's PlatformName begins with, ``version`` whole leading parts of its
    PlatformVersion, empty for any. ``end_of_life`` is the last day of the vendor's security
    updates for everyone, ``None`` where the vendor names none.
    """

    name: str
    version: str = ""
    end_of_life: date | None = None

    def covers(self, name: str, version: str) -> bool:
        """Whether a node that reports this is one, in any letter case."""
        told = version.casefold()
        return name.casefold().startswith(self.name.casefold()) and (
            not self.version or told == self.version or told.startswith(f"{self.version}.")
        )


@dataclasses.dataclass(frozen=True)
class OperatingSystems:
    """The table of systems, and the day it was last checked."""

    as_of: date | None = None
    systems: tuple[OperatingSystem, ...] = ()

    def find(self, name: str, version: str) -> OperatingSystem | None:
        """The entry that fits best: the longest name, then the longest version."""
        found = [one for one in self.systems if one.covers(name, version)]
        return max(found, key=lambda one: (len(one.name), len(one.version)), default=None)


NO_SYSTEMS: Final = OperatingSystems()


@dataclasses.dataclass(frozen=True)
class ImageKind:
    """Images of one owner by name (``*`` and ``?`` stand for text) and whether they ship an agent.

    ``platform`` is a start of PlatformDetails that says the same where the image is not known.
    """

    title: str
    has_agent: bool
    owner: str = ""
    name: str = ""
    platform: str = ""

    def covers(self, owner: str, name: str) -> bool:
        """Whether an image of that owner and name is of this kind."""
        return bool(self.name) and self.owner == owner and fnmatchcase(name, self.name)
