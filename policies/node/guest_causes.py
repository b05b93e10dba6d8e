"""What may be wrong inside the guest, where AWS sees no reason: most likely cause first.

When every prerequisite on AWS's side passes and the agent still does not answer, the reason is out
of AWS's sight. The order is that of spec domain.md 4 and 5.6; a line of the console that speaks
for a cause (``--deep``, spec domain.md 3.4) puts that cause first.
"""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.facts import (
    STARTED,
    AgentLine,
    ConsoleOutput,
    Evidence,
    Node,
    Unread,
    agent_lines,
    moment,
)
from policies.network.hosts import default_name


@dataclasses.dataclass(frozen=True)
class GuestCause:
    """``check`` is what to run or look at on the machine, ``windows_check`` the same there.

    ``signatures`` are the ids of console lines that speak for it. ``only_unregistered``: it cannot
    be the reason where the agent has reported once.
    """

    name: str
    meaning: str
    check: str
    windows_check: str
    signatures: frozenset[str] = frozenset()
    only_unregistered: bool = False

    def check_on(self, node: Node) -> str:
        """The check for the node's kind of system, with the host names of its partition (2.3)."""
        check = self.windows_check if node.instance.is_windows else self.check
        return check.format(ssm=default_name(node, "ssm"))


GUEST_CAUSES: Final = (
    GuestCause(
        "agent missing",
        "SSM Agent is not installed",
        "command -v amazon-ssm-agent || snap list amazon-ssm-agent",
        "Get-Service AmazonSSMAgent",
        only_unregistered=True,
    ),
    GuestCause(
        "agent stopped",
        "SSM Agent is stopped, disabled or crashes at boot",
        "systemctl status amazon-ssm-agent || snap services amazon-ssm-agent",
        "Get-Service AmazonSSMAgent; Get-Content C:\\ProgramData\\Amazon\\SSM\\Logs\\errors.log",
        frozenset({"A5", "F5", "F6", "F7", "F10", "F12"}),
    ),
    GuestCause(
        "agent waiting",
        "SSM Agent is in back-off or hibernation after earlier failures, for up to an hour",
        "systemctl restart amazon-ssm-agent",
        "Restart-Service AmazonSSMAgent",
        frozenset({"B5", "B9", "B11", "C13"}),
    ),
    GuestCause(
        "clock off",
        "the clock is off by five minutes or more, so that AWS rejects every signature",
        "chronyc tracking || timedatectl",
        "w32tm /query /status",
        frozenset({"C9", "E1", "E2"}),
    ),
    GuestCause(
        "disk full",
        "no disk space, inodes or inotify watches are left",
        "df -h; df -i; sysctl fs.inotify.max_user_watches",
        "Get-Volume",
        frozenset({"F1"}),
    ),
    GuestCause(
        "proxy",
        "the agent's service has no proxy, a wrong one, or one without no_proxy for the metadata "
        "service",
        "systemctl show amazon-ssm-agent -p Environment",
        "Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent; "
        "netsh winhttp show proxy",
        frozenset({"C11"}),
    ),
    GuestCause(
        "metadata service blocked",
        "a route, firewall or agent in the guest keeps the metadata service from it",
        "curl -sX PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "
        "http://169.254.169.254/latest/api/token",
        "route print 169.254.169.254",
        frozenset({"A3", "A4", "A8"}),
    ),
    GuestCause(
        "TLS intercepted",
        "TLS is inspected on the way, or a root certificate is missing",
        "curl -v https://{ssm}",
        "[Net.ServicePointManager]::SecurityProtocol = 'Tls12'; "
        "Invoke-WebRequest https://{ssm} -UseBasicParsing",
        frozenset({"C6", "C7", "C8"}),
    ),
    GuestCause(
        "firewall in the guest",
        "a firewall or resolver of the guest blocks the endpoints",
        "nft list ruleset || iptables -S; getent hosts {ssm}",
        "Get-NetFirewallProfile; Resolve-DnsName {ssm}",
        frozenset({"C1", "C3"}),
    ),
    GuestCause(
        "hybrid leftovers",
        "an old hybrid registration, or a cloned one, outranks the instance's identity",
        "ls /var/lib/amazon/ssm/Vault/Store/RegistrationKey",
        "Test-Path C:\\ProgramData\\Amazon\\SSM\\InstanceData\\registration",
        frozenset({"D4", "D5"}),
    ),
    GuestCause(
        "update broke it",
        "an automatic update of the agent or the system broke a node that worked",
        "journalctl -u amazon-ssm-agent --since '-7 days'; snap changes",
        "Get-Content C:\\ProgramData\\Amazon\\SSM\\Logs\\amazon-ssm-agent.log -Tail 200",
    ),
)


def console_lines(node: Node) -> tuple[AgentLine, ...]:
    """The agent's lines on the console, none where it was not asked for or tells nothing.

    Text that was taken before the latest start belongs to an earlier boot (T-115).
    """
    console = _console(node)
    return () if console is None else agent_lines(console.output)


def console_evidence(node: Node) -> tuple[Evidence, ...]:
    """The agent's lines on the console as evidence; absence proves nothing (T-116)."""
    return tuple(
        Evidence(resource=node.id, path="Output", value=line.text, call=ConsoleOutput.call)
        for line in dict.fromkeys(console_lines(node))
    )


def picked_cause(node: Node) -> GuestCause | None:
    """The cause that the console speaks for: of several, the one it spoke of last.

    What came before the agent's latest start did not keep it from starting (T-107).
    """
    for line in reversed(console_lines(node)):
        if line.signature == STARTED:
            return None
        for cause in GUEST_CAUSES:
            if line.signature in cause.signatures:
                return cause
    return None


def console_word(node: Node) -> str:
    """What the console adds to a reason: the cause it speaks for, ``""`` without one."""
    cause = picked_cause(node)
    return "" if cause is None else f"; its console says that {cause.meaning}"


def ranked_causes(node: Node) -> tuple[GuestCause, ...]:
    """What may be wrong inside the guest, likeliest first (spec domain.md 4, 5.6).

    An agent that reported once, or whose start the console shows, is certainly installed.
    """
    started = any(line.signature == STARTED for line in console_lines(node))
    is_there = started or not isinstance(node.region.managed_nodes.find(node.id), Unread)
    possible = [one for one in GUEST_CAUSES if not (one.only_unregistered and is_there)]
    picked = picked_cause(node)
    return tuple(sorted(possible, key=lambda one: one is not picked))


def guest_checks(node: Node) -> str:
    """What to look at on the machine once AWS's side is in order: one line a cause, in order."""
    lines = (
        f"{place}. {cause.meaning}: {cause.check_on(node)}"
        for place, cause in enumerate(ranked_causes(node), start=1)
    )
    lead = (
        f"Repair the failed IAM, IMDS and NET controls of {node.id} first. If there are none, look "
        "at the guest, most likely cause first:"
    )
    return "\n".join((lead, *lines))


def _console(node: Node) -> ConsoleOutput | None:
    console = node.region.consoles.find(node.id)
    if isinstance(console, Unread):
        return None
    taken, launched = moment(console.timestamp), moment(node.instance.launch_time)
    is_earlier_boot = taken is not None and launched is not None and taken < launched
    return None if is_earlier_boot else console
