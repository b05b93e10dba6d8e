"""Facts in, findings out: every control over what it judges, each cell at most once."""

from __future__ import annotations

from collections.abc import Callable

from inventory.facts import Node, Place
from policies.assumptions import assumed
from policies.control import (
    Context,
    Control,
    ControlModule,
    Outcome,
    RegionControlModule,
    Verdict,
)
from policies.diagnosis import with_causes
from policies.finding import Crash, Finding, finding_of
from policies.live import reconcile
from policies.parameters import Parameters
from policies.scope import outside
from policies.witness import witnessed

Controls = tuple[ControlModule, ...]


class Judgement:
    """The answers of one run. Raises whatever a control raises: a crash is never an answer."""

    def __init__(self, parameters: Parameters | None = None) -> None:
        self._context = Context(parameters)
        self._findings: dict[tuple[str, ...], Finding] = {}

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
        try:
            return self.finding(control, node)
        except Exception as error:  # noqa: BLE001 - whatever a control raises is told as its crash
            return Crash(control.CONTROL.id, "/".join(node.key), f"{type(error).__name__}: {error}")

    def explained(self, control: ControlModule, node: Node, all_controls: Controls) -> Finding:
        """The finding with its causes, for which every control of the node is judged."""
        finding = self.finding(control, node)
        others = (self.attempt(other, node) for other in all_controls)
        return with_causes(finding, [one for one in others if isinstance(one, Finding)])


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
