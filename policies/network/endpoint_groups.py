"""NET-06: the security groups of interface endpoints admit the instance on 443."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, RestsOn, Severity, Verdict, not_applicable
from policies.network import needs
from policies.network.asked import Asked, over_hosts
from policies.network.hops import HopControl
from policies.network.hosts import PATH_SETTINGS
from policies.network.reachability import Hop, Path, Stage, Way

CONTROL = Control(
    id="NET-06",
    title="Security groups of the interface endpoints admit the instance on 443",
    severity=Severity.CRITICAL,
    category="net",
    why=(
        "An interface endpoint with private DNS takes the name over for the whole VPC, with no way "
        "back to NAT. Its groups have to admit TCP 443 from the instance's address or group; a "
        "group that nobody chose is the VPC's default one, which admits only itself."
    ),
    remediation=(
        "Admit {instance_id} in a security group of the endpoint: aws ec2 "
        "authorize-security-group-ingress --region {region} --group-id <endpoint's group> "
        "--ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,"
        "UserIdGroupPairs=[{GroupId=<instance's group>}]'"
    ),
    needs=needs.PATH,
    references=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    ),
    entailed_by_online=True,
    reads=PATH_SETTINGS,
    rests_on=RestsOn.NETWORK,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the groups of each interface that the name resolves to (EP3, EP4, EP6, R-5.3)."""
    return over_hosts(node, context, _ADMISSION.judge)


def _own(path: Path) -> tuple[Stage, ...]:
    return path.admission


def _leads_elsewhere(path: Path) -> bool:
    """Whatever else is in its way: there is no endpoint's group to pass."""
    return path.way in (Way.PUBLIC, Way.ADDRESS, Way.PROXY)


def _absent(asked: Asked) -> Verdict:
    if any(path.way is Way.PROXY for path in asked.found.paths):
        reason = f"{asked.host.name} is reached through a declared proxy"
        return not_applicable("PROXY_DECLARED", reason, *asked.evidence(()))
    reason = f"{asked.host.name}: no interface endpoint is on the way"
    names = (one for path in asked.found.paths for one in path.stages if one.hop is Hop.NAME)
    return not_applicable("NO_ENDPOINT", reason, *asked.evidence(names))


_ADMISSION: Final = HopControl(
    own=_own,
    hidden_by=lambda stage: stage.hop is Hop.NAME,
    passes="ENDPOINT_GROUPS_ADMIT",
    absent=_absent,
    lacks=_leads_elsewhere,
)
