"""Private hosted zones: which one takes a name, and what its records make of it (2.7, 4 and 5)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from inventory.facts import Unread
from inventory.facts.dns import HostedZoneRecords, HostedZoneSummary
from inventory.facts.network import Vpc
from policies.network.reachability.answer import Doubt
from policies.network.reachability.dns_profiles import brought_by_profiles
from policies.network.reachability.domains import Labels, labels_of, lies_in
from policies.network.reachability.flow import HostName
from policies.network.reachability.network import Network


@dataclasses.dataclass(frozen=True)
class Zone:
    """A private hosted zone that a VPC sees; ``service`` is the AWS service that owns it."""

    id: str
    name: Labels
    service: str = ""
    from_profile: bool = False

    @property
    def told(self) -> str:
        return f"{'.'.join(self.name)} ({self.id})"


@dataclasses.dataclass(frozen=True)
class Zones:
    """The zones that take a name: the most specific one, the VPC's own before a Profile's.

    ``others`` bear the same name as the chosen one, from the same source; ``doubts`` are zones
    of which it is not known whether they take the name.
    """

    chosen: Zone | None
    others: tuple[Zone, ...]
    doubts: tuple[Doubt, ...]


def zones_for(network: Network, vpc: Vpc, host: HostName) -> Zones:
    """Choose among the zones that the VPC is associated with, by itself or by a Profile."""
    gaps: list[Doubt] = []
    seen = [*_own(network, vpc, gaps), *_brought(network, vpc, gaps)]
    taking = [zone for zone in seen if lies_in(host.labels, zone.name)]
    if not taking:
        return Zones(None, (), tuple(gaps))
    longest = max(len(zone.name) for zone in taking)
    rivals = [zone for zone in taking if len(zone.name) == longest]
    own = [zone for zone in rivals if not zone.from_profile]
    first, *others = own or rivals
    return Zones(first, tuple(others), tuple(gaps))


def _own(network: Network, vpc: Vpc, gaps: list[Doubt]) -> Iterator[Zone]:
    listed = network.names.hosted_zones(vpc.id, network.places_of(vpc.id))
    if isinstance(listed, Unread):
        gaps.append(Doubt.unread(listed, vpc.id))
        return
    for summary in sorted(listed.hosted_zone_summaries, key=lambda one: one.hosted_zone_id):
        yield Zone(summary.hosted_zone_id, labels_of(summary.name), _service_of(summary))


def _service_of(summary: HostedZoneSummary) -> str:
    return summary.owner.owning_service if summary.owner else ""


def _brought(network: Network, vpc: Vpc, gaps: list[Doubt]) -> Iterator[Zone]:
    """Zones of Profiles: only their records tell their names."""
    near = network.places_of(vpc.id)
    for zone_id in brought_by_profiles(network, vpc.id).zones:
        records = network.names.record_sets(zone_id, near)
        if isinstance(records, Unread):
            gaps.append(Doubt.unread(records, zone_id))
            continue
        apex = _apex(records)
        if apex is None:
            gaps.append(Doubt.malformed(records.call, zone_id, "has no SOA record"))
            continue
        yield Zone(zone_id, apex, from_profile=True)


def _apex(records: HostedZoneRecords) -> Labels | None:
    """The zone's own name: that of its SOA record."""
    starts = (one.name for one in records.resource_record_sets if one.type == "SOA")
    return next((labels_of(name) for name in starts), None)
