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
        ("A6", r"no EC2 instance role found"),
        ("A8", r"169\.254\.169\.254:80: (?:connect|i/o timeout)"),
        ("B4", r"AssumeRoleUnauthorizedAccess|EC2 cannot assume the role"),
        ("C1", r"(?:ssm|ssmmessages|ec2messages)\..*dial tcp \S+:443: i/o timeout"),
        ("C3", r"lookup (?:ssm|ssmmessages|ec2messages)\..*(?:no such host|server misbehaving)"),
        ("C6", r"amazon-ssm-agent.*(?:connection reset by peer|tls: handshake failure)"),
        ("C7", r"x509: certificate signed by unknown authority"),
        ("C8", r"x509: certificate is valid for .*, not (?:ssm|ssmmessages|ec2messages)\."),
        ("C9", r"x509: certificate has expired or is not yet valid"),
        ("C11", r"amazon-ssm-agent.*proxyconnect tcp"),
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
        # What follows wraps a cause: it counts where the line names none of the causes above.
        (
            "A5",
            r"Agent failed to assume any identity|Error occurred when starting amazon-ssm-agent",
        ),
        ("B5", r"no valid credentials could be retrieved for ec2 identity"),
        ("B9", r"Skipping default host management fallback"),
        ("B11", r"Sleeping for \S+ before retrying retrieve credentials"),
        ("C13", r"Entering SSM Agent hibernate"),
    )
)

_MASK: Final = "***"
#: Characters of a line that are looked at, and that are kept. A guest may print what it likes, and
#: patterns take their time with endless lines.
_LONGEST_READ: Final = 4_000
_LONGEST_KEPT: Final = 400
_LABEL: Final = (
    r"(?:secret|token|passw(?:or)?d|passphrase|pwd|\bpass\b|credential|cookie|session|"
    r"authorization|signature|\bsig\b|key|activation[-_]?code)"
)
#: What an error text says after a colon, as in ``InvalidSignatureException: Signature expired``.
_PROSE: Final = (
    r"(?!(?:signature )?(?:expired|not yet current): |no (?:space left|such host|EC2 instance) |"
    r"x509: |dial tcp |lookup |failed to |connection reset |tls: |"
    r"[A-Z]\w{2,60}(?:Exception|Error)\b)"
)
_VALUE: Final = (
    r"(?:(?:basic|bearer|digest|negotiate|ntlm)\s+)?(?:\\?\"[^\"]*\"?\S*|'[^']*'?\S*|[^\s\"']\S*)"
)
_SECRETS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), masked)
    for pattern, masked in (
        (r"://\S+@", f"://{_MASK}@"),
        (r"[^\s:/@=\"']+:(?!//)\S+@", f"{_MASK}@"),
        (rf"({_LABEL}\w*[\\\"']*\s*(?:=\s*|:\s*{_PROSE})){_VALUE}", rf"\1{_MASK}"),
        (rf"(\s--?[\w-]*(?:{_LABEL}|code)\s+){_VALUE}", rf"\1{_MASK}"),
        (rf"\b((?:passw(?:or)?d|bearer)\s+){_PROSE}{_VALUE}", rf"\1{_MASK}"),
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{8,}", _MASK),
        (r"\b[0-9a-f]{40,}\b", _MASK),
    )
)
#: A run this long is a key, a token or a signature where it mixes cases and digits.
_LONG_RUN: Final = re.compile(r"[A-Za-z0-9+/=_%-]{32,}")
_MIXED: Final = tuple(re.compile(kind) for kind in ("[a-z]", "[A-Z]", "[0-9]"))


@dataclasses.dataclass(frozen=True)
class AgentLine:
    """A line of the console, secrets masked, and the id of the signature it matches."""

    signature: str
    text: str


def agent_lines(console: str) -> tuple[AgentLine, ...]:
    """The agent's lines in the order of the console; each under the first signature it matches.

    A line is matched as it is kept: what a snapshot holds reads as the console itself did.
    """
    found = []
    for line in console.splitlines():
        read = _readable(line)
        if _signature_of(read) is None:
            continue
        text = _masked(read)[:_LONGEST_KEPT].strip()
        name = _signature_of(text)
        if name is not None:
            found.append(AgentLine(name, text))
    return tuple(found)


def kept_console(console: str) -> str:
    """A console as a snapshot keeps it: the agent's lines only, secrets masked."""
    return "\n".join(line.text for line in agent_lines(console))


def without_secrets(line: str) -> str:
    """A line as it may be kept: printable, at most 4,000 characters, what looks secret masked."""
    return _masked(_readable(line))


def _signature_of(text: str) -> str | None:
    return next((name for name, pattern in _SIGNATURES if pattern.search(text)), None)


def _readable(line: str) -> str:
    """Its printable start; of a word that is cut nobody could tell that it was a secret."""
    shown = "".join(char for char in line.replace("\t", " ") if char.isprintable())
    if len(shown) > _LONGEST_READ:
        shown = shown[:_LONGEST_READ].rpartition(" ")[0]
    return shown.strip()


def _masked(text: str) -> str:
    for secret, masked in _SECRETS:
        text = secret.sub(masked, text)
    return _LONG_RUN.sub(_masked_if_mixed, text)


def _masked_if_mixed(run: re.Match[str]) -> str:
    return _MASK if all(kind.search(run[0]) for kind in _MIXED) else run[0]
