"""NET-05: interface endpoints serve the instance's subnet where the names resolve to them."""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.facts import Evidence, Node
from inventory.facts.network import VpcEndpoint
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    unread,
    warned,
)
from policies.network import endpoint_remedies, needs
from policies.network.asked import Asked, blockers_of, over_hosts
from policies.network.hosts import PATH_SETTINGS
from policies.network.paths import undecided
from policies.network.placement import Nearness, nearest, placement_evidence, unread_zones
from policies.network.reachability import Answer, Hop, Mark, Stage, Way
from policies.network.responsibility import after

CONTROL = Control(
    id="NET-05",
    title="Interface endpoints serve the instance's subnet where the names resolve to them",
    severity=Severity.HIGH,
    category="net",
    why=(
        "Where no route leads to public addresses, each of ssm and ssmmessages needs an interface "
        "endpoint with private DNS in the VPC. Where such an endpoint exists, every instance of "
        "the VPC uses it, and there is no way back to NAT."
    ),
    remediation=(
        "Create the missing interface endpoints with private DNS in the VPC of {instance_id}: "
        "aws ec2 create-vpc-endpoint --region {region} --vpc-endpoint-type Interface "
        "--private-dns-enabled --vpc-id <vpc> --service-name <service> --subnet-ids <subnet>"
    ),
    needs=needs.PATH,
    references=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
    ),
    entailed_by_online=True,
    reads=(*PATH_SETTINGS, "endpoints.placement"),
    rests_on=RestsOn.NETWORK,
)


#: What each value of the parameter endpoints.placement accepts without failing.
_ENOUGH: Final = {
    "any": frozenset({Nearness.SUBNET, Nearness.ZONE, Nearness.ELSEWHERE}),
    "zone": frozenset({Nearness.SUBNET, Nearness.ZONE}),
    "subnet": frozenset({Nearness.SUBNET}),
}


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge where each required name leads, filters left to NET-02, NET-03 and NET-06 (D24)."""
    return over_hosts(node, context, _judge_host, advisory=False)


def _judge_host(asked: Asked) -> Verdict:
    match asked.found.paths[0].way:
        case Way.NOWHERE if asked.found.paths[0].blockers:
            return after(asked)
        case Way.NOWHERE | Way.ANYWHERE | Way.ADDRESS:
            return undecided(_of_name(asked, Mark.UNKNOWN), _evidence(asked))
        case Way.ENDPOINT:
            return _by_endpoint(asked)
        case Way.PROXY:
            reason = f"{asked.host.name} is reached through a declared proxy"
            return not_applicable("PROXY_DECLARED", reason, *_evidence(asked))
        case _:
            return _publicly(asked)


def _evidence(asked: Asked) -> tuple[Evidence, ...]:
    """What names, routes and gateways do on every path; filters are other controls' matter."""
    stages = (stage for path in asked.found.paths for stage in path.stages)
    return asked.evidence(stage for stage in stages if not stage.is_filter)


def _of_name(asked: Asked, mark: Mark) -> tuple[Stage, ...]:
    """The stages about the name, of all paths, that bear the mark."""
    stages = (stage for path in asked.found.paths for stage in path.stages)
    return tuple(one for one in stages if one.hop is Hop.NAME and one.mark is mark)


def _publicly(asked: Asked) -> Verdict:
    public, *others = asked.found.paths
    routing = [stage for stage in public.stages if not stage.is_filter]
    if public.routing is Answer.REACHABLE:
        reason = f"{asked.host.name} resolves publicly, and a route leads there"
        return not_applicable("PUBLIC_PATH", reason, *_evidence(asked))
    if public.routing is Answer.UNDETERMINED:
        return undecided((one for one in routing if one.mark is Mark.UNKNOWN), _evidence(asked))
    rescues = [path for path in others if path.routing is not Answer.NOT_REACHABLE]
    if rescues:
        return undecided((one for path in rescues for one in path.unknowns), _evidence(asked))
    return _without_endpoint(asked, [one for one in routing if one.mark is Mark.BLOCK])


def _without_endpoint(asked: Asked, broken: list[Stage]) -> Verdict:
    """Endpoints are the only possible path, and none answers the name (D24).

    ``broken`` is what keeps the public path from leading anywhere.
    """
    no_public_path = f"no public path: {'; '.join(dict.fromkeys(one.detail for one in broken))}"
    dormant = tuple(one for one in _of_name(asked, Mark.BLOCK) if one not in broken)
    if dormant:
        reason = f"{asked.host.name} has an endpoint that does not serve ({dormant[0].detail})"
        return failed(
            dormant[0].code,
            f"{reason}, and {no_public_path}",
            *_evidence(asked),
            blockers=blockers_of(asked, dormant),
            remediation=endpoint_remedies.awaken(asked, dormant[0]),
        )
    reason = f"{asked.interface.vpc_id} has no interface endpoint for {asked.host.name}"
    return failed(
        "ENDPOINT_MISSING",
        f"{reason}, and {no_public_path}",
        *_evidence(asked),
        blockers=_what_to_repair(asked, broken),
        remediation=endpoint_remedies.create(asked),
    )


def _what_to_repair(asked: Asked, broken: list[Stage]) -> tuple[Blocker, ...]:
    """A public way that is meant but broken is the thing to repair, else the missing endpoint."""
    meant = [stage for stage in broken if stage.code not in ("NO_ROUTE", "IPV6_ONLY_NO_AAAA")]
    if meant:
        return blockers_of(asked, meant)
    missing = f"has no interface endpoint for {asked.host.name}"
    return (Blocker(asked.interface.vpc_id, missing),)


def _by_endpoint(asked: Asked) -> Verdict:
    """The name resolves to endpoints of the VPC: they serve every subnet, some better (EP3)."""
    unusable = _of_name(asked, Mark.BLOCK)
    if len(unusable) == len(asked.found.paths):
        return failed(
            unusable[0].code,
            f"{asked.host.name}: {unusable[0].detail}",
            *_evidence(asked),
            blockers=blockers_of(asked, unusable),
            remediation=endpoint_remedies.awaken(asked, unusable[0]),
        )
    unclear = _of_name(asked, Mark.UNKNOWN)
    if unclear:
        return undecided(unclear, _evidence(asked))
    found = {path.endpoint.id: path.endpoint for path in asked.found.paths if path.endpoint}
    return _placed(asked, tuple(found.values()))


def _placed(asked: Asked, endpoints: tuple[VpcEndpoint, ...]) -> Verdict:
    """What the placement costs: nothing, a warning, or by parameter a failure (D24).

    Zones that were not read may cost a warning under any parameter, and no ping tells (D9).
    """
    network = asked.network
    subnet_id = asked.interface.subnet_id
    wanted = asked.context.parameters.endpoint_placement
    nearness = nearest(network, subnet_id, endpoints)
    evidence = (*_evidence(asked), *placement_evidence(network, subnet_id, endpoints))
    told = f"{asked.host.name} resolves to {', '.join(one.id for one in endpoints)}, {nearness}"
    remedy = endpoint_remedies.extend(asked, endpoints[0])
    if nearness is Nearness.UNKNOWN:
        gaps = unread_zones(network, subnet_id, endpoints)
        return dataclasses.replace(unread(*gaps, evidence=evidence), entailed_by_online=False)
    if nearness not in _ENOUGH[wanted]:
        far = nearness is Nearness.ELSEWHERE
        verdict = failed(
            "ENDPOINT_OTHER_ZONE" if far else "ENDPOINT_OTHER_SUBNET",
            f"{told}; endpoints.placement asks for {wanted}",
            *evidence,
            blockers=(Blocker(endpoints[0].id, f"{nearness} (seen from {subnet_id})"),),
            remediation=remedy,
        )
        return dataclasses.replace(verdict, entailed_by_online=False)
    if nearness is Nearness.ELSEWHERE:
        return warned("ENDPOINT_OTHER_ZONE", told, *evidence, remediation=remedy)
    return passed("ENDPOINTS_SERVE_SUBNET", told, *evidence)
