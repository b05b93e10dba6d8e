"""HOST-07: TCP connections from the machine to the services on port 443 come about."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.host_stage import StageRule, judge_stage
from policies.host.readings import NEEDS, READS
from policies.host.stages import Stage

CONTROL = Control(
    id="HOST-07",
    title="The machine connects to the endpoints on TCP 443",
    severity=Severity.CRITICAL,
    category="host",
    why="The agent opens every connection itself, all to port 443; a silent drop shows only here.",
    remediation="Compare NET-02 to NET-10 of {instance_id} with its own firewall and routes",
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
    ),
    reads=READS,
)
_RULE: Final = StageRule(
    Stage.TCP,
    "CONNECTS",
    "a connection to {host} on 443 comes about",
    {
        "timeout": (
            "Something drops packets to {host}, a public address: see the route to a NAT or "
            "internet gateway, security groups and network ACLs (NET-02 to NET-04), then the "
            "machine's own firewall"
        ),
        "timeout private": (
            "Something drops packets to {host}, an interface endpoint: let its security group "
            "admit this machine on 443 (NET-06), then see the machine's own firewall"
        ),
        "refused": (
            "Something refuses the connection to {host}: a proxy's or hosts file's address, or a "
            "firewall that rejects; see getent hosts {host}"
        ),
        "unreachable": "The machine has no route to {host}: see ip route, or route print",
        "reset": "A firewall or proxy on the way resets the connection to {host}",
        "failure": (
            "No connection to {host} comes about, and the source does not say why: try it on the "
            "machine, nc -vz {host} 443 or Test-NetConnection {host} -Port 443"
        ),
    },
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the connection (1.2 row 3, C1, C4, C5): ``private`` addresses mean an endpoint."""
    return judge_stage(node, context, _RULE)
