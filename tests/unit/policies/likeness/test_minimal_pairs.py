"""Twins but for one member are told apart wherever a control can tell them apart (design 7).

Every member of what AWS says of an instance is changed, in surroundings in which different controls
look at it. Sharing must not change a single verdict, whichever of them is judged first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import msgspec
import pytest
import yaml

from inventory.facts import Instance, InstanceProfileAssociation, InstanceStatus, ManagedNode
from inventory.fleet import Fleet
from policies.parameters import Parameters, Proxy
from policies.reference import ImageKind, OperatingSystem, OperatingSystems
from tests.unit.policies.likeness.twins import (
    Change,
    Kind,
    fleet_of_twins,
    judged_alone,
    sound,
    told_otherwise,
)
from tests.unit.policies.network.scenario import change

_PAIRS: Final[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "pairs.yaml").read_text())
_ROWS: Final = (Instance, ManagedNode, InstanceProfileAssociation, InstanceStatus)
_PARAMETERS: Final = {
    "defaults": Parameters(),
    "proxies": Parameters(
        proxies=(
            Proxy("10.0.3.9", 3128, "net team", "squid", tags=(("way", "proxy"),)),
            Proxy("10.0.77.7", 8080, "net team", "squid", tags=(("way", "other"),)),
            Proxy("10.0.1.131", 8080, "net team", "squid", tags=(("env", "dev"),)),
        )
    ),
    "tables": Parameters(
        operating_systems=OperatingSystems(systems=(OperatingSystem("Amazon Linux", "2023"),)),
        image_kinds=(
            ImageKind("Amazon Linux 2023", True, "137112412989", "al2023-*"),
            ImageKind("a minimal image", False, "099720109477", "minimal-*"),
            ImageKind("Windows", True, platform="Windows"),
        ),
    ),
}


def _members(kind: Any) -> Iterator[str]:
    """``Instance.state``, and so on into the structures within."""
    for field in msgspec.structs.fields(kind):
        yield f"{kind.__name__}.{field.name}"
        for inner in (field.type, *get_args(field.type)):
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                yield from _members(inner)


def test_every_member_of_what_aws_says_has_a_pair() -> None:
    """A new member of a fact comes with values that may flip a verdict, or with why it cannot."""
    assert {*_PAIRS["members"]} == {name for kind in _ROWS for name in _members(kind)}


@cache
def _fleet(name: str) -> Fleet:
    """Two twins as the surroundings have them, then two of each that has one thing otherwise."""
    around = _PAIRS["surroundings"][name]
    scene = sound()
    scene["SecurityGroups"].append({**scene["SecurityGroups"][0], "GroupId": "sg-shut"})
    scene["SecurityGroups"][-1]["IpPermissionsEgress"] = []
    scene = change(scene, *around.get("scene", ()))
    kind = Kind(tuple(around.get("twins", ())), around.get("subnet", "subnet-vault"))
    others = [kind.with_also(one) for one in _changes(around.get("vary"))]
    return fleet_of_twins([kind, *filter(_is_possible, others)], scene)


def _changes(aspect: str | None) -> Iterator[Change]:
    """Those of all members, or of an aspect's."""
    begins = tuple(_PAIRS["aspects"][aspect]) if aspect else ""
    for member, changes in _PAIRS["members"].items():
        if member.startswith(begins):
            yield from changes


def _is_possible(kind: Kind) -> bool:
    """Whether the member is there to be changed: surroundings may have taken its row away."""
    try:
        kind.rows(0)
    except (KeyError, IndexError):
        return False
    return True


@pytest.mark.parametrize("surroundings", _PAIRS["surroundings"])
def test_twins_but_for_one_member_keep_their_own_verdicts(surroundings: str) -> None:
    """Design 7: memoized equals unmemoized, byte for byte, whoever comes first."""
    nodes, around = _fleet(surroundings).nodes, _PAIRS["surroundings"][surroundings]
    parameters = _PARAMETERS[around.get("parameters", "defaults")]
    alone = judged_alone(nodes, parameters)
    assert told_otherwise(nodes, parameters, alone) == []
    if "vary" not in around:
        assert told_otherwise(nodes[::-1], parameters, alone) == []


def test_without_a_clock_nothing_is_told_by_its_age() -> None:
    """A snapshot without its time leaves ages open (``AS_OF_MISSING``), for twins as for others."""
    nodes = [dataclasses.replace(one, as_of=None) for one in _fleet("just launched").nodes]
    assert told_otherwise(nodes) == []
