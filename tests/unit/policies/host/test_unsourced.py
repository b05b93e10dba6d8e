"""[K] of the spec: what was read from a format that no source tells of fails no node.

By construction (policies/host/readings.py), and here for every such place of every system: a
verdict that fails with any value there fails without it too.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from inventory.facts import Node
from inventory.host import probe
from inventory.host.probe.linux.ways import WAYS as LINUX
from inventory.host.probe.macos.ways import WAYS as MACOS
from inventory.host.probe.way import Way
from inventory.host.probe.windows.ways import WAYS as WINDOWS
from policies.catalogue import CONTROLS as AWS_SIDE
from policies.catalogue import HOST_CONTROLS
from policies.control import Context, Outcome
from policies.host import worker_running
from policies.judgement import judge
from tests.unit.policies.host.scenario import (
    CONTROLS,
    HERE,
    healthy,
    node_after,
    reading,
    with_readings,
)

SYSTEMS: Mapping[str, Mapping[str, Way]] = {"linux": LINUX, "macos": MACOS, "windows": WINDOWS}
PLACES = sorted(
    {
        (system, place)
        for system, ways in SYSTEMS.items()
        for way in ways.values()
        for place in way.unsourced
    }
)
CASES = [
    (file, pair)
    for path in sorted((HERE / "cases").glob("host-*.yaml"))
    for file in [yaml.safe_load(path.read_text(encoding="utf-8"))]
    for pair in file["pairs"]
]
#: Values on both sides of every limit of versions (2.7, R-6.3, D17, D18), and of the other members.
VALUES: Mapping[str, tuple[Any, ...]] = {
    "install.version": ("2.3.1205.0", "3.1.820.0", "3.3.4851.0", "?"),
    "configuration.dual_stack": (True, False),
    "proxy": (
        {"origin": "/Library"},
        {"http": "http://10.0.0.9:3128", "origin": "/Library"},
        {"https": "http://10.0.0.9:port", "origin": "/Library"},
    ),
    "leftovers": (
        {"registration": "mi-0123456789abcdef0", "credentials_file": ""},
        {"registration_file": "/opt/aws/ssm/data/registration"},
        {"credentials_file": "/var/root/.aws/credentials"},
    ),
    "endpoints": tuple(
        {"ssm": {"host": "ssm.eu-central-1.amazonaws.com"} | words, "ssmmessages": words}
        for words in (
            {"names": "no-such-host"},
            {"tcp": "timeout"},
            {"tcp": "ok", "tls": "unknown-authority"},
            {"tcp": "ok", "tls": "ok", "http": "reset"},
            {"http": "proxy-407", "proxy": "http://10.0.0.9:3128"},
            {"tcp": "ok", "tls": "ok", "http": "ok"},
        )
    ),
}

#: Controls that look into sections beside their own; HOST-07 stands for all four stages.
ACROSS = ("HOST-02", "HOST-03", "HOST-04", "HOST-05", "HOST-07", "HOST-11")
#: Systems Manager has never heard a version, so that the machine's own word counts.
UNREPORTED = {"managed.AgentVersion": ""}


def _put(plain: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    plain = copy.deepcopy(plain)
    section, _, member = place.partition(".")
    if member:
        plain[section] = {**(plain.get(section) or {}), member: value}
    else:
        plain[section] = value
    return plain


def _without(plain: dict[str, Any], place: str) -> dict[str, Any]:
    plain = copy.deepcopy(plain)
    section, _, member = place.partition(".")
    if member:
        (plain.get(section) or {}).pop(member, None)
    else:
        plain[section] = None
    return plain


def _worlds(system: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """A control, the machine after a change of its pairs, and what else the node is."""
    for file, pair in CASES:
        changes = (file.get("given", {}) | pair.get("given", {})) | pair["change"]
        plain: dict[str, Any] = healthy() | {"system": system}
        world = {}
        for path, value in changes.items():
            target, _, member = path.partition(".")
            if target in ("managed", "instance"):
                world[path] = value
            elif target in ("endpoints", "volumes") and member:
                name, _, part = member.partition(".")
                plain[target][name] = {**plain[target][name], part: value} if part else value
            else:
                plain = _put(plain, path, value)
        yield file["control"], plain | {"system": system}, world


def _fails(names: set[str], plain: dict[str, Any], world: dict[str, Any]) -> set[str]:
    node = with_readings(node_after(world, UNREPORTED), reading(plain))
    verdicts = {name: judge(CONTROLS[name], node, Context()) for name in names}
    return {name for name, one in verdicts.items() if one.outcome is Outcome.FAIL}


@pytest.mark.parametrize(("place", "system"), {place: system for system, place in PLACES}.items())
def test_whatever_stands_in_such_a_place_makes_no_verdict_fail(place: str, system: str) -> None:
    seen = set()
    for control, plain, world in _worlds(system):
        key = repr((control, _without(plain, place), world))
        if key in seen:
            continue
        seen.add(key)
        names = {control, *ACROSS}
        fails_anyhow = _fails(names, _without(plain, place), world)
        for value in VALUES[place]:
            told = _put(plain, place, value) | {"unsourced": [place]}
            assert _fails(names, told, world) <= fails_anyhow, (value, world)


@pytest.mark.parametrize(("system", "place"), PLACES)
def test_the_same_value_with_a_source_may_fail_or_warn(system: str, place: str) -> None:
    """The near-miss: the mark is what makes the difference."""

    def outcomes(mark: list[str]) -> set[tuple[str, str, Outcome]]:
        return {
            (repr(value), one.CONTROL.id, judge(one, _node(plain), Context()).outcome)
            for broken in ({"worker": False}, {})
            for value in VALUES[place]
            for plain in [
                _put(_broken(system, broken), place, value) | {"unsourced": mark},
            ]
            for one in HOST_CONTROLS
        }

    graver = {one for one in outcomes([]) - outcomes([place]) if one[2] is Outcome.FAIL}
    assert bool(graver) == (place != "configuration.dual_stack"), graver


def _broken(system: str, service: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = healthy() | {"system": system}
    plain["service"] |= service
    plain["metadata"] |= {"token": "403"} if service else {}
    return plain


def _node(plain: dict[str, Any]) -> Node:
    return with_readings(node_after(UNREPORTED), reading(plain))


@pytest.mark.parametrize("version", VALUES["install.version"])
def test_what_nodes_need_by_version_rests_on_no_such_version(version: str) -> None:
    """D17: NET-10, IAM-05 and their kin know the version that Systems Manager reports, or none."""
    told = _put(healthy(), "install.version", version) | {"unsourced": ["install.version"]}
    untold = _without(healthy(), "install.version")
    for control in AWS_SIDE:
        with_it = judge(control, _node(told), Context())
        without = judge(control, _node(untold), Context())
        assert (with_it.outcome, with_it.code) == (without.outcome, without.code)


def test_a_missing_worker_fails_by_a_version_that_is_known_for_sure() -> None:
    """2.7: agents before 3.0 are one process."""
    plain = _broken("windows", {"worker": False})
    assert judge(worker_running, _node(plain), Context()).outcome is Outcome.FAIL
    doubted = judge(worker_running, _node(plain | {"unsourced": ["install.version"]}), Context())
    assert (doubted.outcome, doubted.code) == (Outcome.WARN, "WORKER_MISSING")
    assert "nobody told its version for sure" in doubted.reason


def test_every_place_has_values_to_try() -> None:
    assert {place for _, place in PLACES} == set(VALUES)


def test_a_place_names_the_section_that_its_way_asks_for() -> None:
    for ways in SYSTEMS.values():
        for section, way in ways.items():
            assert {one.partition(".")[0] for one in way.unsourced} <= {section}


def test_every_k_of_the_probe_s_own_text_is_marked() -> None:
    """A reader whose text says [K] belongs to a way that says which place it is."""
    root = Path(probe.__file__).parent
    said = {path for path in root.rglob("*.py") if "[K]" in path.read_text(encoding="utf-8")}
    frames = {root / "way.py", *(root / system / "ways.py" for system in SYSTEMS)}
    marked = [way for ways in SYSTEMS.values() for way in ways.values() if way.unsourced]
    readers = {_file(way) for way in marked}
    shared = {root / "configuration.py"}
    assert said - frames <= readers | shared
    assert any("configuration" in place for way in marked for place in way.unsourced)


def _file(way: Way) -> Path:
    return Path(way.read.__code__.co_filename)
