"""HOST-06: the machine resolves the names of the services."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.host_stage import StageRule, judge_stage
from policies.host.readings import NEEDS, READS
from policies.host.stages import Stage

CONTROL = Control(
    id="HOST-06",
    title="The machine resolves the endpoints' names",
    severity=Severity.CRITICAL,
    category="host",
    why=(
        "Inside the machine another resolver, a hosts file or a local firewall can answer "
        "differently from what the VPC's settings promise."
    ),
    remediation="See which resolver {instance_id} asks, and whether port 53 to it is open",
    needs=NEEDS,
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",),
    reads=READS,
)
_RULE: Final = StageRule(
    Stage.NAMES,
    "NAMES_RESOLVE",
    "{host} resolves on the machine",
    {
        "no-such-host": (
            "The resolver does not know {host}: see /etc/resolv.conf or the adapter's DNS servers, "
            "the VPC's DHCP options, private hosted zones and the Region in the name (NET-01)"
        ),
        "dns-timeout": (
            "No DNS server answers: let port 53 (UDP and TCP) out to it, in the machine's own "
            "firewall too, or set the VPC's resolver (169.254.169.253)"
        ),
        "dns-failure": (
            "The DNS server fails to answer for {host}: see its forwarding, or set the VPC's "
            "resolver (169.254.169.253)"
        ),
    },
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the names; whether the answers are private or public is told (C3; T-77 by hosts)."""
    return judge_stage(node, context, _RULE)
