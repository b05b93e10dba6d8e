"""LOG-03: the agent's log shows credentials that Systems Manager accepts."""

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.log_group import Group, judge_group
from policies.host.log_words import CATEGORY, NEEDS, REFERENCES

CONTROL = Control(
    id="LOG-03",
    title="The agent's log shows credentials that Systems Manager accepts",
    severity=Severity.HIGH,
    category=CATEGORY,
    why=(
        "The error text names what refused the agent: the profile, the trust policy, Default Host "
        "Management, or the very kind of policy, organization policies included."
    ),
    remediation="Repair what the log names, then restart the agent on {instance_id}",
    needs=NEEDS,
    references=REFERENCES,
)
_GROUP: Final = Group("B", (6, 9, 10))


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge signatures B1 to B18 that no later step takes back (domain.md 3.4 B; T-107, T-110)."""
    return judge_group(_GROUP, node, context)
