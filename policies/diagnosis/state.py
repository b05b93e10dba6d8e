"""Where a node stands in the end, and the first broken hop on its way to being managed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from policies.control import Control, Missing, Severity
from policies.diagnosis.cross_check import CrossCheck
from policies.diagnosis.guest import Guest, headline, ruled_out, without
from policies.diagnosis.order import (
    HOLDS_BACK,
    LIVE,
    PREREQUISITES,
    Hop,
    Layer,
    hop_of,
    order_of,
)
from policies.finding import Finding, Outcome
from policies.within import is_from_within


class State(StrEnum):
    """Exactly one for each instance, in the order in which people want to hear of them."""

    NOT_MANAGED = "not managed"
    UNDETERMINED = "undetermined"
    AT_RISK = "managed with risk"
    MANAGED = "managed"
    NOT_APPLICABLE = "not applicable"


@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """What all findings of one node mean together.

    ``hop`` is the first broken one, ``first_broken`` the id of the finding that breaks it, ``""``
    where nothing is known to be broken; ``roots`` are the ids of all failed findings that follow
    from no other, in the order of the hops. ``missing`` is what would settle an undetermined node.
    ``guest_causes`` is what may be wrong inside the machine where AWS's side is in order, likeliest
    first and without those that the machine itself rules out; the remediation of ``first_broken``
    has the check for each. ``cross_checks`` hold what the machine told against AWS's side.
    ``layers`` tells the four facts of "managed" apart, each by its worst finding.
    """

    account: str
    region: str
    resource: str
    name: str
    state: State
    reason: str
    hop: Hop | None = None
    first_broken: str = ""
    roots: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    guest_causes: tuple[str, ...] = ()
    layers: Mapping[Layer, Outcome] = dataclasses.field(default_factory=dict)
    cross_checks: tuple[CrossCheck, ...] = ()

    @property
    def node(self) -> str:
        """``account/Region/instance``."""
        return f"{self.account}/{self.region}/{self.resource}"

    @property
    def is_heard_from(self) -> bool:
        """Whether it is listed and its ping is fresh: no word of the reason tells an age."""
        live = (self.layers.get(one) for one in (Layer.REGISTERED, Layer.HEARTBEAT))
        return all(one is Outcome.PASS for one in live)


#: A numbered line of a remediation: what may be wrong in the guest, and how to see that.
_GUEST_CAUSE: Final = re.compile(r"^\d+\. (.+?): ", re.MULTILINE)
_GRAVE: Final = frozenset({Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM})
_NOTHING_ELSE: Final = Guest()
_WORST_FIRST: Final = (
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.WARN,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)


def tells_state(control: Control, severities: Iterable[Severity]) -> bool:
    """Whether the state of a node may rest on the control, which may have these severities.

    It does where a failure holds a node back, and where any open question puts one at risk.
    """
    return control.id in HOLDS_BACK or not _GRAVE.isdisjoint(severities)


def diagnose(findings: Iterable[Finding], guest: Guest = _NOTHING_ELSE) -> Diagnosis:
    """Judge one node by all its findings, each with its causes (domain.md 2.0, 5.6; D9 to D15).

    ``guest`` is what is known of the machine beyond them; it finds words and changes no state.

    * Listed and Online is *managed*: a live fact outweighs whatever was computed. It is *managed
      with risk* where a prerequisite, its command channel or a feature fails, warns or is unknown
      with a severity of medium or worse, or where the ping is old.
    * A failed prerequisite, or a node that should be listed and Online by now and is not, is *not
      managed*. The first broken hop is the first failed root in the order of the prerequisites;
      where all of them hold, the AWS side is in order and the cause lies in the guest: what the
      machine itself told names it, where somebody looked.
    * *Undetermined* is a node of which Systems Manager's word was not read or not judged, one that
      is missing while some prerequisite is unknown, and one that still has time to appear.
    * What no control judges is *not applicable*: not running, operated by a service, just launched.
    """
    ordered = sorted(findings, key=lambda one: order_of(one.control.id))
    by_control = {one.control.id: one for one in ordered}
    first = ordered[0]
    state, reason = _state(ordered, by_control)
    roots = tuple(one for one in ordered if one.outcome is Outcome.FAIL and not one.caused_by)
    broken = _first_broken(roots) if state is State.NOT_MANAGED else None
    return Diagnosis(
        account=first.account,
        region=first.region,
        resource=first.resource,
        name=first.name,
        state=state,
        reason=reason if broken is None else _told(broken, ordered, guest),
        hop=hop_of(broken.control.id) if broken else None,
        first_broken=broken.id if broken else "",
        roots=tuple(one.id for one in roots),
        missing=_missing(ordered) if state is State.UNDETERMINED else (),
        guest_causes=without(_guest_causes(broken), ruled_out(by_control)),
        layers=_layers(by_control),
        cross_checks=guest.cross_checks,
    )


def _state(ordered: list[Finding], by_control: Mapping[str, Finding]) -> tuple[State, str]:
    live = [by_control[one] for one in sorted(LIVE) if one in by_control]
    if all(one.outcome is Outcome.NOT_APPLICABLE for one in ordered):
        return State.NOT_APPLICABLE, ordered[0].verdict.reason
    not_judged = sorted(LIVE - by_control.keys())
    if live and all(one.outcome is Outcome.PASS for one in live) and not not_judged:
        return _managed(ordered)
    stale = [one for one in live if one.verdict.code == "STALE_PING"]
    if stale:
        return State.AT_RISK, stale[0].verdict.reason
    if any(_is_failed_prerequisite(one) for one in ordered):
        return State.NOT_MANAGED, ""
    lost = [one for one in live if one.outcome is Outcome.FAIL]
    if lost:
        return _missing_for_no_known_reason(lost[0], ordered)
    if live and all(one.outcome is Outcome.NOT_APPLICABLE for one in live):
        return State.NOT_APPLICABLE, live[0].verdict.reason
    waiting = [one for one in live if one.outcome is Outcome.WARN]
    if waiting:
        return State.UNDETERMINED, f"waiting for the agent: {waiting[0].verdict.reason}"
    unknown = [one for one in live if one.outcome is Outcome.UNKNOWN]
    if not_judged and not unknown:
        return State.UNDETERMINED, f"not judged: {', '.join(not_judged)}"
    return State.UNDETERMINED, (unknown or ordered)[0].verdict.reason


def _managed(ordered: list[Finding]) -> tuple[State, str]:
    risks = [one for one in ordered if _is_risk(one)]
    if not risks:
        return State.MANAGED, "Online, and everything it needs is in order"
    told = ", ".join(f"{one.control.id} {one.verdict.code}" for one in risks)
    return State.AT_RISK, f"Online, but {told}"


def _is_risk(finding: Finding) -> bool:
    open_questions = (Outcome.FAIL, Outcome.WARN, Outcome.UNKNOWN)
    return finding.outcome in open_questions and finding.severity in _GRAVE


def _is_failed_prerequisite(finding: Finding) -> bool:
    return finding.outcome is Outcome.FAIL and finding.control.id in PREREQUISITES


def _first_broken(roots: tuple[Finding, ...]) -> Finding | None:
    """The first in order of what keeps it from being listed; else the first failed root at all."""
    holding = PREREQUISITES | LIVE
    return next((one for one in roots if one.control.id in holding), next(iter(roots), None))


def _missing_for_no_known_reason(lost: Finding, ordered: list[Finding]) -> tuple[State, str]:
    unknown = [one for one in ordered if _is_unknown_prerequisite(one)]
    if not unknown:
        return State.NOT_MANAGED, ""
    told = ", ".join(f"{one.control.id} {one.verdict.code}" for one in unknown)
    return State.UNDETERMINED, f"{lost.verdict.reason}; why is not known: {told}"


def _told(broken: Finding, ordered: list[Finding], guest: Guest) -> str:
    reason = broken.verdict.reason
    if broken.control.id in LIVE:
        return f"AWS side in order, {_verified(ordered)}: {reason}"
    if is_from_within(broken.control):
        what = headline(broken, guest) or "on the machine"
        return f"{_aws_side(ordered)}{what} (host evidence): {reason}"
    return f"{hop_of(broken.control.id).told}: {reason}"


def _verified(ordered: list[Finding]) -> str:
    """What the machine itself shows not to be the reason (T-124)."""
    names = ruled_out({one.control.id: one for one in ordered})
    return f"guest verified: {', '.join(names)} ruled out" if names else "guest unverified"


def _aws_side(ordered: list[Finding]) -> str:
    """``AWS side in order; `` where it was judged and no prerequisite fails or is unknown."""
    judged = [one for one in ordered if not is_from_within(one.control)]
    is_open = any(_is_failed_prerequisite(one) or _is_unknown_prerequisite(one) for one in judged)
    return "AWS side in order; " if judged and not is_open else ""


def _guest_causes(broken: Finding | None) -> tuple[str, ...]:
    """Of a node that only its own silence holds back (domain.md 4, 5.6)."""
    if broken is None or broken.control.id not in LIVE:
        return ()
    return tuple(_GUEST_CAUSE.findall(broken.remediation))


def _is_unknown_prerequisite(finding: Finding) -> bool:
    """Not what the machine did not tell: where nobody looked at it, that is as unknown."""
    is_prerequisite = finding.control.id in PREREQUISITES and not is_from_within(finding.control)
    return is_prerequisite and finding.outcome is Outcome.UNKNOWN


def _missing(ordered: list[Finding]) -> tuple[Missing, ...]:
    return tuple(dict.fromkeys(one for finding in ordered for one in finding.verdict.missing))


def _layers(by_control: Mapping[str, Finding]) -> Mapping[Layer, Outcome]:
    """Each layer by its worst finding; a layer none of whose controls was judged is left out."""
    layers = {}
    for layer in Layer:
        outcomes = {by_control[one].outcome for one in layer.value if one in by_control}
        if outcomes:
            layers[layer] = min(outcomes, key=_WORST_FIRST.index)
    return layers
