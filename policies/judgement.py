"""Facts in, findings out: every control over every node, each judged at most once."""

from __future__ import annotations

from inventory.facts import Node
from policies.control import Context, Control, ControlModule, Outcome, Verdict
from policies.diagnosis import with_causes
from policies.finding import Crash, Finding, finding_of
from policies.live import reconcile
from policies.parameters import Parameters
from policies.scope import outside

Controls = tuple[ControlModule, ...]


class Judgement:
    """The answers of one run. Raises whatever a control raises: a crash is never an answer."""

    def __init__(self, parameters: Parameters | None = None) -> None:
        self._context = Context(parameters)
        self._findings: dict[tuple[str, tuple[str, str, str]], Finding] = {}

    def finding(self, control: ControlModule, node: Node) -> Finding:
        """The finding of one control on one node."""
        key = (control.CONTROL.id, node.key)
        if key not in self._findings:
            verdict = judge(control, node, self._context)
            self._findings[key] = finding_of(control.CONTROL, node, verdict)
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
    """One verdict: scope first, then the control itself, then what live evidence adds."""
    excused = outside(node)
    if excused is not None:
        return excused
    verdict = control.evaluate(node, context)
    _check_names_what_is_missing(control.CONTROL, verdict)
    return reconcile(control.CONTROL, verdict, node, context)


def _check_names_what_is_missing(control: Control, verdict: Verdict) -> None:
    if verdict.outcome is Outcome.UNKNOWN and not verdict.missing:
        raise ValueError(f"{control.id} says unknown {verdict.code} without what is missing")
