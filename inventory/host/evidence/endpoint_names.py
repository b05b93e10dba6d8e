"""The host names that the toolkits try: their own building, right in some partitions only."""

from __future__ import annotations

from typing import Final

#: Region prefixes of partitions whose names do not end as the toolkits think (domain.md 2.3).
_OTHER_SUFFIX: Final = ("cn-", "us-iso", "eu-isoe-", "eusc-")
_SUFFIX: Final = ".amazonaws.com"


def region_of(host: str) -> str:
    """The Region in ``ssm.eu-west-1.amazonaws.com``, ``""`` where there is none in it."""
    middle = host.removesuffix(_SUFFIX)
    return middle.partition(".")[2] if middle != host else ""


def is_made_up(host: str) -> bool:
    """Whether a toolkit tried a name that no agent uses, so that its answer says nothing.

    Without IMDSv1 the Linux toolkit finds no Region and asks for ``ssm..amazonaws.com``; in China
    and the isolated partitions both use the suffix of the others (domain.md 1.3, T-80).
    """
    region = region_of(host)
    return not region or region.startswith(_OTHER_SUFFIX)
