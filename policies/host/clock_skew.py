"""HOST-10: the machine's clock is right."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from inventory.facts.host import Clock, Reading
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
from policies.host.commands import system_of
from policies.host.readings import CALL, NEEDS, READS, judged, quoted, untold

CONTROL = Control(
    id="HOST-10",
    title="The machine's clock is right",
    severity=Severity.CRITICAL,
    category="host",
    why=(
        "AWS rejects signatures of a clock that is off by five minutes: the node falls silent "
        "while every check from AWS's side passes, and Default Host Management does not help."
    ),
    remediation="Let {instance_id} follow the Amazon Time Sync Service, 169.254.169.123",
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html",
    ),
    reads=READS,
)
#: Seconds (R-10.4): the limit of a signature is 300.
_FINE: Final = 60.0
_BROKEN: Final = 240.0
_REPAIRS: Final = {
    "linux": (
        "add 'server 169.254.169.123 prefer iburst' to chrony.conf, then: sudo systemctl restart "
        "chronyd; sudo chronyc makestep; sudo systemctl restart amazon-ssm-agent"
    ),
    "macos": "sudo sntp -sS 169.254.169.123",
    "windows": (
        "w32tm /config /manualpeerlist:169.254.169.123 /syncfromflags:manual /update; "
        "w32tm /resync /force; Restart-Service AmazonSSMAgent"
    ),
}


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the skew with its uncertainty (R-10.1, R-10.4, R-10.5; E1, E2).

    A pass has to hold, and a failure has to hold, wherever in the uncertainty the truth lies.
    """

    def judge(reading: Reading, clock: Clock) -> Verdict:
        return _judge(node, reading, clock)

    return judged(node, context, "clock", judge)


def _judge(node: Node, reading: Reading, clock: Clock) -> Verdict:
    if clock.skew is None:
        return untold(reading, "clock", "how far the clock is off")
    seen = quoted(reading, "clock", "skew", "uncertainty", "reference", "synchronized", "verified")
    off, width = abs(clock.skew), abs(clock.uncertainty)
    reference = clock.reference or "its reference"
    told = f"the clock is {_spelled(clock.skew)} {_direction(clock.skew)} {reference}"
    if off - width < _FINE and off + width >= _BROKEN:
        return undecidable(
            "CLOCK_UNCERTAIN",
            f"{told}, give or take {_spelled(width)}",
            *seen,
            settled_by=f"a more exact clock.skew of {CALL}",
        )
    if off - width >= _BROKEN:
        return _off(node, reading, clock, told)
    if off + width > _FINE:
        return warned(
            "CLOCK_DRIFTS",
            f"{told}; five minutes break every signature",
            *seen,
            remediation=_repair(node, reading),
        )
    if clock.synchronized is False:
        return warned(
            "CLOCK_NOT_SYNCHRONIZED",
            f"{told}, but nothing keeps it there",
            *seen,
            remediation=_repair(node, reading),
        )
    return passed("CLOCK_RIGHT", told, *seen)


def _off(node: Node, reading: Reading, clock: Clock, told: str) -> Verdict:
    """A reference whose certificate does not hold is no proof: it may be anyone's answer."""
    seen = quoted(reading, "clock", "skew", "uncertainty", "reference", "verified")
    if clock.verified is False:
        return warned(
            "CLOCK_OFF",
            f"{told}, whose certificate does not hold",
            *seen,
            remediation=_repair(node, reading),
        )
    return failed(
        "CLOCK_OFF",
        f"{told}: AWS rejects its signatures",
        *seen,
        blockers=(Blocker(node.id, told),),
        remediation=_repair(node, reading),
    )


def _repair(node: Node, reading: Reading) -> str:
    return f"On {node.id}: {_REPAIRS[system_of(node, reading)]}"


def _direction(skew: float) -> str:
    return "ahead of" if skew > 0 else "behind"


def _spelled(seconds: float) -> str:
    return f"{abs(seconds):.0f} s"
