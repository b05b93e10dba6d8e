"""What the records of a private hosted zone make of a name: endpoints, addresses, or nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

import msgspec

from inventory.facts import Evidence, Unread
from inventory.facts.dns import HostedZoneRecords, ResourceRecordSet
from inventory.facts.network import Vpc, VpcEndpoint
from policies.network.reachability.addresses import Family
from policies.network.reachability.answer import Doubt, Hop, Way, blocks, doubts, passes
from policies.network.reachability.domains import Labels, labels_of, lies_in, parents
from policies.network.reachability.endpoint_names import addresses_in_zone, endpoint_named, offers
from policies.network.reachability.flow import HostName
from policies.network.reachability.hosted_zones import Zone
from policies.network.reachability.network import Network
from policies.network.reachability.resolution import Resolution, nowhere, unknown

_ADDRESS_TYPE: Final = {Family.V4: "A", Family.V6: "AAAA"}
#: How many records one may lead to the next; resolvers give up on longer chains.
_LONGEST_CHAIN: Final = 8


@dataclasses.dataclass(frozen=True)
class Question:
    """What is asked of a zone; ``dns64``: an IPv4 answer may do for an IPv6 client (NG7)."""

    network: Network
    vpc: Vpc
    host: HostName
    family: Family
    dns64: bool


@dataclasses.dataclass
class _Found:
    """What the records come to so far."""

    endpoints: dict[str, VpcEndpoint] = dataclasses.field(default_factory=dict)
    addresses: dict[str, None] = dataclasses.field(default_factory=dict)
    followed: list[ResourceRecordSet] = dataclasses.field(default_factory=list)
    gaps: list[Doubt] = dataclasses.field(default_factory=list)


def answer_of(question: Question, zone: Zone) -> Resolution:
    """What the zone that takes the name answers: nothing falls through to public DNS (trap 5)."""
    network, host = question.network, question.host
    if zone.service:
        detail = f"{zone.told} belongs to {zone.service}: where it leads {host.name} is not shown"
        settled_by = f"the records of {zone.id}"
        return unknown(
            doubts(Hop.NAME, Doubt.outside("ZONE_OF_SERVICE", zone.id, detail, settled_by))
        )
    near = network.places_of(question.vpc.id)
    records = network.names.record_sets(zone.id, near)
    if isinstance(records, Unread):
        return unknown(doubts(Hop.NAME, Doubt.unread(records, zone.id)))
    found = _Found()
    _follow(question, records, zone.name, host.labels, found)
    if found.gaps:
        return unknown(*(doubts(Hop.NAME, one, _quote(records, found)) for one in found.gaps))
    if not found.endpoints and not found.addresses:
        return _without_answer(question, zone, records, found)
    leads_to = ", ".join([*found.endpoints, *found.addresses])
    stage = passes(
        Hop.NAME, zone.id, f"{zone.told} leads {host.name} to {leads_to}", _quote(records, found)
    )
    return Resolution(
        Way.ADDRESS if found.addresses else Way.ENDPOINT,
        (stage,),
        endpoints=tuple(found.endpoints.values()),
        addresses=tuple(found.addresses),
    )


def _without_answer(
    question: Question, zone: Zone, records: HostedZoneRecords, found: _Found
) -> Resolution:
    """The zone has no record that serves, so the name does not resolve."""
    host, quoted = question.host, _quote(records, found)
    if question.family is Family.V6 and any(one.type == "A" for one in found.followed):
        detail = f"{zone.told} has no IPv6 address for {host.name}"
        code = "IPV6_ONLY_NO_AAAA"
        if question.dns64:
            settled_by = f"what DNS64 makes of the addresses in {zone.id}"
            return unknown(
                doubts(Hop.NAME, Doubt.outside(code, zone.id, detail, settled_by), quoted)
            )
        return nowhere(blocks(Hop.NAME, code, zone.id, detail, quoted))
    detail = (
        f"the private hosted zone {zone.told} takes {host.name} in {question.vpc.id} and has no "
        f"{_ADDRESS_TYPE[question.family]} record for it"
    )
    return nowhere(blocks(Hop.NAME, "DNS_NXDOMAIN_PRIVATE_ZONE", zone.id, detail, quoted))


def _follow(
    question: Question, records: HostedZoneRecords, apex: Labels, name: Labels, found: _Found
) -> None:
    """Collect what a name of the zone stands for, over aliases and CNAMEs within the zone."""
    if len(found.followed) > _LONGEST_CHAIN:
        problem = f"records of {'.'.join(name)} lead round in a circle"
        found.gaps.append(Doubt.malformed(records.call, records.id, problem))
        return
    sets = records.resource_record_sets
    if _is_delegated(sets, apex, name):
        detail = f"{records.id} delegates {'.'.join(name)} to other servers"
        settled_by = f"what the servers that {records.id} delegates to answer"
        found.gaps.append(Doubt.outside("ZONE_TARGET_UNSEEN", records.id, detail, settled_by))
        return
    for one in _sets_of(sets, apex, name):
        if one.type not in ("A", "AAAA", "CNAME"):
            continue
        found.followed.append(one)
        if one.type not in ("CNAME", _ADDRESS_TYPE[question.family]):
            continue
        if one.set_identifier:
            detail = f"a routing policy of {records.id} picks one of several sets for {one.name}"
            settled_by = f"what the policy answers in {question.vpc.id}"
            found.gaps.append(Doubt.outside("ZONE_TARGET_UNSEEN", records.id, detail, settled_by))
            continue
        if one.alias_target is not None:
            _lead_to(question, records, apex, one.alias_target.dns_name, found)
        elif one.type == "CNAME":
            for record in one.resource_records:
                _lead_to(question, records, apex, record.value, found)
        else:
            found.addresses |= dict.fromkeys(record.value for record in one.resource_records)


def _lead_to(
    question: Question, records: HostedZoneRecords, apex: Labels, name: str, found: _Found
) -> None:
    """Follow an alias or CNAME: to an endpoint by its own DNS name, or on within the zone."""
    labels = labels_of(name)
    named = endpoint_named(question.network, labels)
    if isinstance(named, Unread):
        found.gaps.append(Doubt.unread(named, f"{records.id} {name}"))
    elif named is not None and not offers(named.endpoint, question.host):
        found.gaps.append(_for_another_name(question, records, named.endpoint))
    elif named is not None and named.zone:
        addresses = addresses_in_zone(question.network, named, question.family)
        if isinstance(addresses, Unread):
            found.gaps.append(Doubt.unread(addresses, f"{records.id} {name}"))
        else:
            found.addresses |= dict.fromkeys(addresses)
    elif named is not None:
        found.endpoints[named.endpoint.id] = named.endpoint
    elif lies_in(labels, apex):
        _follow(question, records, apex, labels, found)
    else:
        detail = f"{records.id} leads {question.host.name} to {name}, which no endpoint bears"
        settled_by = f"what {name} resolves to"
        found.gaps.append(Doubt.outside("ZONE_TARGET_UNSEEN", records.id, detail, settled_by))


def _for_another_name(
    question: Question, records: HostedZoneRecords, endpoint: VpcEndpoint
) -> Doubt:
    host = question.host.name
    detail = f"{records.id} leads {host} to {endpoint.id}, which is for {endpoint.service_name}"
    settled_by = f"whether {endpoint.id} answers as {host}"
    return Doubt.outside("ZONE_TARGET_UNSEEN", records.id, detail, settled_by)


def _sets_of(
    sets: tuple[ResourceRecordSet, ...], apex: Labels, name: Labels
) -> list[ResourceRecordSet]:
    """The sets of a name, else those of the wildcard below its nearest existing parent."""
    exact = [one for one in sets if labels_of(one.name) == name]
    if exact:
        return exact
    names = [labels_of(one.name) for one in sets]
    if any(lies_in(one, name) for one in names):
        return []  # it exists, without records of its own, for the sake of names below it
    for parent in parents(name):
        if parent == apex or any(_is_below(one, parent) for one in names):
            wildcard = ("*", *parent)
            return [one for one in sets if labels_of(one.name) == wildcard]
    return []


def _is_below(name: Labels, parent: Labels) -> bool:
    return lies_in(name, parent) and name[:1] != ("*",)


def _is_delegated(sets: Iterable[ResourceRecordSet], apex: Labels, name: Labels) -> bool:
    """Whether an NS record below the apex hands the name, or a parent of it, to others."""
    cuts = [labels_of(one.name) for one in sets if one.type == "NS"]
    return any(cut != apex and lies_in(name, cut) for cut in cuts)


def _quote(records: HostedZoneRecords, found: _Found) -> Evidence:
    value = [msgspec.to_builtins(one) for one in found.followed]
    return Evidence(resource=records.id, path="ResourceRecordSets", value=value, call=records.call)
