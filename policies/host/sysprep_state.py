"""HOST-15: Windows has finished its setup."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from inventory.facts.host import Reading
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from policies.host.commands import system_of
from policies.host.readings import NEEDS, READS, fact, judged, readings_of, source

CONTROL = Control(
    id="HOST-15",
    title="Windows has finished its setup (Sysprep)",
    severity=Severity.HIGH,
    category="host",
    why="The agent waits for Windows to finish its setup: in an image that never does, for ever.",
    remediation="Make the image of {instance_id} again with EC2Launch's Sysprep",
    needs=NEEDS,
    references=(
        "https://learn.microsoft.com/en-us/windows-hardware/manufacture/desktop/windows-setup-states",
    ),
    reads=READS,
)
_COMPLETE: Final = "IMAGE_STATE_COMPLETE"
_LOOK: Final = (
    "Get-Content C:\\Windows\\Panther\\setuperr.log; Get-ItemProperty "
    "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State"
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge ImageState (1.2 row 7, 1.4, F5)."""
    systems = {system_of(node, one) for one in readings_of(node)}
    if systems and "windows" not in systems:
        return not_applicable("NOT_WINDOWS", "only Windows has such a setup")

    def judge(reading: Reading, state: str) -> Verdict:
        return _judge(node, reading, state)

    return judged(node, context, "sysprep_state", judge)


def _judge(node: Node, reading: Reading, state: str) -> Verdict:
    seen = (fact(reading, "sysprep_state", state), source(reading))
    if state.upper() == _COMPLETE:
        return passed("SETUP_COMPLETE", f"ImageState is {state}", *seen)
    told = f"Windows has not finished its setup: ImageState is {state}"
    return failed(
        "SETUP_INCOMPLETE",
        told,
        *seen,
        blockers=(Blocker(node.id, told),),
        remediation=f"On {node.id}: {_LOOK}",
    )
