"""LOG-06: the agent's log shows a clock that AWS accepts."""

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.log_group import Group, judge_group
from policies.host.log_words import CATEGORY, NEEDS, REFERENCES

CONTROL = Control(
    id="LOG-06",
    title="The agent's log shows a clock that AWS accepts",
    severity=Severity.HIGH,
    category=CATEGORY,
    why=(
        "AWS rejects every signature from a clock that is off by five minutes, which no AWS API "
        "shows; the error text holds both times, and so the exact skew."
    ),
    remediation="Set the clock of {instance_id} from 169.254.169.123",
    needs=NEEDS,
    references=(
        *REFERENCES,
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html",
    ),
)
_GROUP: Final = Group("E", (6, 9, 10))


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge signatures E1 to E4, naming the skew (domain.md 3.4 E, 2.10; R-10.1, R-10.2)."""
    return judge_group(_GROUP, node, context)
