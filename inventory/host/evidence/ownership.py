"""Which instance a file is about: by its path, by what stands in it, and never by a guess.

Where two ids compete nobody is served by an answer for the wrong machine: it is a Problem.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from inventory.host.evidence.found import Problem
from inventory.host.evidence.piece import Piece

#: Instance id → its account id and Region.
Known = Mapping[str, tuple[str, str]]

INSTANCE_ID: Final = r"(?<![0-9A-Za-z])i-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![0-9A-Za-z])"
_ID: Final = re.compile(INSTANCE_ID)
#: Where an agent's log names its own machine (domain.md 3.2, B1): not any id that it speaks of.
_IN_LOG: Final = re.compile(
    r"(?:instanceID=|:instance/|assumed-role/[\w+=,.@:-]{1,80}/|[Ii]nstance[Ii]d\W{1,4})"
    rf"(?P<id>{INSTANCE_ID.removeprefix('(?<![0-9A-Za-z])')})"
)
_ACCOUNT: Final = re.compile(r"\d{12}")


def named_in_path(piece: Piece) -> frozenset[str]:
    """The instance ids in the names of its folders, of its archive and its own."""
    return frozenset(one for part in piece.path for one in _ID.findall(part))


def named_in_log(text: str) -> frozenset[str]:
    """The instance ids by which a log calls the machine that wrote it."""
    return frozenset(found["id"] for found in _IN_LOG.finditer(text))


def named_alone(text: str) -> frozenset[str]:
    """The id in a file that holds nothing but one, as cloud-init's does."""
    only = text.strip()
    return frozenset({only}) if _ID.fullmatch(only) else frozenset()


def owner(piece: Piece, told: frozenset[str], known: Known) -> str | Problem:
    """The instance that a file is about, or why nobody can tell.

    ``told`` are the ids that its content is about; a path that names another one contradicts it.
    """
    named = named_in_path(piece)
    if named and told and named != told:
        return Problem(
            piece.name, f"lies where {_list(named)} belongs, but says it is about {_list(told)}"
        )
    found = named or told
    if not found:
        return Problem(
            piece.name,
            "cannot be tied to an instance; put it into a folder named after the instance's id",
        )
    if len(found) > 1:
        return Problem(piece.name, f"names several instances: {_list(found)}")
    (instance_id,) = found
    if instance_id not in known:
        return Problem(
            piece.name, f"is about {instance_id}, which is not among the instances judged"
        )
    return _misfiled(piece, instance_id, known) or instance_id


def _misfiled(piece: Piece, instance_id: str, known: Known) -> Problem | None:
    """Whether it lies under another account or Region than the instance's."""
    account, region = known[instance_id]
    path = piece.path
    for at, part in enumerate(path[:-1]):
        if not _ACCOUNT.fullmatch(part):
            continue
        below = path[at + 1]
        is_region = at + 2 < len(path) and _ID.search(below) is None
        if part != account or (is_region and below != region):
            there = f"{part}/{below}" if is_region else part
            what = f"lies under {there}, but {instance_id} is in {account}/{region}"
            return Problem(piece.name, what, instance_id)
    return None


def _list(ids: frozenset[str]) -> str:
    return ", ".join(sorted(ids))
