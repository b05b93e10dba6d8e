"""LOG-07: the agent's log shows no trouble with the host or the agent's own processes."""

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.log_group import Group, judge_group
from policies.host.log_words import CATEGORY, NEEDS, REFERENCES

CONTROL = Control(
    id="LOG-07",
    title="The agent's log shows no full disk, no crash and no stop",
    severity=Severity.HIGH,
    category=CATEGORY,
    why=(
        "A full disk, a crash, a worker that an antivirus blocks, an unfinished sysprep or an "
        "ordinary stop silence the agent while status checks stay green."
    ),
    remediation="Repair what the log names, then start the agent on {instance_id}",
    needs=NEEDS,
    references=REFERENCES,
)
_GROUP: Final = Group("F", (9, 10, 8))


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge signatures F1 to F12 that no later step takes back (domain.md 3.4 F; T-104, T-105)."""
    return judge_group(_GROUP, node, context)
