"""What Route 53 Profiles bring to a VPC: zones, rules, firewall groups, endpoints (2.7, 4)."""

from __future__ import annotations

import dataclasses
from typing import Final

import msgspec

from inventory.facts import Unread
from inventory.facts.dns import DnsProfileAssociation, DnsProfileResources, ProfileResource
from policies.network.reachability.answer import Doubt
from policies.network.reachability.network import Network

#: States in which an association acts for certain, or for certain does not. Others pass by.
IN_FORCE: Final = frozenset({"complete", "updating"})
NOT_IN_FORCE: Final = frozenset({"failed", "deleted"})

_ZONE: Final = ":hostedzone"
_RULE: Final = ":resolver-rule"
_GROUP: Final = ":firewall-rule-group"
_ENDPOINT: Final = ":vpc-endpoint"
_LOGGING: Final = (":resolver-query-log-config",)


@dataclasses.dataclass(frozen=True)
class Brought:
    """What the Profiles of one VPC bring to it, by id, and what of it cannot be read.

    ``groups`` are (priority, id) pairs. Each doubt may hide a resource of any kind.
    """

    zones: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    groups: tuple[tuple[int, str], ...] = ()
    endpoints: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def brought_by_profiles(network: Network, vpc_id: str) -> Brought:
    """Read the Profiles that are associated with the VPC."""
    return network.once(("profiles", vpc_id), lambda: _read(network, vpc_id))


def _read(network: Network, vpc_id: str) -> Brought:
    near = network.places_of(vpc_id)
    associations = network.names.profile_associations(vpc_id, near)
    if isinstance(associations, Unread):
        return Brought(doubts=(Doubt.unread(associations, vpc_id),))
    found: dict[str, list[ProfileResource]] = {}
    gaps: list[Doubt] = []
    for association in associations:
        if association.status.casefold() in NOT_IN_FORCE:
            continue
        if association.status.casefold() not in IN_FORCE:
            gaps.append(passing_state(association.call, association.id, association.status))
        resources = network.names.profile_resources(association.profile_id, near)
        if isinstance(resources, Unread):
            gaps.append(Doubt.unread(resources, association.profile_id))
            continue
        gaps += _sorted_in(found, association, resources)
    return Brought(
        zones=_ids(found.get(_ZONE, ())),
        rules=_ids(found.get(_RULE, ())),
        groups=tuple(sorted((_priority(one), one.resource_id) for one in found.get(_GROUP, ()))),
        endpoints=_ids(found.get(_ENDPOINT, ())),
        doubts=tuple(gaps),
    )


def _sorted_in(
    found: dict[str, list[ProfileResource]],
    association: DnsProfileAssociation,
    resources: DnsProfileResources,
) -> list[Doubt]:
    """File the resources under their kind; returns what cannot be filed for certain."""
    gaps: list[Doubt] = []
    for resource in resources.profile_resource_associations:
        state = resource.status.casefold()
        path = resource.resource_arn.rpartition("/")[0]
        kind = next((one for one in (_ZONE, _RULE, _GROUP, _ENDPOINT) if path.endswith(one)), "")
        if state in NOT_IN_FORCE or path.endswith(_LOGGING):
            continue
        place = f"{association.profile_id} {resource.resource_arn}"
        if not kind:
            problem = f"a resource of unknown kind {resource.resource_type!r}"
            gaps.append(Doubt.malformed(resources.call, place, problem))
            continue
        if state not in IN_FORCE:
            gaps.append(passing_state(resources.call, place, resource.status))
        found.setdefault(kind, []).append(resource)
    return gaps


def passing_state(call: str, place: str, state: str) -> Doubt:
    """An association on its way in or out, or in a state of no known name."""
    problem = f"Status {state!r}: it may or may not act"
    return Doubt.malformed(call, place, problem)


def _ids(resources: list[ProfileResource] | tuple[()]) -> tuple[str, ...]:
    return tuple(sorted(one.resource_id for one in resources))


def _priority(group: ProfileResource) -> int:
    """The priority in the association's properties, ``{"priority": 102}``; last without one."""
    try:
        properties = msgspec.json.decode(group.resource_properties, type=dict[str, int])
    except msgspec.DecodeError:
        return _LAST
    return properties.get("priority", _LAST)


#: After every priority that AWS accepts.
_LAST: Final = 1 << 16
