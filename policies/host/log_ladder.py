"""LOG-01: the agent's log climbs the ladder of a healthy start."""

from typing import Final

from inventory.facts import Node, Unread
from inventory.facts.host import AgentLog, LogHit
from inventory.facts.host.signatures import Weight
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    passed,
    undecidable,
    unread,
    warned,
)
from policies.host.log_age import doubt, precedes_start
from policies.host.log_weight import weight_of
from policies.host.log_words import (
    CATEGORY,
    NEEDS,
    REFERENCES,
    log_of,
    quoted,
    repair,
    row_of,
    rung_means,
)

CONTROL = Control(
    id="LOG-01",
    title="The agent's log climbs the ladder of a healthy start",
    severity=Severity.HIGH,
    category=CATEGORY,
    why=(
        "A start leaves a line for each step, from identity to credentials, heartbeat and session "
        "channel. The first one that is missing says where the agent is stuck, even while its "
        "retries are silent."
    ),
    remediation="Repair what keeps the agent from its next step, then restart it on {instance_id}",
    needs=NEEDS,
    references=REFERENCES,
)
#: What the states of ``AgentLog.state`` that fail mean; the codes are stable.
_BROKEN: Final = {
    "no-identity": ("AGENT_WITHOUT_IDENTITY", "the agent found no identity"),
    "no-credentials": ("AGENT_WITHOUT_CREDENTIALS", "the agent has no credentials"),
    "backing-off": (
        "AGENT_BACKING_OFF",
        "the agent has no credentials and is silent: its retries are logged at DEBUG only (R-2.2)",
    ),
    "hibernating": ("AGENT_HIBERNATING", "the agent hibernates: its first ping failed"),
    "crashed": ("AGENT_CRASHED", "a process of the agent crashed or cannot be started"),
    "stopped": ("AGENT_STOPPED", "the agent was stopped and did not start again"),
    "unreachable": ("AGENT_CUT_OFF", "the agent's heartbeats fail"),
}
_RESTART: Final = "sudo systemctl restart amazon-ssm-agent"
_RESTART_ON_WINDOWS: Final = "Restart-Service AmazonSSMAgent"


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the last known state and the first missing rung (domain.md 3.3; T-104 to T-107)."""
    log = log_of(node)
    if isinstance(log, Unread):
        return unread(log)
    if log.state in _BROKEN:
        return _broken(log, node, context)
    if log.state == "healthy":
        return _healthy(log, node)
    told = "ends too early after a start" if log.state == "starting" else "shows no start"
    return undecidable(
        "LOG_ENDS_EARLY" if log.state == "starting" else "LOG_TELLS_NOTHING",
        f"the log {told}: neither a heartbeat nor an error can be told from it",
        *quoted(log, node),
        settled_by=f"a log of {node.id} of ten minutes after a start of the agent",
    )


def _healthy(log: AgentLog, node: Node) -> Verdict:
    if precedes_start(log, node):
        return undecidable(
            "LOG_OUTDATED",
            "the log shows a healthy agent, and ends before the latest start of the instance",
            *quoted(log, node),
            settled_by=f"a log of {node.id} since its latest start",
        )
    if log.missing_rung:
        return warned(
            "STEP_MISSING",
            f"the agent works, but its log misses step {rung_means(log.missing_rung)}",
            *quoted(log, node),
        )
    since = f" since {log.since}, the machine's own time" if log.since else ""
    return passed("AGENT_HEALTHY", f"the agent reports without errors{since}", *quoted(log, node))


def _broken(log: AgentLog, node: Node, context: Context) -> Verdict:
    code, what = _BROKEN[log.state]
    since = f" since {log.since}, the machine's own time" if log.since else ""
    missing = f"; first missing step: {rung_means(log.missing_rung)}" if log.missing_rung else ""
    nearest = _nearest(log, node, context)
    row = row_of(nearest) if nearest else None
    cause = f"; nearest error {row.id}: {row.cause}" if row else ""
    reason = f"{what}{since}{missing}{cause}"
    restart = _RESTART_ON_WINDOWS if node.instance.is_windows else _RESTART
    fix = repair(row, node) if row else restart
    seen = quoted(log, node, *([nearest] if nearest else []))
    why_not = doubt(log.last, log, node)
    if why_not:
        reason = f"{reason}; only a warning, because {why_not}"
        return warned(code, reason, *seen, remediation=fix)
    return failed(code, reason, *seen, blockers=(Blocker(node.id, what),), remediation=fix)


def _nearest(log: AgentLog, node: Node, context: Context) -> LogHit | None:
    """The gravest error that stands, the latest of them; a cause rather than what reports it."""
    standing = [one for one in log.hits if one.after_success]
    for weight in (Weight.HIGH, Weight.MEDIUM):
        found = [one for one in standing if weight_of(one, log, node, context) is weight]
        if found:
            return max(found, key=lambda one: (one.last, one.signature))
    return None
