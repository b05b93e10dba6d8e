"""HOST-04: the metadata service answers the machine, with a token and with its own id."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from inventory.facts.host import Metadata, Reading
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    passed,
    warned,
)
from policies.dhmc.agent_version import Version
from policies.host.agent import agent_version
from policies.host.commands import system_of
from policies.host.readings import NEEDS, READS, judged, quoted, unrecognized, untold
from policies.node.registration import spelled

CONTROL = Control(
    id="HOST-04",
    title="The metadata service answers the machine",
    severity=Severity.CRITICAL,
    category="host",
    why=(
        "The agent learns who and where it is, and its credentials, from the metadata service; "
        "proxies, routes and firewalls inside the machine break it although EC2 has it enabled."
    ),
    remediation=(
        "See what keeps {instance_id} from 169.254.169.254: route, local firewall, security "
        "software; aws ec2 describe-instances shows MetadataOptions"
    ),
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    ),
    reads=READS,
)
#: From here on an agent never falls back to requests without a token (R-6.3).
_TOKENS_ONLY: Final[Version] = (3, 2, 1041, 0)
_CHECKS: Final = {
    "linux": "ip route get 169.254.169.254; sudo nft list ruleset; sudo iptables -S",
    "macos": "route get 169.254.169.254; sudo pfctl -s rules",
    "windows": "route print 169.254.169.254; Get-NetFirewallProfile",
}
_OK: Final = "ok"
_ENDED: Final = frozenset({"refused", "timeout", "unreachable", "reset", "failure"})


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge token and identity document (R-6.1, R-6.3, R-6.6; T-93, T-95)."""

    def judge(reading: Reading, metadata: Metadata) -> Verdict:
        return _judge(node, reading, metadata)

    return judged(node, context, "metadata", judge)


def _judge(node: Node, reading: Reading, metadata: Metadata) -> Verdict:
    for name in ("token", "identity"):
        word = getattr(metadata, name)
        if word and word != _OK and word not in _ENDED and not word.isdecimal():
            return unrecognized(reading, f"metadata.{name}", word)
    seen = quoted(reading, "metadata", "token", "identity", "instance_id", "region")
    if metadata.token == _OK and metadata.identity == _OK:
        return passed("METADATA_ANSWERS", "the metadata service answers with a token", *seen)
    if metadata.token == _OK and not metadata.identity:
        return passed("METADATA_GIVES_TOKENS", "the metadata service gives a token", *seen)
    if metadata.token == _OK:
        told = f"the metadata service gives a token, but no identity ({metadata.identity})"
        return _failed("METADATA_WITHOUT_IDENTITY", told, node, reading)
    if not metadata.token:
        return _without_token(node, reading, metadata)
    if metadata.identity == _OK:
        return _token_refused(node, reading, metadata)
    told = f"the metadata service does not answer (token: {metadata.token})"
    return _failed("METADATA_UNREACHABLE", told, node, reading)


def _without_token(node: Node, reading: Reading, metadata: Metadata) -> Verdict:
    """A source that asks as the agent does, without telling of the token (spec 1.2 row 1)."""
    if not metadata.identity:
        return untold(reading, "metadata", "whether the metadata service answers")
    seen = quoted(reading, "metadata", "identity", "instance_id", "region")
    if metadata.identity == _OK:
        return passed("METADATA_ANSWERS", "the metadata service answers", *seen)
    told = f"the metadata service does not answer ({metadata.identity})"
    return _failed("METADATA_UNREACHABLE", told, node, reading)


def _token_refused(node: Node, reading: Reading, metadata: Metadata) -> Verdict:
    """It answers only without a token: enough for old agents (R-6.3)."""
    version = agent_version(node)
    told = f"the metadata service answers, but gives no token ({metadata.token})"
    if version is not None and version >= _TOKENS_ONLY:
        reason = f"{told}, and agent {spelled(version)} asks with a token only"
        return _failed("METADATA_WITHOUT_TOKEN", reason, node, reading)
    return warned(
        "METADATA_WITHOUT_TOKEN",
        f"{told}; agents from {spelled(_TOKENS_ONLY)} on need one",
        *quoted(reading, "metadata", "token", "identity"),
    )


def _failed(code: str, told: str, node: Node, reading: Reading) -> Verdict:
    check = _CHECKS[system_of(node, reading)]
    return failed(
        code,
        told,
        *quoted(reading, "metadata", "token", "identity"),
        blockers=(Blocker(node.id, told),),
        remediation=(
            f"On {node.id} see what keeps it from 169.254.169.254: {check}. IMDS-01 says whether "
            "EC2 has the service enabled."
        ),
    )
