"""What was found for nodes that are alike, and told to those that come after."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Hashable
from enum import Enum
from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, ControlModule, Outcome, RestsOn, Verdict
from policies.diagnosis import Diagnosis, State
from policies.likeness.names import Name, names_of
from policies.likeness.telling import Template
from policies.likeness.traits import Traits


@dataclasses.dataclass(frozen=True, eq=False)
class _First:
    """A verdict that no other node's has been held against yet."""

    node: Node
    verdict: Verdict
    names: tuple[Name, ...]


@dataclasses.dataclass(frozen=True, eq=False)
class _Confirmed:
    """A verdict that others have come to as well, each told in its own names.

    ``names`` are those of the node that it was taken from. ``unproven`` are the places in which
    all of them have the same one: whether a word is that name, or is only written like it, nobody
    knows yet who has another one there.
    """

    template: Template
    names: tuple[Name, ...]
    unproven: tuple[int, ...]

    def holds_for(self, names: tuple[Name, ...]) -> bool:
        """Whether a node with these names may be told."""
        return all(names[place] == self.names[place] for place in self.unproven)

    def confirmed_by(self, names: tuple[Name, ...]) -> _Confirmed:
        """The same once a node with these names has come to it too."""
        same = tuple(place for place in self.unproven if names[place] == self.names[place])
        return dataclasses.replace(self, unproven=same)


@dataclasses.dataclass(frozen=True)
class _Agreed:
    """They come to the same, in words that are each node's own: every one is judged by itself."""

    outcome: Outcome
    code: str


class _Apart(Enum):
    """They do not come to the same, alike as they are."""

    APART = "apart"


@dataclasses.dataclass(frozen=True, eq=False)
class _Diagnosed:
    """A diagnosis of a node of a group; ``is_shared`` once a second one came to the same."""

    node: Node
    diagnosis: Diagnosis
    is_shared: bool = False


_Found = _First | _Confirmed | _Agreed | _Apart
#: States whose reason quotes codes, and no name, address or age of a single node.
_IN_CODES: Final = frozenset({State.MANAGED, State.AT_RISK})
_Group = dict[str, _Found]
Judge = Callable[[ControlModule, Node, Context], Verdict]


class _Member:
    """A node with its names, and the groups that it is in."""

    __slots__ = ("_context", "_groups", "_traits", "names")

    def __init__(self, node: Node, context: Context) -> None:
        self.names = names_of(node)
        self._traits = Traits(node, self.names, context)
        self._context = context
        self._groups: dict[RestsOn, _Group | None] = {}

    def group(self, side: RestsOn, groups: dict[Hashable, _Group]) -> _Group | None:
        """Where the verdicts of nodes that are alike on that side are; ``None``: there are none."""
        if side not in self._groups:
            traits = self._traits.of(side)
            key = (id(self._context), traits)
            self._groups[side] = None if traits is None else groups.setdefault(key, {})
        return self._groups[side]


class SharedVerdicts:
    """The verdicts of one run's nodes, by traits and control.

    Two nodes are judged by themselves before a third is told anything: the second one's verdict
    has to be what the first one's, told to it, comes to; and for each name by which the third
    differs from the first, somebody differed before. A node that comes first or second is judged by
    all ``controls`` at once, for what they look at is the same.
    """

    def __init__(self, controls: tuple[ControlModule, ...], judge: Judge) -> None:
        self._controls = controls
        self._judge = judge
        self._groups: dict[Hashable, _Group] = {}
        self._members: dict[Node, _Member] = {}
        self._diagnosed: dict[int, _Diagnosed] = {}

    def verdict(self, control: ControlModule, node: Node, context: Context) -> Verdict:
        """The control's verdict, told or judged; whatever it raises is raised."""
        member = self._member(node, context)
        group = member.group(control.CONTROL.rests_on, self._groups)
        if group is None:
            return self._judge(control, node, context)
        found = group.get(control.CONTROL.id)
        if isinstance(found, _Confirmed) and found.holds_for(member.names):
            return found.template.told_for(member.names)
        if isinstance(found, _First) and found.node is node:
            return found.verdict
        return self._judged(control, node, member, context)

    def _judged(
        self, control: ControlModule, node: Node, member: _Member, context: Context
    ) -> Verdict:
        """The node's own verdict, noted for its group while that has use for it."""
        verdict = self._judge(control, node, context)
        record = control.CONTROL
        group = member.group(record.rests_on, self._groups)
        found = None if group is None else group.get(record.id)
        if group is not None and found is None:
            group[record.id] = _First(node, verdict, member.names)
        elif group is not None and isinstance(found, _First) and found.node is not node:
            group[record.id] = _compared(record, found, member, verdict)
        elif group is not None and isinstance(found, _Confirmed):
            group[record.id] = _once_more(found, member, verdict)
        return verdict

    def _survey(self, node: Node, member: _Member, context: Context) -> None:
        """Judge the node by every control of which its group does not know enough yet.

        What raises is left for whoever asks for it.
        """
        for control in self._controls:
            group = member.group(control.CONTROL.rests_on, self._groups)
            if group is not None and isinstance(group.get(control.CONTROL.id), _First | None):
                with contextlib.suppress(Exception):
                    self._judged(control, node, member, context)

    def outcome(self, control: Control, node: Node, context: Context) -> tuple[Outcome, str] | None:
        """What the node comes to, and its code, as of those that are alike.

        ``None``: it has to be judged.

        Only what rests on nobody's word is told: an assumption is counted by who rests on it.
        """
        member = self._member(node, context)
        found = (member.group(control.rests_on, self._groups) or {}).get(control.id)
        if isinstance(found, _Agreed):
            return found.outcome, found.code
        if not isinstance(found, _Confirmed) or not found.holds_for(member.names):
            return None
        verdict = found.template.verdict
        return None if verdict.assumptions else (verdict.outcome, verdict.code)

    def diagnosis(self, node: Node, context: Context, judged: Callable[[], Diagnosis]) -> Diagnosis:
        """The diagnosis that ``judged`` gives, told or judged: told of managed nodes alone."""
        group = self._member(node, context).group(RestsOn.ALL, self._groups)
        if group is None:
            return judged()
        known = self._diagnosed.get(id(group))
        if known is not None and known.is_shared:
            return _about(node, known.diagnosis)
        found = judged()
        if found.state in _IN_CODES and not found.roots and found.is_heard_from:
            is_shared = known is not None and _about(node, known.diagnosis) == found
            self._diagnosed[id(group)] = _Diagnosed(node, found, is_shared)
        return found

    def _member(self, node: Node, context: Context) -> _Member:
        member = self._members.get(node)
        if member is None:
            member = self._members[node] = _Member(node, context)
            self._survey(node, member, context)
        return member


def _compared(control: Control, first: _First, member: _Member, verdict: Verdict) -> _Found:
    template = Template(first.verdict, first.names)
    if template.told_for(member.names) == verdict and not control.tells_ages:
        places = tuple(place for place, name in enumerate(first.names) if name != "")
        return _Confirmed(template, first.names, places).confirmed_by(member.names)
    return _in_other_words(first.verdict, verdict)


def _once_more(found: _Confirmed, member: _Member, verdict: Verdict) -> _Found:
    """What a further verdict makes of one that could not be told to its node."""
    if found.template.told_for(member.names) == verdict:
        return found.confirmed_by(member.names)
    return _in_other_words(found.template.verdict, verdict)


def _in_other_words(one: Verdict, other: Verdict) -> _Found:
    if (one.outcome, one.code) != (other.outcome, other.code):
        return _Apart.APART
    return _Apart.APART if one.assumptions or other.assumptions else _Agreed(one.outcome, one.code)


def _about(node: Node, diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis of a managed node told of another, which differs in what it is called."""
    return dataclasses.replace(diagnosis, resource=node.id, name=node.instance.name)
