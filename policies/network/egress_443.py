"""NET-02: security groups let 443 out to where the names resolve."""

from __future__ import annotations

from inventory.facts import Node
from policies.control import Context, Control, RestsOn, Severity, Verdict, not_applicable
from policies.network import needs
from policies.network.asked import Asked, over_hosts
from policies.network.hops import HopControl
from policies.network.hosts import PATH_SETTINGS
from policies.network.reachability import Path, Stage

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
    needs=needs.EGRESS,
    references=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
    ),
    entailed_by_online=True,
    reads=PATH_SETTINGS,
    rests_on=RestsOn.NETWORK,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the union of the groups, per host name, after resolution (D23, SG1-SG8, R-5.6)."""
    return over_hosts(node, context, _GROUPS.judge)


def _own(path: Path) -> tuple[Stage, ...]:
    return path.egress


def _absent(asked: Asked) -> Verdict:
    return not_applicable("NO_DESTINATION", f"{asked.host.name}: no path leaves the interface")


def _told(stage: Stage) -> str:
    return stage.detail if stage.component in stage.detail else f"{stage.component} {stage.detail}"


#: Whatever else is not known: what the groups let out is read from the groups alone.
_GROUPS = HopControl(
    own=_own,
    hidden_by=lambda _stage: False,
    passes="EGRESS_ALLOWED",
    absent=_absent,
    partly="SG_EGRESS_PARTIAL",
    told=_told,
)
