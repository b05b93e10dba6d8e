"""Random fleets: whatever is shared is what each node comes to by itself (design 7)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.fleet import Fleet
from policies.catalogue import CONTROLS
from policies.control import Severity
from policies.counted import COUNTABLE
from policies.judgement import Judgement
from policies.settings import ControlSetting, Layer, Setting, Settings, Target
from tests.unit.policies.diagnosis.broken_fleets import FAULTS
from tests.unit.policies.likeness.twins import Change, Kind, fleet_of_twins, sound
from tests.unit.policies.network.scenario import change

_PAIRS: Final[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "pairs.yaml").read_text())
_CHANGES: Final[list[Change]] = [one for some in _PAIRS["members"].values() for one in some]
_KINDS: Final = st.builds(
    lambda subnet, changes: _applicable(Kind(subnet=subnet), changes),
    st.sampled_from(["subnet-vault", "subnet-private", "subnet-public"]),
    st.lists(st.sampled_from(_CHANGES), max_size=4),
)
#: What the user says of some: a threshold, a severity, a control that is switched off.
_LAYERS: Final = (
    Layer(
        Target(tags=(("env", "prod"),)),
        settings=(Setting("thresholds.ping_fresh", timedelta(minutes=1), "1m"),),
    ),
    Layer(
        Target(tags=(("env", "dev"),)),
        settings=(Setting("thresholds.launch_grace", timedelta(days=9), "9d"),),
        controls=(("IMDS-02", ControlSetting(enabled=False, owner="me", reason="known")),),
    ),
    Layer(
        Target(tags=(("patch", "*"),)),
        controls=(("IAM-01", ControlSetting(severity=Severity.LOW)),),
    ),
)


def _applicable(kind: Kind, changes: list[Change]) -> Kind:
    """The kind with those of the changes that find what they change."""
    for one in changes:
        try:
            kind.with_also(one).rows(0)
        except (KeyError, IndexError):
            continue
        kind = kind.with_also(one)
    return kind


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    """Three or four kinds of instances, three twins of each, and what breaks what they share."""
    kinds = draw(st.lists(_KINDS, min_size=1, max_size=4))
    scene = sound()
    scene["SecurityGroups"].append({**scene["SecurityGroups"][0], "GroupId": "sg-shut"})
    for fault in draw(st.lists(st.sampled_from(sorted(FAULTS)), max_size=2)):
        try:
            scene = change(scene, *FAULTS[fault])
        except StopIteration:  # what it breaks has been taken away already
            continue
    return fleet_of_twins(kinds, scene, each=3)


@settings(max_examples=15, deadline=None)
@given(fleet=fleets(), data=st.data())
def test_a_run_finds_for_each_node_what_it_finds_for_it_alone(
    fleet: Fleet, data: st.DataObject
) -> None:
    """Findings and diagnoses, byte for byte, in whatever order nodes and controls are asked."""
    user = Settings(layers=_LAYERS)
    nodes = data.draw(st.permutations(fleet.nodes))
    together = Judgement(settings=user)
    for node in nodes:
        alone = Judgement(settings=user)
        for control in CONTROLS:
            assert together.finding(control, node) == alone.finding(control, node)
        assert together.diagnosis(node) == alone.diagnosis(node)


@settings(max_examples=15, deadline=None)
@given(fleet=fleets(), data=st.data())
def test_what_is_counted_is_what_the_verdict_would_have_been(
    fleet: Fleet, data: st.DataObject
) -> None:
    """Design 7: a cell is counted only as a pass, or as one that does not apply; it is that."""
    user = Settings(layers=_LAYERS)
    together = Judgement(settings=user)
    for node in data.draw(st.permutations(fleet.nodes)):
        alone = Judgement(settings=user)
        for control in CONTROLS:
            (counted,) = together.plain(control, [node])
            if counted is not None:
                verdict = alone.finding(control, node).verdict
                assert counted in COUNTABLE
                assert counted is verdict.outcome
                assert verdict.assumptions == ()
