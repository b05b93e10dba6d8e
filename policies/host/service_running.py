"""HOST-02: the agent's service runs, as the user that it needs, and starts at boot."""

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
    undecidable,
    warned,
)
from policies.host.commands import commands_for
from policies.host.readings import BOOT_UNTOLD, NEEDS, READS, judged, quoted, untold

CONTROL = Control(
    id="HOST-02",
    title="The agent's service runs as the right user and starts at boot",
    severity=Severity.CRITICAL,
    category="host",
    why="A stopped agent sends no heartbeat; one that is not enabled is gone after the next boot.",
    remediation="Start and enable SSM Agent on {instance_id}",
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-status-and-restart.html",
    ),
    reads=READS,
)
_RIGHT_USERS: Final = frozenset({"root", "localsystem", "system"})


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge state, user and start at boot (spec domain.md 1.2 row 5, 1.4; T-103, T-104, F12)."""

    def judge(reading: Reading, service: AgentService) -> Verdict:
        return _judge(node, reading, service)

    return judged(node, context, "service", judge)


def _judge(node: Node, reading: Reading, service: AgentService) -> Verdict:
    if reading.install is not None and reading.install.installed is False and not service.running:
        return not_applicable("AFTER_HOST_01", "there is no agent: HOST-01 judges that")
    seen = quoted(reading, "service", "running", "state", "user", "enabled", "unit", "system")
    commands = commands_for(node, reading)
    if service.running is None:
        return untold(reading, "service", "whether the agent's service runs")
    if not service.running:
        state = f" ({service.state})" if service.state else ""
        return failed(
            "SERVICE_NOT_RUNNING",
            f"the agent's service does not run{state}",
            *seen,
            blockers=(Blocker(node.id, f"the agent's service does not run{state}"),),
            remediation=f"On {node.id}: {commands.start}; why it stopped: {commands.logs}",
        )
    if service.user and not _is_right(service.user):
        return _wrong_user(node, reading, service, commands.user)
    if service.enabled is False:
        return warned(
            "SERVICE_NOT_ENABLED",
            "the agent's service runs, but does not start at boot",
            *seen,
            remediation=f"On {node.id}: {commands.start}",
        )
    if not service.user:
        return warned("SERVICE_USER_UNTOLD", "the agent's service runs, nobody told as whom", *seen)
    if service.enabled is None:
        return undecidable(
            BOOT_UNTOLD,
            f"the agent's service runs as {service.user}; {reading.source} did not tell whether "
            "it starts at boot",
            *seen,
            settled_by=f"on {node.id} {commands.starts_at_boot}, or --probe",
        )
    return passed("SERVICE_RUNNING", f"the agent's service runs as {service.user}", *seen)


def _is_right(user: str) -> bool:
    """Before the backslash stands ``NT AUTHORITY``, or what Windows calls it in its language."""
    return user.casefold().rpartition("\\")[2] in _RIGHT_USERS


def _wrong_user(node: Node, reading: Reading, service: AgentService, command: str) -> Verdict:
    """A worker shows that this user gets by: it starts once there are credentials (T-105)."""
    told = f"the agent runs as {service.user}, not as root or LocalSystem"
    seen = quoted(reading, "service", "user", "worker")
    remediation = f"On {node.id}: {command}"
    if service.worker:
        return warned("SERVICE_WRONG_USER", told, *seen, remediation=remediation)
    return failed(
        "SERVICE_WRONG_USER",
        told,
        *seen,
        blockers=(Blocker(node.id, f"the agent runs as {service.user}"),),
        remediation=remediation,
    )
