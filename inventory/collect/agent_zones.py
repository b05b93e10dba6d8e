"""The DNS zones that could answer for a host of the agent, instead of AWS's public ones."""

from __future__ import annotations

import functools
from typing import Final, NamedTuple


class _Suffixes(NamedTuple):
    """What a partition's host names end in: IPv4-only ones and dual-stack ones."""

    default: str
    dual_stack: str


#: Region prefixes of the partitions, with the suffixes that botocore's partition data gives.
_PARTITIONS: Final = {
    "cn-": _Suffixes("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    "us-iso-": _Suffixes("c2s.ic.gov", "api.aws.ic.gov"),
    "us-isob-": _Suffixes("sc2s.sgov.gov", "api.aws.scloud"),
    "us-isof-": _Suffixes("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    "eu-isoe-": _Suffixes("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    "eusc-": _Suffixes("amazonaws.eu", "api.amazonwebservices.eu"),
}
_ELSEWHERE: Final = _Suffixes("amazonaws.com", "api.aws")
#: What the agent talks to, and where it fetches updates and patches (H1, R-4.5).
_SERVICES: Final = ("ssm", "ssmmessages", "ec2messages", "s3")


@functools.cache
def agent_zones(region: str) -> frozenset[str]:
    """Every host name an agent of the Region may use, and all their parent domains.

    Default, FIPS and dual-stack names alike (H3, D30), in lower case without the final dot: a
    private hosted zone of one of these names takes the place of public answers (spec 2.7).
    """
    suffixes = next(
        (found for prefix, found in _PARTITIONS.items() if region.startswith(prefix)), _ELSEWHERE
    )
    hosts = {
        f"{service}{variant}.{region}.{suffix}"
        for service in _SERVICES
        for variant in ("", "-fips")
        for suffix in suffixes
    }
    hosts |= {f"s3{variant}.dualstack.{region}.{suffixes.default}" for variant in ("", "-fips")}
    return frozenset(
        ".".join(labels[start:])
        for labels in (host.split(".") for host in hosts)
        for start in range(len(labels))
    )
