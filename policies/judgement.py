"""Facts in, findings out: every control over what it judges, each cell at most once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from inventory.facts import Node, Place
from policies.assumptions import assumed
from policies.catalogue import CONTROLS, HOST_CONTROLS, REGION_CONTROLS
from policies.control import (
    Context,
    Control,
    ControlModule,
    Outcome,
    RegionControlModule,
    Severity,
    Verdict,
)
from policies.diagnosis import (
    Diagnosis,
    Guest,
    cross_checked,
    diagnose,
    skews_of,
    tells_state,
    with_causes,
)
from policies.finding import Crash, Finding, finding_of
from policies.likeness import Answer, SharedVerdicts, answer_of
from policies.live import reconcile
from policies.parameters import Parameters
from policies.scope import is_running, outside
from policies.settings import DISABLED, Effective, Settings
from policies.waivers import WaiverBook
from policies.within import is_asked, is_from_within, judge_from_within
from policies.witness import witnessed


class Judgement:
    """The answers of one run. Raises whatever a control raises: a crash is never an answer.

    ``controls`` and ``region_controls`` are all that a node is diagnosed by, whatever is asked for,
    with ``host_controls`` for a machine that was looked at from within; ``is_narrowed`` says that
    some are not among them on which the diagnosis of a node rests.
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
        *,
        host_controls: tuple[ControlModule, ...] = HOST_CONTROLS,
        is_narrowed: bool = False,
    ) -> None:
        self.settings = settings or Settings(parameters)
        self._contexts: dict[Effective, Context] = {}
        self._by_parameters: dict[Parameters, Context] = {}
        self._controls = controls
        self._host_controls = host_controls
        self._region_controls = region_controls
        self.waivers = waivers or WaiverBook()
        self.is_narrowed = is_narrowed
        self._findings: dict[tuple[str, ...], Finding] = {}
        self._failed: dict[tuple[str, ...], tuple[Finding, ...]] = {}
        self._shared = SharedVerdicts(controls, judge)
        self._shared_controls = frozenset(one.CONTROL.id for one in controls)

    def without(self, calls: frozenset[str]) -> Judgement:
        """The judgement where these calls were left out: by the controls that read none of them.

        Each control can still be asked, and says what it lacks, but no other follows from it.
        """
        if not calls:
            return self
        modules: tuple[ControlModule | RegionControlModule, ...]
        modules = (*self._controls, *self._region_controls)
        records = (one.CONTROL for one in modules)
        left_out = [one for one in records if not calls.isdisjoint(one.needs)]
        names = {one.id for one in left_out}
        return Judgement(
            controls=tuple(one for one in self._controls if one.CONTROL.id not in names),
            region_controls=tuple(
                one for one in self._region_controls if one.CONTROL.id not in names
            ),
            waivers=self.waivers,
            settings=self.settings,
            host_controls=self._host_controls,
            is_narrowed=any(tells_state(one, self.settings.severities(one)) for one in left_out),
        )

    def finding(self, control: ControlModule, node: Node) -> Finding:
        """The finding of one control on one node."""

        def judged(context: Context) -> Verdict:
            if control.CONTROL.id in self._shared_controls:
                return self._shared.verdict(control, node, context)
            return judge(control, node, context)

        return self._once(control.CONTROL, node, judged)

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
        finding = self._findings.get(key)
        if finding is None:
            held = self.settings.of(subject)
            switched_off = held.disabled(control, subject)
            verdict = judged(self._context(held)) if switched_off is None else switched_off
            finding = finding_of(control, subject, verdict)
            severity, in_use = held.severity_of(control), held.in_use(control)
            if severity or in_use:
                finding = dataclasses.replace(finding, set_severity=severity, parameters=in_use)
            self._findings[key] = finding
        return finding

    def _context(self, held: Effective) -> Context:
        """One for all that are judged with equal parameters: they share what is remembered."""
        context = self._contexts.get(held)
        if context is None:
            parameters = held.parameters
            context = self._by_parameters.setdefault(parameters, Context(parameters))
            self._contexts[held] = context
        return context

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

    def plain(
        self,
        control: ControlModule | RegionControlModule,
        subjects: Iterable[Node | Place],
    ) -> Iterator[Outcome | None]:
        """The outcomes of cells that may be counted instead of told (design 7), one by one.

        Those hold or do not apply, by the control's own rule: what rests on the user's words or
        settings or ends in a defect is ``None``: told, as is what a waiver covers.
        """
        record = control.CONTROL
        is_shared = record.id in self._shared_controls
        as_it_is = not self.waivers.about(record.id) and not self.settings.speaks_of_controls
        for subject in subjects:
            if not is_shared or isinstance(subject, Place):
                yield None
                continue
            outcome = self._shared.counted(subject).get(record.id) if as_it_is else None
            yield outcome or self._plain(cast("ControlModule", control), subject)

    def _plain(self, control: ControlModule, node: Node) -> Outcome | None:
        record, held = control.CONTROL, self.settings.of(node)
        if self.waivers.covers(record.id, node) or held.disabled(record, node) is not None:
            return None
        context = self._context(held)
        answer = self._shared.answer(record, node, context)
        if answer is None:
            answer = self._own_answer(control, node, context)
        return answer.outcome if answer is not None and answer.is_plain(record.id) else None

    def _own_answer(self, control: ControlModule, node: Node, context: Context) -> Answer | None:
        try:
            return answer_of(self._shared.verdict(control, node, context))
        except Exception:  # noqa: BLE001 - told as its crash once the cell itself is judged
            return None

    def diagnosis(self, node: Node) -> Diagnosis:
        """Where the node stands by all controls; a crashed or switched-off one is not judged."""
        held = self.settings.of(node)
        if held.controls:
            return self._diagnosed(node)
        return self._shared.diagnosis(node, self._context(held), lambda: self._diagnosed(node))

    def _diagnosed(self, node: Node) -> Diagnosis:
        failures = self._failures(node)
        attempts = (self.attempt(control, node) for control in self._controls_of(node))
        found = [with_causes(one, failures) for one in attempts if isinstance(one, Finding)]
        judged = [one for one in found if one.verdict.code != DISABLED] or found
        return diagnose(judged, self._guest(node, judged))

    def _guest(self, node: Node, found: list[Finding]) -> Guest:
        context = self._context(self.settings.of(node))
        return Guest(skews_of(node), cross_checked(node, found, context))

    def _controls_of(self, node: Node) -> tuple[ControlModule, ...]:
        """All that it is diagnosed by: what nobody was asked about says nothing of a node.

        Why a stopped instance was silent before explains nothing of how it stands now.
        """
        listed = self._controls if node.is_listed else ()
        if node.is_listed and not is_running(node.instance):
            return listed
        return (*listed, *(one for one in self._host_controls if is_asked(one.CONTROL, node)))

    def _failures(self, node: Node) -> tuple[Finding, ...]:
        """The failed findings of the node, and of its account and Region."""
        if node.key not in self._failed:
            place = node.place
            regional = self._region_controls if node.is_listed else ()
            attempts = (
                *(self.attempt(one, node) for one in self._controls_of(node)),
                *(self._attempt_place(one, place) for one in regional),
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
    if is_from_within(control.CONTROL):
        verdict = judge_from_within(control, node, context)
        _check_names_what_is_missing(control.CONTROL, verdict)
        return verdict
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
