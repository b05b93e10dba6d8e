"""NET-03: network ACLs let 443 out and the answers back."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, RestsOn, Severity, Verdict, not_applicable
from policies.network import needs
from policies.network.asked import Asked, over_hosts
from policies.network.hops import HopControl
from policies.network.hosts import PATH_SETTINGS
from policies.network.reachability import Hop, Path, Stage

CONTROL = Control(
    id="NET-03",
    title="Network ACLs let 443 out and the answers back",
    severity=Severity.CRITICAL,
    category="net",
    why=(
        "Network ACLs keep no state. Every subnet on the way has to let TCP 443 through towards "
        "the service and the answers back to the ports that the client took: 32768-60999 on "
        "Linux, 49152-65535 on Windows, 1024-65535 at a NAT gateway."
    ),
    remediation=(
        "Let the packets through that the reason names, before the entry that denies them: aws ec2 "
        "create-network-acl-entry --region {region} --network-acl-id <acl> --ingress "
        "--rule-number <number> --protocol tcp --port-range From=1024,To=65535 "
        "--cidr-block 0.0.0.0/0 --rule-action allow"
    ),
    needs=needs.PATH,
    references=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html",
    ),
    entailed_by_online=True,
    reads=PATH_SETTINGS,
    rests_on=RestsOn.NETWORK,
)

#: What is not known of these leaves open which subnets the packets cross …
_LEADING_ON: Final = frozenset(
    {Hop.NAME, Hop.ROUTE, Hop.NAT, Hop.APPLIANCE, Hop.BEYOND, Hop.DELIVERY}
)
#: … unless they leave AWS there.
_OUT_OF_AWS: Final = frozenset({"CARRIER_UNSEEN", "ONPREM_UNSEEN"})


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the ACLs of every subnet on the way, both directions (NA1-NA9, D26, R-5.7)."""
    return over_hosts(node, context, _ACLS.judge)


def _own(path: Path) -> tuple[Stage, ...]:
    return tuple(stage for stage in path.stages if stage.hop is Hop.ACL)


def _absent(asked: Asked) -> Verdict:
    reason = f"{asked.host.name}: the way never leaves {asked.interface.subnet_id} (NA5)"
    return not_applicable("WITHIN_ONE_SUBNET", reason, *asked.evidence(()))


def _told(stage: Stage) -> str:
    """With the subnet whose ACL it is: the instance's, a NAT gateway's, an endpoint's."""
    crossing = stage.crossing
    return stage.detail if crossing is None else f"{stage.detail} at {crossing.subnet_id}"


def _may_lead_on(stage: Stage) -> bool:
    """Whether more subnets may lie beyond; outside AWS there are no network ACLs."""
    return stage.hop in _LEADING_ON and stage.code not in _OUT_OF_AWS


_ACLS: Final = HopControl(
    own=_own, hidden_by=_may_lead_on, passes="ACLS_ALLOW", absent=_absent, told=_told
)
