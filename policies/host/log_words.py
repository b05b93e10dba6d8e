"""What verdicts over a log quote, and how they say it."""

from __future__ import annotations

from typing import Any, Final

from inventory.facts import NOT_RECORDED, Evidence, Node, Unread
from inventory.facts.host import AgentLog, LogHit
from inventory.facts.host.signatures import RUNGS, Signature, signature
from policies.network.hosts import default_name

CALL: Final = "host:Logs"
NEEDS: Final = (CALL,)
CATEGORY: Final = "log"
REFERENCES: Final = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-logs.html",
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-ssm-agent.html",
)
_MEANINGS: Final = {rung.number: rung.means for rung in RUNGS}
_HOSTS: Final = ("ssmmessages", "ec2messages", "ssm")


def log_of(node: Node) -> AgentLog | Unread:
    """The log of the node's agent."""
    log = node.host.log if node.host else None
    return log if log is not None else Unread(CALL, NOT_RECORDED, f"the agent's log of {node.id}")


def quoted(log: AgentLog, node: Node, *hits: LogHit) -> tuple[Evidence, ...]:
    """Records as evidence, and where the log as a whole leaves the agent."""
    lines = tuple(_evidence(node, one.signature, one.line) for one in dict.fromkeys(hits))
    state = f"{log.state} since {log.since}" if log.since else log.state
    return (
        *lines,
        _evidence(node, "state", state),
        _evidence(node, "rungs", list(log.rungs)),
        _evidence(node, "last", log.last),
    )


def told(hit: LogHit, row: Signature) -> str:
    """The cause, what was read out of the record, how often and until when."""
    detail = f" ({hit.detail})" if hit.detail else ""
    if not hit.last:
        return f"{row.cause}{detail}: {row.id}"
    if hit.count == 1:
        return f"{row.cause}{detail}: {row.id} at {hit.last}, the machine's own time"
    times = f"{hit.count} times from {hit.first} to {hit.last}, the machine's own time"
    return f"{row.cause}{detail}: {row.id} {times}"


def repair(row: Signature, node: Node) -> str:
    """What to do about it on the node's kind of system."""
    windows = node.instance.is_windows and row.windows_fix
    text = (row.windows_fix if windows else row.fix).replace("{region}", node.region.name)
    text = text.replace("{instance_id}", node.id).replace("{partition}", node.partition)
    for service in _HOSTS:
        text = text.replace(f"{{{service}}}", default_name(node, service))
    return text


def rung_means(number: int) -> str:
    """``6, Systems Manager accepted its credentials …``."""
    return f"{number}, {_MEANINGS[number]}" if number in _MEANINGS else str(number)


def row_of(hit: LogHit) -> Signature | None:
    """Its row of the table; ``None`` = of a version that knows more."""
    return signature(hit.signature)


def _evidence(node: Node, path: str, value: Any) -> Evidence:
    return Evidence(resource=node.id, path=f"Log.{path}", value=value, call=CALL)
