"""HOST-03: the agent's worker process runs, which it does only with credentials."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from inventory.facts.host import AgentService, Reading
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    warned,
)
from policies.dhmc.agent_version import Version
from policies.host.agent import agent_version
from policies.host.commands import commands_for
from policies.host.readings import NEEDS, READS, judged, quoted, untold
from policies.node.registration import spelled

CONTROL = Control(
    id="HOST-03",
    title="The agent's worker process runs",
    severity=Severity.CRITICAL,
    category="host",
    why=(
        "The core of the agent can run for ever without credentials; only with them does it start "
        "the worker that sends heartbeats and takes commands."
    ),
    remediation=(
        "Repair what HOST-04 to HOST-10 and the IAM controls of {instance_id} name, then restart "
        "its agent: it waits for up to 30 minutes by itself"
    ),
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html",
    ),
    reads=READS,
)
#: Older agents are one process.
_TWO_PROCESSES: Final[Version] = (3, 0, 0, 0)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the process (spec domain.md 2.7, 3.3 row 8; T-104, T-105)."""

    def judge(reading: Reading, service: AgentService) -> Verdict:
        return _judge(node, reading, service)

    return judged(node, context, "service", judge)


def _judge(node: Node, reading: Reading, service: AgentService) -> Verdict:
    seen = quoted(reading, "service", "running", "worker")
    if service.worker:
        return passed("WORKER_RUNNING", "ssm-agent-worker runs", *seen)
    if service.running is False:
        return not_applicable("AFTER_HOST_02", "the agent does not run: HOST-02 judges that")
    version = agent_version(node)
    if version is not None and version < _TWO_PROCESSES:
        return not_applicable("AGENT_WITHOUT_WORKER", "this old agent is a single process", *seen)
    if service.worker is None or service.running is None:
        return untold(reading, "service", "whether ssm-agent-worker runs")
    remediation = (
        f"Repair what HOST-04 to HOST-10 and the IAM controls of {node.id} name, then: "
        f"{commands_for(node, reading).restart}"
    )
    told = "the agent runs without ssm-agent-worker"
    if version is None:
        reason = f"{told}; only a warning, because nobody told its version for sure, and one "
        reason += f"before {spelled(_TWO_PROCESSES)} has none"
        return warned("WORKER_MISSING", reason, *seen, remediation=remediation)
    return failed(
        "WORKER_MISSING",
        f"{told}: it has no credentials",
        *seen,
        blockers=(Blocker(node.id, "ssm-agent-worker does not run"),),
        remediation=remediation,
    )
