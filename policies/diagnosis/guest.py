"""What is known of the guest where AWS's side is in order: a cause, or causes ruled out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from inventory.facts import Node
from policies.diagnosis.cross_check import CrossCheck
from policies.finding import Finding, Outcome
from policies.host.readings import HALF_SHOWN, section_of
from policies.node.guest_causes import GUEST_CAUSES

_CLOCKS: Final = frozenset({"HOST-10", "LOG-06"})
#: What a failure on the machine means, in a few words; its reason has the rest.
_HEADLINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "HOST-01": "its agent is missing",
        "HOST-02": "its agent does not run as it should",
        "HOST-04": "it does not get at its metadata service",
        "HOST-05": "it gets no credentials",
        "HOST-06": "it does not resolve the names",
        "HOST-07": "it does not reach the endpoints",
        "HOST-08": "its TLS connections fail",
        "HOST-10": "its clock is off",
        "HOST-11": "its proxy is in the way",
        "HOST-12": "its disk is in the way",
        "HOST-13": "an earlier life of it is in the way",
        "LOG-06": "its clock is off",
    }
)
_HEADLINES_OF_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {"SERVICE_NOT_RUNNING": "its agent is stopped", "AGENT_STOPPED": "its agent is stopped"}
)
#: The causes of ``GUEST_CAUSES`` by name, and the controls of which one that passes rules it out.
_RULED_OUT_BY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "agent missing": ("HOST-01", "HOST-02"),
        "agent stopped": ("HOST-02",),
        "agent waiting": ("HOST-03", "LOG-01"),
        "clock off": ("HOST-10", "LOG-06"),
        "disk full": ("HOST-12",),
        "proxy": ("HOST-11",),
        "metadata service blocked": ("HOST-04", "LOG-02"),
        "TLS intercepted": ("HOST-08",),
        "firewall in the guest": ("HOST-07",),
        "hybrid leftovers": ("HOST-13",),
    }
)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclasses.dataclass(frozen=True)
class Guest:
    """What the diagnosis knows of the machine beyond findings.

    ``skews`` are seconds by which its clock is ahead (+) or behind (-), by the control that judges
    it; ``cross_checks`` hold its word against that of AWS's side.
    """

    skews: Mapping[str, float] = dataclasses.field(default_factory=dict)
    cross_checks: tuple[CrossCheck, ...] = ()


def skews_of(node: Node) -> Mapping[str, float]:
    """Control → skew in seconds, for those of which any source tells it (R-10.2)."""
    clock = section_of(node, "clock")
    log = node.host.log if node.host else None
    told = {"HOST-10": clock.skew if clock else None, "LOG-06": log.skew if log else None}
    return {control: skew for control, skew in told.items() if skew is not None}


def headline(broken: Finding, guest: Guest) -> str:
    """``its clock is 10 minutes behind``; ``""`` where the reason alone says it best."""
    control = broken.control.id
    if control in _CLOCKS and control in guest.skews:
        return _clock(guest.skews[control])
    return _HEADLINES_OF_CODES.get(broken.verdict.code) or _HEADLINES.get(control, "")


def ruled_out(findings: Mapping[str, Finding]) -> tuple[str, ...]:
    """The names of the causes in the guest that something from within shows not to be (T-124)."""
    return tuple(
        name
        for name, controls in _RULED_OUT_BY.items()
        if _holds([findings[one] for one in controls if one in findings])
    )


def without(causes: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """The causes, by their meaning, but for those that are ruled out."""
    gone = {one.meaning for one in GUEST_CAUSES if one.name in names}
    return tuple(one for one in causes if one not in gone)


def _holds(findings: list[Finding]) -> bool:
    """What is half open shows all the same that the agent runs, that no registration is left."""
    outcomes = {one.outcome for one in findings}
    shown = Outcome.PASS in outcomes or any(one.verdict.code in HALF_SHOWN for one in findings)
    return shown and not outcomes & {Outcome.FAIL, Outcome.WARN}


def _clock(skew: float) -> str:
    span, unit = abs(skew), "minutes"
    number = span / _MINUTE
    if span >= 2 * _DAY:
        number, unit = span / _DAY, "days"
    elif span >= 2 * _HOUR:
        number, unit = span / _HOUR, "hours"
    return f"its clock is {number:.0f} {unit} {'ahead' if skew > 0 else 'behind'}"
