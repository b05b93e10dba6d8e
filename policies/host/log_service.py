"""LOG-05: the agent's log shows no refusal on the service's side."""

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.log_group import Group, judge_group
from policies.host.log_words import CATEGORY, NEEDS, REFERENCES

CONTROL = Control(
    id="LOG-05",
    title="The agent's log shows no throttling and no unknown registration",
    severity=Severity.MEDIUM,
    category=CATEGORY,
    why=(
        "Throttling heals by itself; a hybrid registration that Systems Manager no longer knows "
        "never does, and it outranks the instance's own identity."
    ),
    remediation="Clear the hybrid registration on {instance_id}, or spread the agents' starts",
    needs=NEEDS,
    references=REFERENCES,
)
_GROUP: Final = Group("D", (9, 6))


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge signatures D1 to D6 that no later step takes back (domain.md 3.4 D; T-107)."""
    return judge_group(_GROUP, node, context)
