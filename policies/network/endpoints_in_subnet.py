"""NET-05: interface endpoints serve the instance's subnet where the names resolve to them."""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.facts import Evidence, NetworkInterface, Node, Unread
from inventory.facts.network import VpcEndpoint
from policies.control import (
    Blocker,
    Context,
    Control,
    Outcome,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    unread,
    warned,
)
from policies.network import endpoint_remedies
from policies.network.hosts import AgentHost, Need, agent_hosts
from policies.network.paths import (
    distinct,
    evidence_of,
    network_of,
    over_interfaces,
    reach_host,
    undecided,
)
from policies.network.placement import Nearness, nearest, placement_evidence
from policies.network.reachability import Answer, Hop, Mark, Reach, Stage, Way

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
    needs=(
        "ec2:DescribeInstances",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeRouteTables",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNatGateways",
        "ec2:DescribeVpcBlockPublicAccessOptions",
        "ec2:DescribeVpcBlockPublicAccessExclusions",
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeSecurityGroups",
        "ssm:DescribeInstanceInformation",
    ),
    references=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
    ),
    entailed_by_online=True,
)


#: What each value of the parameter endpoint_placement accepts without failing.
_ENOUGH: Final = {
    "any": frozenset({Nearness.SUBNET, Nearness.ZONE, Nearness.ELSEWHERE}),
    "zone": frozenset({Nearness.SUBNET, Nearness.ZONE}),
    "subnet": frozenset({Nearness.SUBNET}),
}


@dataclasses.dataclass(frozen=True)
class _Asked:
    """One host name asked for from one interface, and where it leads."""

    node: Node
    interface: NetworkInterface
    host: AgentHost
    found: Reach

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What names, routes and gateways do on every path; filters are other controls' matter."""
        stages = (stage for path in self.found.paths for stage in path.stages)
        return evidence_of(stage for stage in stages if not stage.is_filter)

    def of_name(self, mark: Mark) -> tuple[Stage, ...]:
        """The stages about the name, of all paths, that bear the mark."""
        stages = (stage for path in self.found.paths for stage in path.stages)
        return tuple(one for one in stages if one.hop is Hop.NAME and one.mark is mark)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge where each required name leads, filters left to NET-02, NET-03 and NET-06 (D24)."""
    return over_interfaces(node, lambda interface: _judge(node, interface, context))


def _judge(node: Node, interface: NetworkInterface, context: Context) -> Verdict:
    verdicts = {
        host.service: _judge_host(
            _Asked(node, interface, host, reach_host(node, interface, host, context)), context
        )
        for host in agent_hosts(node)
        if host.need is Need.REQUIRED
    }
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WARN, Outcome.PASS):
        those = {service: one for service, one in verdicts.items() if one.outcome is outcome}
        if those:
            return _joined(those)
    return _joined(verdicts)


def _joined(verdicts: dict[str, Verdict]) -> Verdict:
    """One verdict of the services that share an outcome; a ping speaks for ssm only (D9)."""
    each = tuple(verdicts.values())
    entailed = set(verdicts) == {"ssm"}
    quoted = (one for verdict in each for one in verdict.evidence)
    return dataclasses.replace(
        each[0],
        reason="; ".join(dict.fromkeys(one.reason for one in each)),
        evidence=distinct(quoted),
        blockers=tuple(dict.fromkeys(one for verdict in each for one in verdict.blockers)),
        missing=tuple(dict.fromkeys(one for verdict in each for one in verdict.missing)),
        remediation="\n".join(dict.fromkeys(one.remediation for one in each)),
        entailed_by_online=entailed and all(one.entailed_by_online for one in each),
    )


def _judge_host(asked: _Asked, context: Context) -> Verdict:
    leading = asked.found.paths[0]
    match leading.way:
        case Way.NOWHERE:
            told = "; ".join(stage.detail for stage in leading.blockers)
            reason = f"{asked.host.name} leads nowhere, neither to endpoints nor publicly: {told}"
            return not_applicable("NAMES_UNRESOLVED", reason, *asked.evidence)
        case Way.ANYWHERE:
            return undecided(asked.of_name(Mark.UNKNOWN), asked.evidence)
        case Way.ENDPOINT:
            return _by_endpoint(asked, context)
        case _:
            return _publicly(asked)


def _publicly(asked: _Asked) -> Verdict:
    public, *others = asked.found.paths
    routing = [stage for stage in public.stages if not stage.is_filter]
    if public.routing is Answer.REACHABLE:
        reason = f"{asked.host.name} resolves publicly, and a route leads there"
        return not_applicable("PUBLIC_PATH", reason, *asked.evidence)
    if public.routing is Answer.UNDETERMINED:
        return undecided((one for one in routing if one.mark is Mark.UNKNOWN), asked.evidence)
    rescues = [path for path in others if path.routing is not Answer.NOT_REACHABLE]
    if rescues:
        return undecided((one for path in rescues for one in path.unknowns), asked.evidence)
    return _without_endpoint(asked, [one for one in routing if one.mark is Mark.BLOCK])


def _without_endpoint(asked: _Asked, broken: list[Stage]) -> Verdict:
    """Endpoints are the only possible path, and none answers the name (D24).

    ``broken`` is what keeps the public path from leading anywhere.
    """
    no_public_path = f"no public path: {'; '.join(dict.fromkeys(one.detail for one in broken))}"
    dormant = [one for one in asked.of_name(Mark.BLOCK) if one not in broken]
    if dormant:
        reason = f"{asked.host.name} has an endpoint that does not serve ({dormant[0].detail})"
        return failed(
            dormant[0].code,
            f"{reason}, and {no_public_path}",
            *asked.evidence,
            blockers=tuple(dict.fromkeys(Blocker(one.component, one.detail) for one in dormant)),
            remediation=endpoint_remedies.awaken(asked.node, dormant[0]),
        )
    reason = f"{asked.interface.vpc_id} has no interface endpoint for {asked.host.name}"
    return failed(
        "ENDPOINT_MISSING",
        f"{reason}, and {no_public_path}",
        *asked.evidence,
        blockers=_what_to_repair(asked, broken),
        remediation=endpoint_remedies.create(asked.node, asked.interface, asked.host),
    )


def _what_to_repair(asked: _Asked, broken: list[Stage]) -> tuple[Blocker, ...]:
    """A public way that is meant but broken is the thing to repair, else the missing endpoint."""
    meant = [stage for stage in broken if stage.code not in ("NO_ROUTE", "IPV6_ONLY_NO_AAAA")]
    if meant:
        return tuple(dict.fromkeys(Blocker(one.component, one.detail) for one in meant))
    missing = f"has no interface endpoint for {asked.host.name}"
    return (Blocker(asked.interface.vpc_id, missing),)


def _by_endpoint(asked: _Asked, context: Context) -> Verdict:
    """The name resolves to endpoints of the VPC: they serve every subnet, some better (EP3)."""
    unusable = asked.of_name(Mark.BLOCK)
    if len(unusable) == len(asked.found.paths):
        return failed(
            unusable[0].code,
            f"{asked.host.name}: {unusable[0].detail}",
            *asked.evidence,
            blockers=tuple(dict.fromkeys(Blocker(one.component, one.detail) for one in unusable)),
            remediation=endpoint_remedies.awaken(asked.node, unusable[0]),
        )
    unclear = asked.of_name(Mark.UNKNOWN)
    if unclear:
        return undecided(unclear, asked.evidence)
    found = {path.endpoint.id: path.endpoint for path in asked.found.paths if path.endpoint}
    return _placed(asked, tuple(found.values()), context)


def _placed(asked: _Asked, endpoints: tuple[VpcEndpoint, ...], context: Context) -> Verdict:
    """What the placement costs: nothing, a warning, or by parameter a failure (D24).

    Zones that were not read may cost a warning under any parameter, and no ping tells (D9).
    """
    network = network_of(asked.node, context)
    subnet_id = asked.interface.subnet_id
    wanted = context.parameters.endpoint_placement
    nearness = nearest(network, subnet_id, endpoints)
    evidence = (*asked.evidence, *placement_evidence(network, subnet_id, endpoints))
    told = f"{asked.host.name} resolves to {', '.join(one.id for one in endpoints)}, {nearness}"
    remedy = endpoint_remedies.extend(asked.node, endpoints[0], subnet_id)
    if nearness is Nearness.UNKNOWN:
        gap = Unread("ec2:DescribeSubnets", "NOT_RECORDED", f"the zones around {subnet_id}")
        return dataclasses.replace(unread(gap, evidence=evidence), entailed_by_online=False)
    if nearness not in _ENOUGH[wanted]:
        far = nearness is Nearness.ELSEWHERE
        verdict = failed(
            "ENDPOINT_OTHER_ZONE" if far else "ENDPOINT_OTHER_SUBNET",
            f"{told}; endpoint_placement asks for {wanted}",
            *evidence,
            blockers=(Blocker(endpoints[0].id, f"{nearness} (seen from {subnet_id})"),),
            remediation=remedy,
        )
        return dataclasses.replace(verdict, entailed_by_online=False)
    if nearness is Nearness.ELSEWHERE:
        return warned("ENDPOINT_OTHER_ZONE", told, *evidence, remediation=remedy)
    return passed("ENDPOINTS_SERVE_SUBNET", told, *evidence)
