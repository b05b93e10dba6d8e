"""What is asked of a Region next, by what it has answered so far."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from inventory.collect.call import Answered, Call, PerResource, Request
from inventory.collect.node_calls import DEEP_CALLS, NODE_CALLS
from inventory.collect.plan import FIRST_CALL, FURTHER_CALLS
from inventory.collect.refusal import Refusal
from inventory.collect.replies import NOTHING_TO_ASK, Outcome
from inventory.collect.wanted import EVERYTHING, NOT_WANTED
from inventory.facts import Status
from inventory.snapshot import iam_action

NO_INSTANCES: Final = Refusal(Status.NOT_ASKED, "NO_INSTANCES", "the Region holds no instance")
NOT_DEEP: Final = Refusal(Status.NOT_ASKED, "NOT_DEEP", "asked with --deep only")


class Step(NamedTuple):
    """A call whose turn it is, with its requests; ``not_asked`` says why it is not made."""

    call: Call
    requests: tuple[Request, ...] = ()
    not_asked: Refusal | None = None


class RegionAgenda:
    """Lets each further call of the plan take its turn, once, when its sources are settled.

    A call whose source was refused is made all the same where it needs no names from there.
    Without instances the agenda pauses until it is told what to do in ``go_on_without_instances``.
    ``deep``: let also those calls take their turn that cost a request an instance. ``wanted`` are
    the calls that the run is about.
    """

    def __init__(
        self, region: str, *, deep: bool = False, wanted: Collection[Call] = EVERYTHING
    ) -> None:
        self._region = region
        self._deep = deep
        self._wanted = wanted
        self._waiting: list[Call] = list(FURTHER_CALLS)
        self._settled: set[str] = set()
        self._unread: set[str] = set()
        self._answers: dict[str, Any] = {}
        self._holds_instances: bool | None = None
        self._is_hub: bool | None = None

    @property
    def holds_instances(self) -> bool | None:
        """Whether the Region holds any; ``None``: not answered."""
        return self._holds_instances

    def settle(self, call: Call, outcome: Outcome) -> list[Step]:
        """Note what a call came to, and give what that leads to."""
        self._note(call, outcome)
        if call is FIRST_CALL and outcome.answer is not None:
            self._holds_instances = _holds_instances(outcome.answer)
        if self._holds_instances is False and self._is_hub is None:
            return []
        return self._next()

    def go_on_without_instances(self, *, is_hub: bool) -> list[Step]:
        """What a Region without instances is asked: nothing but, as a hub, what others need."""
        self._is_hub = is_hub
        return self._next()

    def _next(self) -> list[Step]:
        steps: list[Step] = []
        while ready := [one for one in self._waiting if self._settled.issuperset(one.sources)]:
            for one in ready:
                steps.append(self._step(one))
                self._waiting.remove(one)
                if steps[-1].not_asked is not None:
                    self._note(one, Outcome(None, (steps[-1].not_asked,)))
        self._forget()
        return steps

    def _note(self, call: Call, outcome: Outcome) -> None:
        self._settled.add(call.operation)
        if outcome.answer is not None:
            self._answers[call.operation] = outcome.answer
        elif NOTHING_TO_ASK not in outcome.refusals and not outcome.is_absent:
            self._unread.add(call.operation)

    def _step(self, call: Call) -> Step:
        if self._holds_instances is False and (not self._is_hub or call in NODE_CALLS):
            return Step(call, not_asked=NO_INSTANCES)
        if call in DEEP_CALLS and not self._deep:
            return Step(call, not_asked=NOT_DEEP)
        if call not in self._wanted:
            return Step(call, not_asked=NOT_WANTED)
        answered = Answered(self._region, self._answers, is_hub=self._is_hub is True)
        unread = [source for source in call.sources if source in self._unread]
        if isinstance(call.shape, PerResource):
            requests = call.shape.requests(answered)
            if requests:
                return Step(call, requests)
            return Step(call, not_asked=_no_source(unread) if unread else NOTHING_TO_ASK)
        if call.only_if is None or call.only_if.is_met(answered) or unread:
            return Step(call)
        return Step(call, not_asked=NOTHING_TO_ASK)

    def _forget(self) -> None:
        """Drop answers that nothing starts from any more: those of a large Region are large."""
        needed = {source for call in self._waiting for source in call.sources}
        self._answers = {name: one for name, one in self._answers.items() if name in needed}


def _no_source(unread: list[str]) -> Refusal:
    actions = ", ".join(iam_action(source) for source in unread)
    return Refusal(Status.NOT_ASKED, "NO_SOURCE", f"needs the answer of {actions}")


def _holds_instances(answer: Any) -> bool:
    return any(reservation["Instances"] for reservation in answer["Reservations"])
