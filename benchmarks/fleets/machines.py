"""Which instances there are: twins in auto scaling groups, and what is wrong with some of them."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Final

from benchmarks.fleets.guards import GROUPS, WITHOUT_HTTPS
from benchmarks.fleets.identifiers import identifier
from benchmarks.fleets.roles import EMPTY_PROFILE, WITHOUT_SSM, WRONG_TRUST, role_name
from benchmarks.fleets.vpcs import INSTANCES_EACH, ZONES, Shape, Vpc

TWINS: Final = 25
CURRENT_AGENT: Final = "3.3.2299.0"
#: Below the default floor, so a warning (D18), and below what IMDSv2 asks for (D16).
_AGING_AGENT: Final = "3.2.2303.0"
_OLD_AGENT: Final = "2.3.714.0"


class Defect(StrEnum):
    """What is wrong with an instance; the value is the control that finds the root."""

    WITHOUT_PROFILE = "IAM-01"
    EMPTY_PROFILE = "IAM-02"
    WRONG_TRUST = "IAM-03"
    WITHOUT_PERMISSIONS = "IAM-04"
    METADATA_OFF = "IMDS-01"
    OLD_AGENT = "IMDS-02"
    WITHOUT_HTTPS = "NET-02"
    CLOSED_SUBNET = "NET-03"
    FORGOTTEN_SUBNET = "NET-04"
    LOST = "NODE-03"


#: Of two hundred instances in a row, ten: 5 %. Others among them are stopped, or in a branch.
STRIDE: Final = 200
_DEFECTS: Final = {3 + 20 * at: defect for at, defect in enumerate(Defect)}
_STOPPED: Final = (11, 91, 151, 171)
_BRANCH: Final = (197,)
#: The agent never reported in from these, and has fallen silent on the others.
_NEVER_SEEN: Final = frozenset(
    {Defect.WITHOUT_PROFILE, Defect.EMPTY_PROFILE, Defect.WITHOUT_PERMISSIONS, Defect.WITHOUT_HTTPS}
)
_PROFILES: Final = {
    Defect.WITHOUT_PROFILE: "",
    Defect.EMPTY_PROFILE: EMPTY_PROFILE,
    Defect.WRONG_TRUST: WRONG_TRUST,
    Defect.WITHOUT_PERMISSIONS: WITHOUT_SSM,
}


@dataclasses.dataclass(frozen=True)
class Platform:
    """A machine image's kind, and what the agent on it reports."""

    image: str
    owner: str
    name: str
    version: str
    is_windows: bool = False


_AMAZON_LINUX: Final = Platform(
    "al2023-ami-2023.9.{}-kernel-6.1-x86_64", "137112412989", "Amazon Linux", "2023"
)
#: Past its end of life, which is a warning.
_AMAZON_LINUX_2: Final = Platform(
    "amzn2-ami-kernel-5.10-hvm-2.0.{}-gp2", "137112412989", "Amazon Linux", "2"
)
_UBUNTU: Final = Platform(
    "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-{}",
    "099720109477",
    "Ubuntu",
    "24.04",
)
_WINDOWS: Final = Platform(
    "Windows_Server-2022-English-Full-Base-{}",
    "801119661308",
    "Microsoft Windows Server 2022 Datacenter",
    "10.0.20348",
    is_windows=True,
)
#: What groups run on, in turn.
_MIXTURE: Final = (*(_AMAZON_LINUX, _UBUNTU, _AMAZON_LINUX, _WINDOWS) * 4, _AMAZON_LINUX_2)
_RELEASES: Final = ("20260701", "20260801", "20260901", "20261001")
_SIZES: Final = ("t3.medium", "m5.large", "m6i.xlarge", "c6i.2xlarge", "r5.large")
_ENVIRONMENTS: Final = ("prod", "prod", "prod", "staging", "dev")


@dataclasses.dataclass(frozen=True)
class Group:
    """An auto scaling group, whose instances are twins but for their zone, address and ids."""

    vpc: Vpc
    number: int

    @property
    def name(self) -> str:
        return f"{GROUPS[self.number % len(GROUPS)]}-{self.vpc.number:03}-{self.number:02}"

    @property
    def _seed(self) -> int:
        """Spreads what groups differ in over all VPCs of the Region."""
        return self.vpc.number * 7 + self.number

    @property
    def role(self) -> str:
        return role_name(self._seed)

    @property
    def platform(self) -> Platform:
        return _MIXTURE[self._seed % len(_MIXTURE)]

    @property
    def release(self) -> str:
        return _RELEASES[self._seed % len(_RELEASES)]

    @property
    def image_id(self) -> str:
        return identifier("ami", self.vpc.region, self.platform.image, self.release)

    @property
    def security_groups(self) -> tuple[str, ...]:
        one = self._seed % len(GROUPS)
        return GROUPS[one : one + 1] if self._seed % 3 else (GROUPS[one], GROUPS[one - 1])

    @property
    def size(self) -> str:
        return _SIZES[self._seed % len(_SIZES)]

    @property
    def environment(self) -> str:
        return _ENVIRONMENTS[self._seed % len(_ENVIRONMENTS)]

    @property
    def tokens(self) -> str:
        return "required" if self._seed % 9 else "optional"

    @property
    def hop_limit(self) -> int:
        return 1 if self._seed % 4 else 2

    @property
    def agent_version(self) -> str:
        return CURRENT_AGENT if self._seed % 6 else _AGING_AGENT

    @property
    def age_days(self) -> int:
        """Days since its launch configuration was rolled out."""
        return 20 + self._seed % 200


@dataclasses.dataclass(frozen=True)
class Machine:
    """One instance; ``number`` counts over the Region."""

    number: int
    group: Group

    @property
    def id(self) -> str:
        return identifier("i", self.vpc.region, self.number)

    @property
    def vpc(self) -> Vpc:
        return self.group.vpc

    @property
    def own_number(self) -> int:
        """Which one it is of its VPC's."""
        return self.number % INSTANCES_EACH

    @property
    def defect(self) -> Defect | None:
        return _DEFECTS.get(self.number % STRIDE)

    @property
    def is_running(self) -> bool:
        return self.number % STRIDE not in _STOPPED

    @property
    def subnet(self) -> str:
        """Also the one in the branch, if its VPC has one; else in the zones in turn."""
        if self.defect is Defect.CLOSED_SUBNET:
            return "closed"
        if self.defect is Defect.FORGOTTEN_SUBNET:
            return "forgotten"
        if self.number % STRIDE in _BRANCH and "branch" in self.vpc.subnets:
            return "branch"
        return f"app-{ZONES[self.number % len(ZONES)]}"

    @property
    def address(self) -> str:
        return self.vpc.address(self.subnet, self.own_number)

    @property
    def public_address(self) -> str:
        """``""`` without one; it is given back when the instance stops."""
        if self.vpc.shape is not Shape.PUBLIC or not self.is_running:
            return ""
        third, fourth = divmod(self.own_number, 256)
        return f"{52 + self.vpc.number // 256}.{self.vpc.number % 256}.{third}.{fourth}"

    @property
    def profile(self) -> str:
        """The instance profile's name, ``""`` without one."""
        return (
            self.group.role if self.defect is None else _PROFILES.get(self.defect, self.group.role)
        )

    @property
    def security_groups(self) -> tuple[str, ...]:
        if self.defect is Defect.WITHOUT_HTTPS:
            return (WITHOUT_HTTPS,)
        return self.group.security_groups

    @property
    def tokens(self) -> str:
        return "required" if self.defect is Defect.OLD_AGENT else self.group.tokens

    @property
    def agent_version(self) -> str:
        return _OLD_AGENT if self.defect is Defect.OLD_AGENT else self.group.agent_version

    @property
    def is_known(self) -> bool:
        """Whether its agent has ever reported in."""
        return self.defect not in _NEVER_SEEN and self.subnet != "branch"

    @property
    def is_online(self) -> bool:
        return self.is_known and self.is_running and self.defect is None


def vpcs_of(account: str, region: str, instances: int) -> tuple[Vpc, ...]:
    """The Region's VPCs: 500 instances each, the last one with what is left."""
    return tuple(Vpc(account, region, number) for number in range(-(-instances // INSTANCES_EACH)))


def machines_of(vpcs: tuple[Vpc, ...], instances: int) -> tuple[Machine, ...]:
    """The Region's instances, VPC by VPC and group by group."""
    groups = [Group(vpc, one) for vpc in vpcs for one in range(INSTANCES_EACH // TWINS)]
    return tuple(Machine(number, groups[number // TWINS]) for number in range(instances))
