"""What was found for nodes that are alike, and told to those that come after."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Hashable, Mapping
from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, ControlModule, Outcome, RestsOn, Verdict
from policies.diagnosis import Diagnosis, State
from policies.likeness.found import (
    Agreed,
    Answer,
    Confirmed,
    First,
    Found,
    Group,
    answer_for,
    holds_for_all,
    in_other_words,
)
from policies.likeness.names import Name, names_of
from policies.likeness.traits import Parts, Traits
from policies.likeness.trust import Trust

#: States whose reason quotes codes, and no name, address or age of a single node.
_IN_CODES: Final = frozenset({State.MANAGED, State.AT_RISK})
#: How a verdict is put that every node is told in words of its own.
_OWN_WORDS: Final = "own words"
Judge = Callable[[ControlModule, Node, Context], Verdict]


@dataclasses.dataclass(frozen=True, eq=False)
class _Diagnosed:
    """A diagnosis of one node; ``is_shared`` once another one like it came to the same."""

    diagnosis: Diagnosis
    is_shared: bool = False


@dataclasses.dataclass(frozen=True, eq=False)
class _Standing:
    """What a node came to by each control; ``None`` where it is to be judged.

    ``number`` is equal for all nodes of a place that came to the same by every control.
    """

    answers: Mapping[str, Answer | None]
    number: int | None

    @functools.cached_property
    def counted(self) -> Mapping[str, Outcome]:
        """The outcomes among them that may be counted instead of told."""
        return {
            control: one.outcome
            for control, one in self.answers.items()
            if one is not None and one.is_plain(control)
        }


@dataclasses.dataclass(frozen=True, eq=False)
class _Member:
    """A node's names, and for each side those that are like it; ``None``: nobody is."""

    names: tuple[Name, ...]
    groups: Mapping[RestsOn, Group | None]

    def found(self, control: str, side: RestsOn) -> Found | None:
        """What is known of nodes like it."""
        group = self.groups[side]
        return None if group is None else group.found.get(control)


class SharedVerdicts:
    """The verdicts of one run's nodes, by traits and control.

    Before any node is told a verdict of another, the way it is put is held against a second one
    that was judged by itself: of its own group, or of others where the same control put the same
    answer the same way (``Trust``). A name that all of them shared is no name yet: who differs in
    it is judged. A node of which anything is to be learnt is judged by all ``controls`` at once,
    for what they look at is the same.
    """

    def __init__(self, controls: tuple[ControlModule, ...], judge: Judge) -> None:
        self._judge = judge
        self._by_side = {
            side: tuple(one for one in controls if one.CONTROL.rests_on is side) for side in RestsOn
        }
        self._sides = tuple((one.CONTROL.id, one.CONTROL.rests_on) for one in controls)
        self._trust = Trust()
        self._parts = Parts()
        self._groups: dict[Hashable, Group] = {}
        self._members: dict[Node, _Member] = {}
        self._diagnosed: dict[int, _Diagnosed] = {}
        self._standings: dict[Node, _Standing] = {}
        self._of_all: dict[Group, _Standing] = {}

    def verdict(self, control: ControlModule, node: Node, context: Context) -> Verdict:
        """The control's verdict, told or judged; whatever it raises is raised."""
        member = self._member(node, context)
        found = member.found(control.CONTROL.id, control.CONTROL.rests_on)
        if isinstance(found, Confirmed) and found.holds_for(member.names):
            return found.template.told_for(member.names)
        if isinstance(found, First) and found.node is node:
            return found.verdict
        return self._judged(control, node, member, context)

    def answer(self, control: Control, node: Node, context: Context) -> Answer | None:
        """What the node comes to, by what was found when it was first looked at.

        ``None``: it has to be judged.
        """
        return self._standing(node, context).answers.get(control.id)

    def counted(self, node: Node) -> Mapping[str, Outcome]:
        """What is known to be counted of a node, by control id; none before it is looked at."""
        standing = self._standings.get(node)
        return {} if standing is None else standing.counted

    def diagnosis(self, node: Node, context: Context, judged: Callable[[], Diagnosis]) -> Diagnosis:
        """The diagnosis that ``judged`` gives, told or judged: told of managed nodes alone.

        Its words are codes, so that it holds for every node of the place with the same ones.
        """
        number = self._standing(node, context).number
        if number is None:
            return judged()
        known = self._diagnosed.get(number)
        if known is not None and known.is_shared:
            return _about(node, known.diagnosis)
        found = judged()
        if found.state in _IN_CODES and not found.roots and found.is_heard_from:
            is_shared = known is not None and _about(node, known.diagnosis) == found
            self._diagnosed[number] = _Diagnosed(found, is_shared)
        return found

    def _judged(
        self, control: ControlModule, node: Node, member: _Member, context: Context
    ) -> Verdict:
        """The node's own verdict, noted for its group while that has use for it."""
        verdict = self._judge(control, node, context)
        record = control.CONTROL
        group = member.groups[record.rests_on]
        if group is None:
            return verdict
        found = group.found.get(record.id)
        if found is None:
            group.found[record.id] = First(node, verdict, member.names)
        elif isinstance(found, First) and found.node is not node:
            group.found[record.id] = self._compared(record, found, member, verdict)
        elif isinstance(found, Confirmed):
            group.found[record.id] = self._once_more(record, found, member, verdict)
        return verdict

    def _believed(self, control: Control, first: First) -> Found | None:
        """What the first verdict of a group is to others; ``None``: a second one is to say."""
        if control.tells_ages:
            is_believed = self._trust.believes(control, first.verdict, _OWN_WORDS)
            return in_other_words(first.verdict, first.verdict) if is_believed else None
        is_believed = self._trust.believes(control, first.verdict, first.template.wording)
        return first.confirmed(unproven=()) if is_believed else None

    def _compared(self, control: Control, first: First, member: _Member, verdict: Verdict) -> Found:
        """What the first two verdicts of a group come to together."""
        if not control.tells_ages:
            told = first.confirmed(unproven=first.template.places)
            return self._once_more(control, told, member, verdict)
        found = in_other_words(first.verdict, verdict)
        if isinstance(found, Agreed):
            self._trust.shown(control, verdict, _OWN_WORDS)
        return found

    def _once_more(
        self, control: Control, found: Confirmed, member: _Member, verdict: Verdict
    ) -> Found:
        """What a further verdict makes of one that was not told to its node."""
        if found.template.told_for(member.names) != verdict:
            self._trust.doubt(control)
            return in_other_words(found.template.verdict, verdict)
        left = found.confirmed_by(member.names)
        if not left.unproven:
            self._trust.shown(control, verdict, found.template.wording)
        return left

    def _survey(self, node: Node, member: _Member, context: Context) -> None:
        """Judge the node by every control of which its groups do not know enough yet.

        What raises is left for whoever asks for it.
        """
        for side, controls in self._by_side.items():
            group = member.groups[side]
            if group is None or group.is_settled:
                continue
            for control in controls:
                self._learn(control, node, member, group, context)
            known = [group.found.get(control.CONTROL.id) for control in controls]
            group.is_settled = not any(isinstance(one, First | None) for one in known)

    def _learn(
        self,
        control: ControlModule,
        node: Node,
        member: _Member,
        group: Group,
        context: Context,
    ) -> None:
        found = group.found.get(control.CONTROL.id)
        if isinstance(found, First):
            believed = self._believed(control.CONTROL, found)
            if believed is not None:
                group.found[control.CONTROL.id] = believed
                return
        if found is None or isinstance(found, First):
            with contextlib.suppress(Exception):
                self._judged(control, node, member, context)

    def _standing(self, node: Node, context: Context) -> _Standing:
        standing = self._standings.get(node)
        if standing is None:
            standing = self._standings[node] = self._common_standing(node, context)
        return standing

    def _common_standing(self, node: Node, context: Context) -> _Standing:
        """One for all nodes that are alike on all sides, once it holds for every one of them."""
        member = self._member(node, context)
        alike = member.groups[RestsOn.ALL]
        if alike is not None and alike in self._of_all:
            return self._of_all[alike]
        found = {control: member.found(control, side) for control, side in self._sides}
        answers = {one: answer_for(found[one], node, member.names) for one in found}
        number = None
        if None not in answers.values():
            key = (id(context), node.place.key, node.as_of, *answers.values())
            number = self._parts.number(key)
        standing = _Standing(answers, number)
        if alike is not None and all(map(holds_for_all, found.values())):
            self._of_all[alike] = standing
        return standing

    def _member(self, node: Node, context: Context) -> _Member:
        member = self._members.get(node)
        if member is None:
            names = names_of(node)
            traits = Traits(node, names, context, self._parts)
            groups = {side: self._group(traits.of(side), context) for side in RestsOn}
            member = self._members[node] = _Member(names, groups)
            self._survey(node, member, context)
        return member

    def _group(self, traits: Hashable | None, context: Context) -> Group | None:
        """Those that are alike on that side, under equal parameters."""
        return None if traits is None else self._groups.setdefault((id(context), traits), Group())


def _about(node: Node, diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis of a managed node told of another, which differs in what it is called."""
    return dataclasses.replace(diagnosis, resource=node.id, name=node.instance.name)
