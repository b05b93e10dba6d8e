"""The instance profile associations of one node, looked up instead of searched for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from inventory.facts import InstanceProfileAssociation, Node, Table, Unread

Associations = tuple[InstanceProfileAssociation, ...]


def associations_of(node: Node) -> Associations | Unread:
    """Those that name the instance, in id order."""
    listed = node.region.profile_associations
    return listed if isinstance(listed, Unread) else _by_instance(listed).get(node.id, ())


@lru_cache(maxsize=64)
def _by_instance(
    listed: Table[InstanceProfileAssociation],
) -> Mapping[str, Associations]:
    """Those of a Region, sorted out once for all its instances."""
    found: dict[str, list[InstanceProfileAssociation]] = {}
    for one in listed:
        found.setdefault(one.instance_id, []).append(one)
    return {instance: tuple(some) for instance, some in found.items()}
