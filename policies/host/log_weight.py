"""What a signature of the agent's log weighs for this node: whose service, which channel (D17)."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from inventory.facts.host import AgentLog, LogHit
from inventory.facts.host.signatures import Weight, signature
from policies.control import Context
from policies.dhmc.agent_version import Version
from policies.dhmc.agent_version import agent_version as version_in
from policies.host.agent import agent_version

_SESSIONS, _MESSAGES = "ssmmessages", "ec2messages"
#: Services that no managed node needs; an agent that works does not even ask sts (1.2).
_INFORMATIONAL: Final = frozenset({"s3", "kms", "logs", "monitoring"})
_NEVER_NEEDED: Final = frozenset({"sts"})


def weight_of(hit: LogHit, log: AgentLog, node: Node, context: Context) -> Weight:
    """The table's weight, less or more where the service is not the heartbeat's.

    What only reports an error that is a signature itself weighs nothing: the cause counts.
    """
    row = signature(hit.signature)
    if row is None or hit.inner or row.weight is Weight.BENIGN:
        return Weight.BENIGN
    if hit.service == _MESSAGES:
        return _of_ec2messages(log, node, context)
    if hit.service == _SESSIONS:
        return _of_ssmmessages(log, node, context)
    if hit.service in _NEVER_NEEDED:
        return Weight.BENIGN
    if hit.service in _INFORMATIONAL:
        return Weight.LOW
    return row.weight


def _of_ec2messages(log: AgentLog, node: Node, context: Context) -> Weight:
    """Irrelevant once ssmmessages serves or where the Region has none of it (T-109, C16, D17)."""
    parameters = context.parameters
    releases, version = parameters.agent_releases, _version(log, node)
    if node.region.name in parameters.regions_without_ec2messages or log.channel == _SESSIONS:
        return Weight.BENIGN
    if version is None:
        return Weight.MEDIUM
    if version >= releases.ec2messages_left:
        return Weight.BENIGN
    return Weight.HIGH if version < releases.ssmmessages_commands else Weight.MEDIUM


def _of_ssmmessages(log: AgentLog, node: Node, context: Context) -> Weight:
    """Sessions do not work; commands neither, where ec2messages cannot take them over."""
    blocked = any(one.service == _MESSAGES and one.after_success for one in log.hits)
    missing = node.region.name in context.parameters.regions_without_ec2messages
    return Weight.HIGH if blocked or missing else Weight.MEDIUM


def _version(log: AgentLog, node: Node) -> Version | None:
    return (version_in(log.version) if log.version else None) or agent_version(node)
