"""The lines of a console that concern SSM Agent, and how they are kept: nothing else of it is.

A console may print anything, passwords included. So a line is kept only where it matches one of
the signatures of spec domain.md 3.4 (their ids are that table's), and what looks like a secret is
masked in it. Which cause a signature speaks for is not decided here.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Final

#: The agent's own word at start (spec domain.md 2.7): proof of a start, its absence of nothing.
STARTED: Final = "STARTED"

_SIGNATURES: Final = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        (STARTED, r"Amazon SSM Agent v[\d.]+ is running"),
        ("A3", r"Failed to get instance info from IMDS"),
        ("A4", r"failed to get IMDSv2 token"),
        (
            "A5",
            r"Agent failed to assume any identity|Error occurred when starting amazon-ssm-agent",
        ),
        ("A6", r"no EC2 instance role found"),
        ("A8", r"169\.254\.169\.254:80: (?:connect|i/o timeout)"),
        ("B4", r"AssumeRoleUnauthorizedAccess|EC2 cannot assume the role"),
        ("B5", r"no valid credentials could be retrieved for ec2 identity"),
        ("B9", r"Skipping default host management fallback"),
        ("B11", r"Sleeping for \S+ before retrying retrieve credentials"),
        ("C1", r"(?:ssm|ssmmessages|ec2messages)\.\S*.*dial tcp \S+:443: i/o timeout"),
        ("C3", r"lookup (?:ssm|ssmmessages|ec2messages)\.\S+.*(?:no such host|server misbehaving)"),
        ("C6", r"amazon-ssm-agent.*(?:connection reset by peer|tls: handshake failure)"),
        ("C7", r"x509: certificate signed by unknown authority"),
        ("C8", r"x509: certificate is valid for .*, not (?:ssm|ssmmessages|ec2messages)\."),
        ("C9", r"x509: certificate has expired or is not yet valid"),
        ("C11", r"amazon-ssm-agent.*proxyconnect tcp"),
        ("C13", r"Entering SSM Agent hibernate"),
        ("D4", r"Not existing InstanceId mi-"),
        ("D5", r"MachineFingerprintDoesNotMatch"),
        ("E1", r"Signature expired: .* is now earlier than"),
        ("E2", r"Signature not yet current: .* is still later than"),
        ("F1", r"no space left on device"),
        ("F5", r"sysprep hasn't completed|System not ready, not starting agent"),
        ("F6", r"SSM Agent Worker crashed|Core Agent crashed|Failed to start core agent"),
        ("F7", r"error occurred when starting ssm-agent-worker"),
        ("F10", r"(?:Out of memory: Killed|oom-kill).*(?:amazon-ssm-agen|ssm-agent-worke)"),
        ("F12", r"Failed to start .*amazon-ssm-agent|amazon-ssm-agent\.service: .*status=\d+"),
    )
)

_MASK: Final = "***"
_LONGEST_LINE: Final = 400
_SECRETS: Final = (
    (re.compile(r"://[^/\s@]+@"), f"://{_MASK}@"),
    (
        re.compile(
            r"(?i)((?:secret|token|passw(?:or)?d|authorization|signature|key)\w*\"?\s*[=:]\s*\"?)"
            r"(?!expired|not yet)\S+(?:\s+(?=\S{16})\S+)?"
        ),
        rf"\1{_MASK}",
    ),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{8,}"), _MASK),
    # A run this long of mixed letters and digits is a key, a token or a signature.
    (re.compile(r"(?=[^\s.]*[a-z])(?=[^\s.]*[A-Z])(?=[^\s.]*\d)[A-Za-z0-9+/=_-]{32,}"), _MASK),
)


@dataclasses.dataclass(frozen=True)
class AgentLine:
    """A line of the console, secrets masked, and the id of the signature it matches."""

    signature: str
    text: str


def agent_lines(console: str) -> tuple[AgentLine, ...]:
    """The agent's lines in the order of the console; each under the first signature it matches."""
    found = []
    for line in console.splitlines():
        name = next((name for name, pattern in _SIGNATURES if pattern.search(line)), None)
        if name is not None:
            found.append(AgentLine(name, _redacted(line)))
    return tuple(found)


def kept_console(console: str) -> str:
    """A console as a snapshot keeps it: the agent's lines only, secrets masked."""
    return "\n".join(line.text for line in agent_lines(console))


def _redacted(line: str) -> str:
    shown = "".join(char for char in line if char.isprintable()).strip()[:_LONGEST_LINE]
    for secret, masked in _SECRETS:
        shown = secret.sub(masked, shown)
    return shown
