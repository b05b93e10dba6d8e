"""HOST-13: nothing of an earlier life of the machine outranks its identity."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from inventory.facts.host import Leftovers, Reading
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    passed,
    undecidable,
    warned,
)
from policies.host.commands import commands_for, system_of
from policies.host.readings import (
    CALL,
    CREDENTIALS_FILE_UNSEEN,
    NEEDS,
    READS,
    judged,
    quoted,
)
from policies.left_open import LIVE_UNREAD, left_open
from policies.live import heard_from, unheard

CONTROL = Control(
    id="HOST-13",
    title="No hybrid registration or credentials file is left on the machine",
    severity=Severity.HIGH,
    category="host",
    why=(
        "A leftover hybrid registration outranks the instance's own identity: the node shows up "
        "as mi-…, never as i-…; shared credentials of root outlive the role's."
    ),
    remediation="Clear the registration on {instance_id}: amazon-ssm-agent -register -clear",
    needs=(*NEEDS, "ssm:DescribeInstanceInformation"),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-deregister-hybrid-nodes.html",
    ),
    reads=("thresholds.ping_fresh", *READS),
)
#: Where the agent's user keeps shared credentials (2.2.2), by system.
_LOOKS: Final = {
    "linux": "sudo ls /root/.aws/credentials",
    "macos": "sudo ls /var/root/.aws/credentials",
    "windows": "Test-Path $env:SystemRoot\\System32\\config\\systemprofile\\.aws\\credentials",
}
_CLEAR: Final = {
    "linux": "sudo amazon-ssm-agent -register -clear",
    "macos": "sudo /opt/aws/ssm/bin/amazon-ssm-agent -register -clear",
    "windows": "& 'C:\\Program Files\\Amazon\\SSM\\amazon-ssm-agent.exe' -register -clear",
}


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge what is left (2.2.1, 1.3 row 11, 1.4, B13, D4; T-121: none is the normal case)."""

    def judge(reading: Reading, leftovers: Leftovers) -> Verdict:
        return _judge(node, context, reading, leftovers)

    return judged(node, context, "leftovers", judge)


def _judge(node: Node, context: Context, reading: Reading, leftovers: Leftovers) -> Verdict:
    seen = quoted(reading, "leftovers", "registration", "registration_file", "credentials_file")
    if leftovers.registration:
        return _registered(node, context, reading, leftovers)
    if leftovers.registration_file:
        return undecidable(
            "REGISTRATION_UNREADABLE",
            f"{leftovers.registration_file} is there, and its id could not be read",
            *seen,
            settled_by=f"leftovers.registration of {CALL}",
        )
    if leftovers.credentials_file:
        told = f"{leftovers.credentials_file} holds credentials that the agent may use"
        remediation = f"On {node.id}: remove {leftovers.credentials_file}, unless it is meant"
        return warned("CREDENTIALS_FILE", told, *seen, remediation=remediation)
    if leftovers.credentials_file is None:
        note = f" ({leftovers.note})" if reading.source == "probe" and leftovers.note else ""
        return undecidable(
            CREDENTIALS_FILE_UNSEEN,
            f"no hybrid registration; {reading.source} did not look for a credentials file{note}",
            *seen,
            settled_by=f"on {node.id} {_LOOKS[system_of(node, reading)]}, or --probe as root",
        )
    return passed("NOTHING_LEFT", "no hybrid registration and no credentials file", *seen)


def _registered(node: Node, context: Context, reading: Reading, leftovers: Leftovers) -> Verdict:
    """A node that is Online as itself has another order of identities configured (2.2.1)."""
    told = f"the machine holds the hybrid registration {leftovers.registration}"
    seen = quoted(reading, "leftovers", "registration", "registration_region")
    system = system_of(node, reading)
    remediation = f"On {node.id}: {_CLEAR[system]}; then {commands_for(node, reading).restart}"
    if heard_from(node, context) is not None:
        reason = f"{told}, but {node.id} is Online as itself"
        return warned("HYBRID_REGISTRATION", reason, *seen, remediation=remediation)
    verdict = failed(
        "HYBRID_REGISTRATION",
        f"{told}, which outranks {node.id}",
        *seen,
        blockers=(Blocker(node.id, told),),
        remediation=remediation,
    )
    gap = unheard(node)
    if gap is None:
        return verdict
    why = f"whether {node.id} is Online as itself is not known"
    return left_open(verdict, LIVE_UNREAD, why, (gap,), node.id)
