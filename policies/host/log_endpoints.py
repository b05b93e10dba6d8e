"""LOG-04: the agent's log shows the service endpoints answering."""

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.log_group import Group, judge_group
from policies.host.log_words import CATEGORY, NEEDS, REFERENCES

CONTROL = Control(
    id="LOG-04",
    title="The agent's log shows the service endpoints answering",
    severity=Severity.HIGH,
    category=CATEGORY,
    why=(
        "Names, connections, TLS and proxies fail inside the guest; the address in the error tells "
        "an interface endpoint (private) from the way over a NAT or internet gateway (public)."
    ),
    remediation="Open the way that the log names from {instance_id} to the endpoints in {region}",
    needs=NEEDS,
    references=REFERENCES,
)
_GROUP: Final = Group("C", (9, 6, 10))


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge signatures C1 to C16 that no later step takes back (domain.md 3.4 C; D17, T-108)."""
    return judge_group(_GROUP, node, context)
