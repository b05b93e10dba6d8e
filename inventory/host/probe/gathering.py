"""One section of a reading: the right script for the machine's system, and what it printed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from inventory.facts.host import Reading
from inventory.host.probe.asking import Asked, Runner
from inventory.host.probe.linux.ways import WAYS as LINUX_WAYS
from inventory.host.probe.macos.ways import WAYS as MACOS_WAYS
from inventory.host.probe.way import Unanswered, Way
from inventory.host.probe.windows.ways import WAYS as WINDOWS_WAYS

#: What can be asked, by the name of the member of ``Reading`` that it fills.
SECTIONS: Final = (
    "install",
    "service",
    "metadata",
    "endpoints",
    "proxy",
    "clock",
    "volumes",
    "leftovers",
    "configuration",
    "sysprep_state",
)
_WAYS: Final[Mapping[str, Mapping[str, Way]]] = MappingProxyType(
    {"linux": LINUX_WAYS, "macos": MACOS_WAYS, "windows": WINDOWS_WAYS}
)
#: What ``uname -s`` says, and cmd.exe's ``ver`` where there is no uname.
_SYSTEMS: Final = (("linux", "linux"), ("darwin", "macos"), ("windows", "windows"))


def gather(section: str, runner: Runner, asked: Asked) -> Reading:
    """Ask the machine for one section; the rest of the reading stays empty.

    A section that could not be asked for stays ``None`` with the reason in ``problems``. Whatever
    the way in raises when it has lost the machine (testinfra: ``RuntimeError``) passes through.
    Raises ``KeyError`` for a section that is none of ``SECTIONS``.
    """
    if section not in SECTIONS:
        raise KeyError(section)
    system = asked.system or system_of(runner)
    empty = Reading(
        instance_id=asked.instance_id,
        source="probe",
        origin=asked.origin,
        taken_at=asked.taken_at,
        system=system,
    )
    if system not in _WAYS:
        told = "no system this version knows: neither Linux nor macOS nor Windows"
        return msgspec.structs.replace(empty, problems=(f"{section}: {told}",))
    if section == "endpoints" and not asked.hosts:
        told = "no host to try is known, as where the Region is not"
        return msgspec.structs.replace(empty, problems=(f"{section}: {told}",))
    way = _WAYS[system].get(section)
    return empty if way is None else _answered(empty, section, way, way.ask(runner, asked))


def _answered(empty: Reading, section: str, way: Way, found: object) -> Reading:
    match found:
        case Unanswered(reason):
            problems = (f"{section}: {reason}",)
            return msgspec.structs.replace(empty, problems=problems)
        case None:
            problems = (f"{section}: the machine could not tell",)
            return msgspec.structs.replace(empty, problems=problems)
        case _:
            member: dict[str, Any] = {section: found}
            unsourced = tuple(place for place in way.unsourced if _is_told(found, place))
            return msgspec.structs.replace(empty, unsourced=unsourced, **member)


def _is_told(found: object, place: str) -> bool:
    """Whether the answer says anything there."""
    member = place.partition(".")[2]
    return not member or getattr(found, member) not in ("", None)


def merged(readings: tuple[Reading, ...]) -> Reading:
    """One reading out of those of single sections, of the same machine and way in.

    The earliest ``taken_at`` is kept; where two have the same section, the first one counts.
    Raises ``ValueError`` without any reading.
    """
    if not readings:
        raise ValueError("no readings to put together")
    sections = {
        name: next((found for one in readings if (found := getattr(one, name))), None)
        for name in SECTIONS
    }
    sections["sysprep_state"] = sections["sysprep_state"] or ""
    return msgspec.structs.replace(
        readings[0],
        taken_at=min((one.taken_at for one in readings if one.taken_at), default=""),
        system=next((one.system for one in readings if one.system), ""),
        remarks=tuple(dict.fromkeys(text for one in readings for text in one.remarks)),
        problems=tuple(dict.fromkeys(text for one in readings for text in one.problems)),
        unsourced=tuple(dict.fromkeys(text for one in readings for text in one.unsourced)),
        **sections,
    )


def system_of(runner: Runner) -> str:
    """``linux``, ``macos`` or ``windows``; ``""`` for any other system."""
    answer = runner.run("uname -s || ver")
    told = answer.stdout[:200].casefold()
    return next((name for word, name in _SYSTEMS if word in told), "")
