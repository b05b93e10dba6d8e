"""NET-04: the route leads to the endpoints."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, RestsOn, Severity, Verdict, passed
from policies.network import needs
from policies.network.asked import Asked, over_hosts
from policies.network.hops import HopControl
from policies.network.hosts import PATH_SETTINGS
from policies.network.reachability import Hop, Path, Stage

CONTROL = Control(
    id="NET-04",
    title="The route leads to the endpoints",
    severity=Severity.CRITICAL,
    category="net",
    why=(
        "Wherever ssm and ssmmessages resolve, the subnet's route table has to lead there: an "
        "internet gateway with a public address on the interface, a NAT gateway whose own subnet "
        "leads out, an interface endpoint of the VPC, a transit gateway with a way on and back."
    ),
    remediation=(
        "Give the subnet of {instance_id} a way out, or interface endpoints in its VPC: aws ec2 "
        "create-route --region {region} --route-table-id <table> "
        "--destination-cidr-block 0.0.0.0/0 --nat-gateway-id <gateway>"
    ),
    needs=needs.PATH,
    references=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
    ),
    entailed_by_online=True,
    reads=PATH_SETTINGS,
    rests_on=RestsOn.NETWORK,
)

_PASSES: Final = "ROUTE_LEADS_THERE"


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge routes and gateways per host name, after resolution (D23, D25, D27, D28, R-5.1).

    Nobody misses a route for a host that an agent only may need: NET-10 weighs that (D17).
    """
    return over_hosts(node, context, _WAY.judge, advisory=False)


def _own(path: Path) -> tuple[Stage, ...]:
    """All but names, ACLs and the groups at both ends; a forwarding machine's are part of it."""
    ends = {id(stage) for stage in (*path.egress, *path.admission)}
    return tuple(
        stage
        for stage in path.stages
        if stage.hop not in (Hop.NAME, Hop.ACL) and id(stage) not in ends
    )


def _absent(asked: Asked) -> Verdict:
    """An endpoint in the instance's own subnet needs no route (NA5)."""
    labels = ", ".join(path.destination for path in asked.found.paths)
    reason = f"{asked.host.name}: {labels} lies in {asked.interface.subnet_id} itself"
    return passed(_PASSES, reason, *asked.evidence(()))


_WAY: Final = HopControl(
    own=_own, hidden_by=lambda stage: stage.hop is Hop.NAME, passes=_PASSES, absent=_absent
)
