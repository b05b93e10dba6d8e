"""HOST-09: the services answer HTTP requests of the machine."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.host_stage import StageRule, judge_stage
from policies.host.readings import NEEDS, READS
from policies.host.stages import Stage

CONTROL = Control(
    id="HOST-09",
    title="The endpoints answer HTTP requests of the machine",
    severity=Severity.CRITICAL,
    category="host",
    why=(
        "An answer to an unsigned request, a refusal too, proves names, TCP, TLS and HTTP in one: "
        "what is left to break is the signature, so the clock, and permissions."
    ),
    remediation="See the proxy of {instance_id}: its log names the request that it refused",
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html",
    ),
    reads=READS,
)
_RULE: Final = StageRule(
    Stage.HTTP,
    "ANSWERS",
    "{host} answers requests",
    {
        "timeout": "{host} takes the connection and never answers: see proxies and inspection",
        "reset": "Something cuts the connection to {host} after the handshake: see inspection",
        "failure": "The proxy cannot reach {host}: see its own log, routes and names",
        "proxy-407": "The proxy asks for a name and a password: give them, or let {host} pass",
        "proxy-403": "The proxy forbids {host}: add it to what may be reached",
    },
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the answer: any status proves the way, one from 500 on is the service's trouble.

    Spec: 1.5 step 7, 6 (the unsigned GET), C11, D3.
    """
    return judge_stage(node, context, _RULE)
