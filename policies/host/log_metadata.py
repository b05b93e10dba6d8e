"""LOG-02: the agent's log shows no trouble with the instance metadata service."""

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.log_group import Group, judge_group
from policies.host.log_words import CATEGORY, NEEDS, REFERENCES

CONTROL = Control(
    id="LOG-02",
    title="The agent's log shows the metadata service answering",
    severity=Severity.HIGH,
    category=CATEGORY,
    why=(
        "The agent learns its id, Region and credentials from the metadata service; a proxy, a "
        "stale route or a firewall in the guest keeps it away, which no AWS API shows."
    ),
    remediation="Let the agent's service on {instance_id} reach 169.254.169.254 without a proxy",
    needs=NEEDS,
    references=REFERENCES,
)
_GROUP: Final = Group("A", (2, 6, 9, 10))


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge signatures A1 to A8 that no later step takes back (domain.md 3.4 A; T-107)."""
    return judge_group(_GROUP, node, context)
