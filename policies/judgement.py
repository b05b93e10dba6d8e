"""Facts in, findings out: every control over what it judges, each cell at most once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from inventory.facts import Node, Place
from policies.assumptions import assumed
from policies.catalogue import CONTROLS, REGION_CONTROLS
from policies.control import (
    Context,
    Control,
    ControlModule,
    Outcome,
    RegionControlModule,
    Severity,
    Verdict,
)
from policies.diagnosis import Diagnosis, diagnose, with_causes
from policies.finding import Crash, Finding, finding_of
from policies.live import reconcile
from policies.parameters import Parameters
from policies.scope import outside
from policies.settings import DISABLED, Effective, Settings
from policies.waivers import WaiverBook
from policies.witness import witnessed


class Judgement:
    """The answers of one run. Raises whatever a control raises: a crash is never an answer.

    ``controls`` and ``region_controls`` are all that a node is diagnosed by, whatever is asked for.
    ``settings`` are the user's; ``parameters`` stand for those that are the same for everyone.
    ``waivers`` name who accepts a failure; no verdict and no diagnosis changes by them.
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        controls: tuple[ControlModule, ...] = CONTROLS,
        region_controls: tuple[RegionControlModule, ...] = REGION_CONTROLS,
        waivers: WaiverBook | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.settings = settings or Settings(parameters)
        self._contexts: dict[Effective, Context] = {}
        self._by_parameters: dict[Parameters, Context] = {}
        self._controls = controls
        self._region_controls = region_controls
        self.waivers = waivers or WaiverBook()
        self._findings: dict[tuple[str, ...], Finding] = {}
        self._failed: dict[tuple[str, ...], tuple[Finding, ...]] = {}

    def finding(self, control: ControlModule, node: Node) -> Finding:
        """The finding of one control on one node."""
        return self._once(control.CONTROL, node, lambda context: judge(control, node, context))

    def place_finding(self, control: RegionControlModule, place: Place) -> Finding:
        """The finding of one control on one account and Region."""
        finding = self._once(
            control.CONTROL, place, lambda context: judge_place(control, place, context)
        )
        return self._with_waiver(finding, place)

    def _once(
        self, control: Control, subject: Node | Place, judged: Callable[[Context], Verdict]
    ) -> Finding:
        key = (control.id, *subject.key)
        if key not in self._findings:
            held = self.settings.of(subject)
            switched_off = held.disabled(control, subject)
            verdict = judged(self._context(held)) if switched_off is None else switched_off
            finding = finding_of(control, subject, verdict)
            severity, in_use = held.severity_of(control), held.in_use(control)
            if severity or in_use:
                finding = dataclasses.replace(finding, set_severity=severity, parameters=in_use)
            self._findings[key] = finding
        return self._findings[key]

    def _context(self, held: Effective) -> Context:
        """One for all that are judged with equal parameters: they share what is remembered."""
        if held not in self._contexts:
            parameters = held.parameters
            self._contexts[held] = self._by_parameters.setdefault(parameters, Context(parameters))
        return self._contexts[held]

    def severity(self, control: Control, subject: Node | Place) -> Severity:
        """What ``-m`` selects by: the severity the control has for it, whatever the verdict."""
        return self.settings.of(subject).severity_of(control) or control.severity

    def attempt(self, control: ControlModule, node: Node) -> Finding | Crash:
        """The finding, or the crash of a control: a defect in one must not cost the others."""
        return _caught(control.CONTROL, node, lambda: self.finding(control, node))

    def explained(self, control: ControlModule, node: Node) -> Finding:
        """The finding with its waiver and its causes, for which every control is judged."""
        finding = self.finding(control, node)
        if finding.outcome is not Outcome.FAIL:
            return finding
        return self._with_waiver(with_causes(finding, self._failures(node)), node)

    def _with_waiver(self, finding: Finding, subject: Node | Place) -> Finding:
        """A failure with whoever accepts it, or did so until a day that is over."""
        if finding.outcome is not Outcome.FAIL:
            return finding
        waiver = self.waivers.in_force(finding.control.id, subject)
        expired = None if waiver else self.waivers.expired(finding.control.id, subject)
        if waiver is None and expired is None:
            return finding
        return dataclasses.replace(finding, waiver=waiver, expired_waiver=expired)

    def diagnosis(self, node: Node) -> Diagnosis:
        """Where the node stands by all controls; a crashed or switched-off one is not judged."""
        failures = self._failures(node)
        attempts = (self.attempt(control, node) for control in self._controls)
        found = [with_causes(one, failures) for one in attempts if isinstance(one, Finding)]
        return diagnose([one for one in found if one.verdict.code != DISABLED] or found)

    def _failures(self, node: Node) -> tuple[Finding, ...]:
        """The failed findings of the node, and of its account and Region."""
        if node.key not in self._failed:
            place = node.place
            attempts = (
                *(self.attempt(one, node) for one in self._controls),
                *(self._attempt_place(one, place) for one in self._region_controls),
            )
            self._failed[node.key] = tuple(
                one for one in attempts if isinstance(one, Finding) and one.outcome is Outcome.FAIL
            )
        return self._failed[node.key]

    def _attempt_place(self, control: RegionControlModule, place: Place) -> Finding | Crash:
        return _caught(control.CONTROL, place, lambda: self.place_finding(control, place))


def _caught(
    control: Control, subject: Node | Place, judged: Callable[[], Finding]
) -> Finding | Crash:
    try:
        return judged()
    except Exception as error:  # noqa: BLE001 - whatever a control raises is told as its crash
        return Crash(control.id, "/".join(subject.key), f"{type(error).__name__}: {error}")


def judge(control: ControlModule, node: Node, context: Context) -> Verdict:
    """One verdict: scope, then the control with its live evidence, then what settles an unknown.

    A witness comes before an assumption: what is seen outweighs what is said.
    """
    excused = outside(node)
    if excused is not None:
        return excused

    def asked(under: Context) -> Verdict:
        verdict = control.evaluate(node, under)
        _check_names_what_is_missing(control.CONTROL, verdict)
        return reconcile(control.CONTROL, verdict, node, under)

    verdict = witnessed(asked(context), node, context, asked)
    return assumed(verdict, node, context, asked)


def judge_place(control: RegionControlModule, place: Place, context: Context) -> Verdict:
    """One verdict on an account and Region, of which no ping can say anything (D9)."""

    def asked(under: Context) -> Verdict:
        verdict = control.evaluate(place, under)
        _check_names_what_is_missing(control.CONTROL, verdict)
        return verdict

    return assumed(asked(context), place, context, asked)


def _check_names_what_is_missing(control: Control, verdict: Verdict) -> None:
    if verdict.outcome is Outcome.UNKNOWN and not verdict.missing:
        raise ValueError(f"{control.id} says unknown {verdict.code} without what is missing")
