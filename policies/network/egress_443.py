"""NET-02: security groups let 443 out to where the names resolve."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from enum import StrEnum
from shlex import quote

from inventory.facts import Evidence, NetworkInterface, Node
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    warned,
)
from policies.network.hosts import AgentHost, Need, agent_hosts
from policies.network.paths import evidence_of, over_interfaces, reach_host, undecided
from policies.network.reachability import Hop, Mark, Path, Reach, Stage, Way

CONTROL = Control(
    id="NET-02",
    title="Security groups let 443 out to where the names resolve",
    severity=Severity.CRITICAL,
    category="net",
    why=(
        "The agent opens every connection itself, on TCP 443. Its interface's security groups need "
        "an egress rule to wherever ssm and ssmmessages resolve: public addresses, or the VPC's "
        "interface endpoints. No inbound rule is ever needed."
    ),
    remediation=(
        "Allow TCP 443 out in a security group of {instance_id}: aws ec2 "
        "authorize-security-group-egress --region {region} --group-id <group> --ip-permissions "
        "'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]'"
    ),
    needs=(
        "ec2:DescribeInstances",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeVpcEndpoints",
        "ssm:DescribeInstanceInformation",
    ),
    references=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
    ),
    entailed_by_online=True,
)


class _Egress(StrEnum):
    """What the groups of one interface do with one host."""

    ALLOWED = "allowed"
    PARTLY = "partly"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    UNRESOLVED = "unresolved"


@dataclasses.dataclass(frozen=True)
class _Judged:
    host: AgentHost
    egress: _Egress
    reach: Reach

    def stages(self, mark: Mark) -> tuple[Stage, ...]:
        """Of all paths, the stages about names and the interface's groups that bear the mark."""
        return tuple(
            stage for path in self.reach.paths for stage in _told(path) if stage.mark is mark
        )


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the union of the groups, per host name, after resolution (D23, SG1-SG8, R-5.6)."""
    return over_interfaces(node, lambda interface: _judge(node, interface, context))


def _judge(node: Node, interface: NetworkInterface, context: Context) -> Verdict:
    judged = [_judge_host(node, interface, host, context) for host in agent_hosts(node)]
    required = [one for one in judged if one.host.need is Need.REQUIRED]
    evidence = evidence_of(
        stage for one in required for path in one.reach.paths for stage in _told(path)
    )
    verdict = _among_required(node, required, evidence)
    if verdict is not None:
        return verdict
    advised = [one for one in judged if one.host.need is Need.ADVISORY]
    blocked = [one for one in advised if one.egress is _Egress.BLOCKED]
    if blocked:
        return warned(
            "EC2MESSAGES_MAY_BE_NEEDED",
            f"{_details(blocked)}; agents before 3.3.40.0 may need it for commands",
            *evidence,
            *evidence_of(stage for one in blocked for stage in one.stages(Mark.BLOCK)),
        )
    partly = [one for one in required if one.egress is _Egress.PARTLY]
    if partly:
        return warned("SG_EGRESS_PARTIAL", f"some connections fail: {_details(partly)}", *evidence)
    rules = "; ".join(
        dict.fromkeys(
            f"{stage.component} {stage.detail}"
            for one in required
            for stage in one.stages(Mark.PASS)
            if stage.hop is Hop.EGRESS
        )
    )
    names = " and ".join(one.host.name for one in required)
    return passed("EGRESS_ALLOWED", f"443 may leave to {names}: {rules}", *evidence)


def _judge_host(
    node: Node, interface: NetworkInterface, host: AgentHost, context: Context
) -> _Judged:
    found = reach_host(node, interface, host, context)
    each = [one for one in map(_egress, found.paths) if one is not _Egress.UNRESOLVED]
    return _Judged(host, _together(each, rotation=found.rotation), found)


def _egress(path: Path) -> _Egress:
    marks = {stage.mark for stage in path.egress}
    if Mark.BLOCK in marks:
        return _Egress.BLOCKED
    if Mark.UNKNOWN in marks:
        return _Egress.UNKNOWN
    if marks:
        return _Egress.ALLOWED
    return _Egress.UNRESOLVED if path.blockers else _Egress.UNKNOWN


def _together(each: Sequence[_Egress], *, rotation: bool) -> _Egress:
    """Equal answers collapse; unequal ones are partly allowed in rotation, else unknown (4)."""
    if not each:
        return _Egress.UNRESOLVED
    if len(set(each)) == 1:
        return each[0]
    return _Egress.PARTLY if rotation and _Egress.UNKNOWN not in each else _Egress.UNKNOWN


def _among_required(
    node: Node, required: list[_Judged], evidence: tuple[Evidence, ...]
) -> Verdict | None:
    """The verdict that the required hosts force: a block, an unknown, or no name to judge."""
    blocked = [one for one in required if one.egress is _Egress.BLOCKED]
    if blocked:
        stages = [stage for one in blocked for stage in one.stages(Mark.BLOCK)]
        verdict = failed(
            "SG_EGRESS_BLOCKED",
            _details(blocked),
            *evidence,
            blockers=tuple(dict.fromkeys(Blocker(one.component, one.detail) for one in stages)),
            remediation=_remediation(node, blocked),
        )
        return dataclasses.replace(verdict, entailed_by_online=_is_about_ssm_alone(blocked))
    unknown = [one for one in required if one.egress is _Egress.UNKNOWN]
    if unknown:
        stages = [stage for one in unknown for stage in one.stages(Mark.UNKNOWN)]
        verdict = undecided(stages, evidence)
        return dataclasses.replace(verdict, entailed_by_online=_is_about_ssm_alone(unknown))
    unresolved = [one for one in required if one.egress is _Egress.UNRESOLVED]
    if unresolved:
        return not_applicable(
            "NAMES_UNRESOLVED",
            f"there is no destination to judge: {_details(unresolved)}",
            *evidence,
        )
    return None


def _is_about_ssm_alone(judged: list[_Judged]) -> bool:
    """A fresh ping proves the path to the ssm host and to no other (D9)."""
    return all(one.host.service == "ssm" for one in judged)


def _told(path: Path) -> tuple[Stage, ...]:
    names = tuple(stage for stage in path.stages if stage.hop is Hop.NAME)
    if path.egress:
        return (*names, *path.egress)
    return path.stages


def _details(judged: Iterable[_Judged]) -> str:
    stages = (stage for one in judged for stage in one.stages(Mark.BLOCK))
    return "; ".join(dict.fromkeys(stage.detail for stage in stages))


def _remediation(node: Node, blocked: list[_Judged]) -> str:
    """One command for each place that the groups have to let the agent reach."""
    commands = (
        f"aws ec2 authorize-security-group-egress --region {quote(node.region.name)} "
        f"--group-id {quote(path.egress[0].component)} --ip-permissions "
        f"{quote(f'IpProtocol=tcp,FromPort=443,ToPort=443,{_peer(path)}')}"
        for one in blocked
        for path in one.reach.paths
        if _egress(path) is _Egress.BLOCKED
    )
    return "\n".join(dict.fromkeys(commands))


def _peer(path: Path) -> str:
    if path.way is Way.ENDPOINT and path.endpoint is not None and path.endpoint.groups:
        return f"UserIdGroupPairs=[{{GroupId={path.endpoint.groups[0].group_id}}}]"
    return "IpRanges=[{CidrIp=0.0.0.0/0}]"
