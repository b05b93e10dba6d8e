"""Facts in, findings out: every control over what it judges, each cell at most once."""

from __future__ import annotations

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
    Verdict,
)
from policies.diagnosis import Diagnosis, diagnose, with_causes
from policies.finding import Crash, Finding, finding_of
from policies.live import reconcile
from policies.parameters import Parameters
from policies.scope import outside
from policies.witness import witnessed


class Judgement:
    """The answers of one run. Raises whatever a control raises: a crash is never an answer.

    ``controls`` and ``region_controls`` are all that a node is diagnosed by, whatever is asked for.
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        controls: tuple[ControlModule, ...] = CONTROLS,
        region_controls: tuple[RegionControlModule, ...] = REGION_CONTROLS,
    ) -> None:
        self._context = Context(parameters)
        self._controls = controls
        self._region_controls = region_controls
        self._findings: dict[tuple[str, ...], Finding] = {}
        self._failed: dict[tuple[str, ...], tuple[Finding, ...]] = {}

    def finding(self, control: ControlModule, node: Node) -> Finding:
        """The finding of one control on one node."""
        return self._once(control.CONTROL, node, lambda: judge(control, node, self._context))

    def place_finding(self, control: RegionControlModule, place: Place) -> Finding:
        """The finding of one control on one account and Region."""
        return self._once(
            control.CONTROL, place, lambda: judge_place(control, place, self._context)
        )

    def _once(
        self, control: Control, subject: Node | Place, judged: Callable[[], Verdict]
    ) -> Finding:
        key = (control.id, *subject.key)
        if key not in self._findings:
            self._findings[key] = finding_of(control, subject, judged())
        return self._findings[key]

    def attempt(self, control: ControlModule, node: Node) -> Finding | Crash:
        """The finding, or the crash of a control: a defect in one must not cost the others."""
        return _caught(control.CONTROL, node, lambda: self.finding(control, node))

    def explained(self, control: ControlModule, node: Node) -> Finding:
        """The finding with its causes, for which every control of the node is judged."""
        finding = self.finding(control, node)
        if finding.outcome is not Outcome.FAIL:
            return finding
        return with_causes(finding, self._failures(node))

    def diagnosis(self, node: Node) -> Diagnosis:
        """Where the node stands by all controls; one that crashed is left out."""
        failures = self._failures(node)
        attempts = (self.attempt(control, node) for control in self._controls)
        return diagnose(with_causes(one, failures) for one in attempts if isinstance(one, Finding))

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
