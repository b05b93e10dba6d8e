"""One rule over all sources: the strongest that can tell, tempered by its age and its format.

No control fails a node by a value out of a [K] format: ``judged`` sees to it within a reading, and
``section_of`` leaves such values out where a control looks at the machine as a whole.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import fields

from inventory.facts import NOT_RECORDED, Evidence, Node, Unread, moment
from inventory.facts.host import Reading
from policies.control import Context, Outcome, Verdict, undecidable, unread
from policies.left_open import LIVE_UNREAD, left_open
from policies.live import unheard

CALL: Final = "host:Readings"
NEEDS: Final = (CALL,)
#: The setting that says how far the times of a snapshot may lie apart.
READS: Final = ("thresholds.clock_tolerance",)
#: Verdicts that leave open one half of what their control names, and show the other.
BOOT_UNTOLD: Final = "SERVICE_BOOT_UNTOLD"
CREDENTIALS_FILE_UNSEEN: Final = "CREDENTIALS_FILE_UNSEEN"
HALF_SHOWN: Final = frozenset({BOOT_UNTOLD, CREDENTIALS_FILE_UNSEEN})
Section = TypeVar("Section")
_INSTANCE_ID: Final = re.compile(r"i-[0-9a-f]{8,17}")


def judged(
    node: Node,
    context: Context,
    section: str,
    judge: Callable[[Reading, Any], Verdict],
) -> Verdict:
    """The first definite answer among the readings that have the section, the latest boot's first.

    What nobody looked at is ``unknown``, naming ``host:Readings``.
    """
    verdicts = [
        _tempered(_judged(one, section, judge), one, node, context)
        for one in readings_of(node)
        if getattr(one, section)
    ]
    definite = [one for one in verdicts if _is_definite(one)]
    if definite or verdicts:
        return (definite or verdicts)[0]
    return _not_looked_at(node, section)


def _is_definite(verdict: Verdict) -> bool:
    """Whether it says something of the machine: a failure does, also one that a ping might turn.

    Otherwise a fault of reading pings would let a weaker source's pass come before it.
    """
    return verdict.outcome is not Outcome.UNKNOWN or verdict.code == LIVE_UNREAD


def section_of(node: Node, section: str) -> Any:
    """What the strongest source says in a section, without [K]; ``None`` = none has it."""
    found = (getattr(sourced(one), section) for one in readings_of(node))
    return next((one for one in found if one), None)


def readings_of(node: Node) -> tuple[Reading, ...]:
    """The node's readings, those of the boot that runs now first; another machine's are left out.

    A probe may end up on a machine that has taken over an address.
    """
    host = node.host
    if host is None:
        return ()
    own = [one for one in host.readings if not _other_machine(one, node)]
    return tuple(sorted(own, key=lambda one: precedes_start(one, node)))


def sourced(reading: Reading) -> Reading:
    """The reading without what was read from a format that no source tells of ([K])."""
    for place in reading.unsourced:
        reading = _without(reading, *place.partition(".")[::2])
    return reading


def _without(reading: Reading, section: str, member: str) -> Reading:
    """A section, or a member of it, as if nobody had looked; names of another version are none."""
    bare = Reading(instance_id=reading.instance_id, source=reading.source)
    found = getattr(reading, section, None)
    if not hasattr(bare, section):
        return reading
    instead = getattr(bare, section)
    if member and found is not None and hasattr(found, member):
        untold = next(one for one in fields(found) if one.name == member).default
        instead = msgspec.structs.replace(found, **{member: untold})
    return msgspec.structs.replace(reading, **{section: instead})


def precedes_start(reading: Reading, node: Node) -> bool:
    """Whether it is known to be of an earlier boot than the one that runs now."""
    taken, launched = moment(reading.taken_at), moment(node.instance.launch_time)
    return taken is not None and launched is not None and taken < launched


def quoted(reading: Reading, section: str, *members: str) -> tuple[Evidence, ...]:
    """Members of a section as evidence, and which source said so."""
    found = getattr(reading, section)
    told = tuple(
        fact(reading, f"{section}.{name}", msgspec.to_builtins(getattr(found, name)))
        for name in members
    )
    return (*told, source(reading))


def fact(reading: Reading, path: str, value: Any) -> Evidence:
    """Anything that a reading says."""
    return Evidence(resource=reading.instance_id, path=path, value=value, call=CALL)


def source(reading: Reading) -> Evidence:
    """Who said it, and when."""
    words = (reading.source, reading.origin, reading.taken_at or "at an unknown time")
    return fact(reading, "source", " ".join(word for word in words if word))


def untold(reading: Reading, section: str, what: str) -> Verdict:
    """A source looked and could not tell."""
    note = getattr(getattr(reading, section), "note", "")
    return not_told(reading, f"{what}{f' ({note})' if note else ''}")


def not_told(reading: Reading, what: str) -> Verdict:
    """A probe looks at everything, and could not tell; a tool may never look at it (T-122)."""
    code = "UNTOLD" if reading.source == "probe" else NOT_RECORDED
    gap = Unread(CALL, code, f"{reading.source} could not tell {what}")
    return unread(gap, evidence=(source(reading),))


def unrecognized(reading: Reading, path: str, value: object) -> Verdict:
    """A source used a word that this version does not know."""
    return undecidable(
        "READING_UNRECOGNIZED",
        f"{path} is {value!r}, which this version does not know",
        fact(reading, path, value),
        source(reading),
        settled_by=f"{path} of {CALL}",
    )


def _not_looked_at(node: Node, section: str) -> Verdict:
    readings = node.host.readings if node.host else ()
    strangers = [one for one in readings if _other_machine(one, node)]
    if strangers:
        other = strangers[0].metadata.instance_id if strangers[0].metadata else ""
        return undecidable(
            "ANOTHER_MACHINE",
            f"the machine that answered for {node.id} says that it is {other}",
            *quoted(strangers[0], "metadata", "instance_id"),
            settled_by=f"a reading of {node.id} itself",
        )
    problems = (text for one in readings for text in one.problems)
    told = next((text for text in problems if text.startswith(f"{section}:")), None)
    if told is not None:
        return unread(Unread(CALL, "UNANSWERED", told))
    return unread(Unread(CALL, NOT_RECORDED, f"{section} of {node.id}"))


def _other_machine(reading: Reading, node: Node) -> bool:
    """Whether its own metadata service names another instance than it was taken for."""
    said = reading.metadata.instance_id if reading.metadata else ""
    is_compared = _INSTANCE_ID.fullmatch(said) and _INSTANCE_ID.fullmatch(node.id)
    return bool(is_compared) and said != node.id


def _judged(reading: Reading, section: str, judge: Callable[[Reading, Any], Verdict]) -> Verdict:
    """The verdict of one reading; a failure has to stand without what is [K] in any section."""
    verdict = judge(reading, getattr(reading, section))
    if verdict.outcome is not Outcome.FAIL or not reading.unsourced:
        return verdict
    bare = sourced(reading)
    found = getattr(bare, section)
    if found and judge(bare, found).outcome is Outcome.FAIL:
        return verdict
    return _only_warned(verdict, "no source tells that this system's answer looks as it was read")


def _only_warned(verdict: Verdict, doubt: str) -> Verdict:
    reason = f"{verdict.reason}; only a warning, because {doubt}"
    return dataclasses.replace(verdict, outcome=Outcome.WARN, reason=reason, blockers=())


def _tempered(verdict: Verdict, reading: Reading, node: Node, context: Context) -> Verdict:
    """What an unknown time or an old reading may not conclude.

    Such a failure is at most a warning; a pass of an earlier boot says nothing of this one.
    """
    doubt = _doubt(reading, node, context)
    if verdict.outcome is Outcome.FAIL:
        return _only_warned(verdict, doubt) if doubt else _unless_outdated(verdict, reading, node)
    shows_something = verdict.outcome is Outcome.PASS or verdict.code in HALF_SHOWN
    if shows_something and precedes_start(reading, node):
        return undecidable(
            "READING_OUTDATED",
            f"{verdict.reason}; but {doubt}",
            *verdict.evidence,
            node.instance.evidence("LaunchTime"),
            settled_by=f"a reading of {node.id} since its latest start",
        )
    return verdict


def _unless_outdated(verdict: Verdict, reading: Reading, node: Node) -> Verdict:
    """The failure; unknown where a ping since might speak against it, and could not be read."""
    gap = unheard(node)
    if gap is None or reading.source == "probe":
        return verdict
    why = "whether Systems Manager has heard from the node since is not known"
    return left_open(verdict, LIVE_UNREAD, why, (gap,), node.id)


def _doubt(reading: Reading, node: Node, context: Context) -> str:
    """Why a reading cannot fail the node, as a clause; ``""`` = it can."""
    if precedes_start(reading, node):
        return "it was taken before the latest start of the instance"
    taken = moment(reading.taken_at)
    if taken is None:
        return "nobody knows when it was taken"
    if _heard_from_since(reading, node, context):
        return "Systems Manager has heard from the node since"
    return ""


def _heard_from_since(reading: Reading, node: Node, context: Context) -> bool:
    """A probe's time is when the run began: pings that the same run read are no news."""
    row = node.region.managed_nodes.find(node.id)
    taken = moment(reading.taken_at)
    pinged = None if isinstance(row, Unread) else moment(row.last_ping_date_time)
    if taken is None or pinged is None:
        return False
    if reading.source == "probe":
        return pinged > taken + context.parameters.clock_tolerance
    return pinged > taken
