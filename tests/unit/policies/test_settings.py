"""Settings: which layers hold for whom, what findings tell of them, and what is shared."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import Node
from policies.agent import kept_up_to_date, version_floor
from policies.control import Context, ControlModule, Outcome, Severity, Verdict, failed, passed
from policies.dhmc import management_role
from policies.diagnosis import State
from policies.imds import metadata_service_enabled, token_mode
from policies.judgement import Judgement
from policies.network import network_acls_443, routes
from policies.node import online, registered
from policies.parameters import Parameters
from policies.settings import (
    EVERYONE,
    ControlSetting,
    Layer,
    Setting,
    SettingInUse,
    Settings,
    Target,
)
from tests.unit.policies import iam_world
from tests.unit.policies.network.scenario import change, node_in, world
from tests.unit.policies.nodes import ID, ago, node_with
from tests.unit.policies.test_judgement import control_that
from tests.unit.world import ACCOUNT, REGION

OFF = ControlSetting(enabled=False, owner="platform", reason="images are rebuilt weekly")
ON = ControlSetting(enabled=True)
DEV = Target(tags=(("env", "dev*"),))
OTHER = "999988887777"
JUST_ATTACHED = iam_world.association("associated") | {"Timestamp": ago(minutes=20)}


def fresh(minutes: int) -> Setting:
    return Setting("thresholds.ping_fresh", timedelta(minutes=minutes), f"{minutes}m")


def tagged(instance_id: str = ID, **tags: str) -> Node:
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return node_with({"InstanceId": instance_id, "Tags": listed})


@pytest.mark.parametrize(
    ("target", "covered"),
    [
        (EVERYONE, True),
        (Target(accounts=(ACCOUNT,)), True),
        (Target(accounts=(OTHER,)), False),
        (Target(accounts=(OTHER, ACCOUNT)), True),
        (Target(regions=(REGION,)), True),
        (Target(regions=("eu-*",)), True),
        (Target(regions=("eu",)), False),
        (Target(regions=("*-central",)), False),
        (Target(tags=(("env", "dev"),)), False),
        (Target(tags=(("env", "dev-*"),)), True),
        (Target(tags=(("Env", "dev-*"),)), False),
        (Target(tags=(("env", "DEV-*"),)), False),
        (Target(tags=(("owner", "*"),)), False),
        (Target(accounts=(ACCOUNT,), regions=("eu-*",), tags=(("env", "dev-1"),)), True),
        (Target(accounts=(OTHER,), regions=("eu-*",), tags=(("env", "dev-1"),)), False),
        (Target(accounts=(ACCOUNT,), regions=("us-*",), tags=(("env", "dev-1"),)), False),
    ],
)
def test_all_of_for_has_to_fit_the_whole_text(target: Target, covered: bool) -> None:
    """Issue 6, item 2: anchored globs; all that is given has to fit."""
    assert target.covers(ACCOUNT, REGION, {"env": "dev-1"}) is covered


def test_later_layers_win_key_by_key() -> None:
    grace = Setting("thresholds.launch_grace", timedelta(minutes=1), "1m")
    layers = (
        Layer(settings=(fresh(5), grace), controls=(("AGENT-03", OFF),)),
        Layer(DEV, (fresh(7),), (("AGENT-03", ControlSetting(severity=Severity.HIGH)),)),
        Layer(Target(regions=(REGION,)), (fresh(9),)),
        Layer(Target(accounts=(OTHER,)), (fresh(11),)),
    )
    held = Settings(layers=layers).of(tagged(env="dev"))
    assert held.parameters.ping_fresh == timedelta(minutes=9)
    assert held.parameters.launch_grace == timedelta(minutes=1)
    assert held.controls["AGENT-03"] == dataclasses.replace(OFF, severity=Severity.HIGH)


def test_a_layer_for_tags_leaves_regions_alone() -> None:
    """An account and Region has no tags."""
    settings = Settings(layers=(Layer(DEV, controls=(("DHMC-01", OFF),)),))
    node = tagged(env="dev")
    judgement = Judgement(settings=settings)
    assert judgement.place_finding(management_role, node.place).verdict.code != "DISABLED"
    everywhere = Settings(layers=(Layer(controls=(("DHMC-01", OFF),)),))
    found = Judgement(settings=everywhere).place_finding(management_role, node.place)
    assert found.verdict.code == "DISABLED"


def test_equal_parameters_are_one_object_and_one_memory() -> None:
    """Design 7: what is judged alike is judged once, whichever layers lead there."""
    contexts: list[Context] = []

    def note(_node: Node, context: Context) -> Verdict:
        contexts.append(context)
        return passed("FINE", "it holds")

    layers = (
        Layer(DEV, controls=(("IMDS-02", ControlSetting(severity=Severity.LOW)),)),
        Layer(Target(tags=(("env", "slow"),)), (fresh(60),)),
    )
    judgement = Judgement(settings=Settings(layers=layers))
    control = control_that(note)
    for node in (
        tagged("i-1"),
        tagged("i-2", env="dev-1"),
        tagged("i-3", env="slow"),
        tagged("i-4", env="dev-2", more="x"),
    ):
        judgement.finding(control, node)
    first, second, third, fourth = contexts
    assert first is second is fourth
    assert third is not first
    assert third.parameters.ping_fresh == timedelta(hours=1)


def test_nodes_that_no_layer_tells_apart_are_resolved_once() -> None:
    settings = Settings(layers=(Layer(DEV, (fresh(5),)),))
    assert settings.of(tagged(env="dev", a="1")) is settings.of(tagged(env="dev", b="2"))
    assert settings.of(tagged(env="dev")) is settings.of(tagged(env="dev-2"))
    assert settings.of(tagged(env="dev")) is not settings.of(tagged(env="prod"))


@pytest.mark.parametrize(
    ("setting", "control", "node", "before", "after"),
    [
        (  # D13: fresh up to 15 minutes by default
            fresh(1),
            online,
            node_with(managed={"LastPingDateTime": ago(minutes=2)}),
            "pass ONLINE",
            "warn STALE_PING",
        ),
        (  # D13: no verdict on a launch of less than 10 minutes ago
            Setting("thresholds.launch_grace", timedelta(minutes=2), "2m"),
            registered,
            node_with({"LaunchTime": ago(minutes=5)}, listed=False),
            "not_applicable TOO_EARLY",
            "warn NOT_REGISTERED_YET",
        ),
        (  # D13: from an hour on it is a failure
            Setting("thresholds.launch_patience", timedelta(minutes=20), "20m"),
            registered,
            node_with({"LaunchTime": ago(minutes=30)}, listed=False),
            "warn NOT_REGISTERED_YET",
            "fail NOT_REGISTERED",
        ),
        (  # D13: a profile that was attached less than 30 minutes ago
            Setting("thresholds.profile_grace", timedelta(minutes=10), "10m"),
            registered,
            iam_world.node(agent=None, associations=[JUST_ATTACHED]),
            "warn PROPAGATING",
            "fail NOT_REGISTERED",
        ),
        (  # an AWS time may lie a little ahead of the snapshot's
            Setting("thresholds.clock_tolerance", timedelta(minutes=1), "1m"),
            online,
            node_with(managed={"LastPingDateTime": ago(minutes=-5)}),
            "pass ONLINE",
            "unknown CLOCKS_DISAGREE",
        ),
        (  # D18: below the floor is a warning
            Setting("agent.floor", (3, 3, 5000, 0), "3.3.5000.0"),
            version_floor,
            node_with(),
            "pass AGENT_AT_FLOOR",
            "warn AGENT_BELOW_FLOOR",
        ),
    ],
)
def test_a_setting_flips_the_verdict(
    setting: Setting, control: ControlModule, node: Node, before: str, after: str
) -> None:
    def told(settings: Settings) -> str:
        verdict = Judgement(settings=settings).finding(control, node).verdict
        return f"{verdict.outcome} {verdict.code}"

    assert told(Settings()) == before
    assert told(Settings(layers=(Layer(settings=(setting,)),))) == after


@pytest.mark.parametrize(
    ("grace", "told"),
    [(90, "90 seconds"), (120, "2 minutes"), (121, "121 seconds"), (7200, "2 hours")],
)
def test_a_threshold_is_told_as_it_is(grace: int, told: str) -> None:
    setting = Setting("thresholds.launch_grace", timedelta(seconds=grace), "")
    judgement = Judgement(settings=Settings(layers=(Layer(settings=(setting,)),)))
    node = node_with({"LaunchTime": ago(seconds=30)}, listed=False)
    verdict = judgement.finding(registered, node).verdict
    assert verdict.reason.endswith(f"judged from {told} on")


def test_the_ports_that_systems_send_from_decide_about_answers() -> None:
    """NA7, D26: an ACL that lets the narrower range back suffices for systems set to it."""
    back = {"RuleNumber": 90, "Egress": False, "Protocol": "6", "RuleAction": "allow"}
    entry = back | {"CidrBlock": "0.0.0.0/0", "PortRange": {"From": 40000, "To": 50000}}
    scene = world("public")
    acl = scene["NetworkAcls"][0]["Entries"]
    scene = change(scene, {"put": ["NetworkAcls", 0, "Entries"], "to": [*_outward(acl), entry]})
    narrowed = Setting("network.ephemeral_ports.linux", (40000, 50000), "40000-50000")

    def told(*settings: Setting) -> str:
        layers = (Layer(settings=settings),)
        found = Judgement(settings=Settings(layers=layers)).finding(
            network_acls_443, node_in(scene)
        )
        return f"{found.outcome} {found.verdict.code}"

    assert told() == "warn NACL_EPHEMERAL_PARTIAL"
    assert told(narrowed) == "pass ACLS_ALLOW"


def _outward(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in entries if one["Egress"]]


def test_a_finding_tells_the_settings_that_its_control_reads() -> None:
    """Recorded as they are written, and none that is the default or not read."""
    default = Setting("thresholds.clock_tolerance", timedelta(minutes=15), "15m")
    hosts = Setting("network.hosts", "fips", "fips")
    severity = ControlSetting(severity=Severity.LOW)
    layer = Layer(settings=(fresh(5), default, hosts), controls=(("NODE-03", severity),))
    judgement = Judgement(settings=Settings(layers=(layer,)))
    node = node_with()
    told = ("thresholds.ping_fresh", "5m")
    assert judgement.finding(online, node).parameters == (
        told,
        ("controls.NODE-03.severity", "low"),
    )
    assert judgement.finding(metadata_service_enabled, node).parameters == (told,)
    assert judgement.finding(kept_up_to_date, node).parameters == ()
    assert ("network.hosts", "fips") in judgement.finding(routes, node).parameters


def test_a_disabled_control_is_told_with_owner_and_reason() -> None:
    """Never silently gone: not applicable, whoever it is about and whatever it would say."""

    def crash(_node: Node, _context: Context) -> Verdict:
        raise ZeroDivisionError

    judgement = Judgement(settings=Settings(layers=(Layer(controls=(("A-01", OFF),)),)))
    finding = judgement.finding(control_that(crash, "A-01"), node_with())
    assert (finding.outcome, finding.verdict.code) == (Outcome.NOT_APPLICABLE, "DISABLED")
    assert finding.verdict.reason == "switched off by platform: images are rebuilt weekly"
    assert finding.parameters == (("controls.A-01.enabled", "false"),)
    (evidence,) = finding.verdict.evidence
    assert (evidence.call, evidence.path) == ("parameters.yaml", "controls.A-01")


def test_a_later_layer_switches_on_again() -> None:
    layers = (Layer(controls=(("AGENT-03", OFF),)), Layer(DEV, controls=(("AGENT-03", ON),)))
    judgement = Judgement(settings=Settings(layers=layers))
    assert judgement.finding(kept_up_to_date, tagged()).verdict.code == "DISABLED"
    other = tagged("i-2", env="dev")
    assert judgement.finding(kept_up_to_date, other).verdict.code != "DISABLED"


def test_the_users_severity_counts_before_the_cases_and_the_controls() -> None:
    def mild(_node: Node, _context: Context) -> Verdict:
        return failed("MILD", "not that bad", severity=Severity.MEDIUM)

    control, node = control_that(mild, "A-01"), tagged(env="dev")
    layers = (Layer(DEV, controls=(("A-01", ControlSetting(severity=Severity.INFO)),)),)
    judgement = Judgement(settings=Settings(layers=layers))
    assert judgement.finding(control, node).severity is Severity.INFO
    assert judgement.severity(control.CONTROL, node) is Severity.INFO
    assert judgement.severity(control.CONTROL, tagged()) is control.CONTROL.severity
    assert judgement.severity(token_mode.CONTROL, node) is token_mode.CONTROL.severity


def test_a_record_tells_the_severity_for_everyone_and_not_for_some() -> None:
    low, high = ControlSetting(severity=Severity.LOW), ControlSetting(severity=Severity.HIGH)
    layers = (Layer(controls=(("NODE-03", low),)), Layer(DEV, controls=(("IMDS-01", high),)))
    settings = Settings(layers=layers)
    assert settings.graded(online.CONTROL).severity is Severity.LOW
    assert settings.graded(metadata_service_enabled.CONTROL) is metadata_service_enabled.CONTROL


def test_a_disabled_control_is_not_judged_for_the_diagnosis() -> None:
    node = node_with(
        {"MetadataOptions": {"HttpEndpoint": "disabled", "State": "applied"}}, listed=False
    )
    controls = (metadata_service_enabled, registered, online)

    def state(*off: str) -> tuple[State, str]:
        layer = Layer(controls=tuple((one, OFF) for one in off))
        judgement = Judgement(controls=controls, settings=Settings(layers=(layer,)))
        found = judgement.diagnosis(node)
        return found.state, found.first_broken.partition("/")[0]

    assert state() == (State.NOT_MANAGED, "IMDS-01")
    assert state("IMDS-01") == (State.NOT_MANAGED, "NODE-02")
    assert state("IMDS-01", "NODE-02", "NODE-03") == (State.NOT_APPLICABLE, "")


@pytest.mark.parametrize("off", [("NODE-02",), ("NODE-03",), ("NODE-02", "NODE-03")])
def test_nobody_is_called_managed_unless_that_was_judged(off: tuple[str, ...]) -> None:
    layer = Layer(controls=tuple((one, OFF) for one in off))
    controls = (metadata_service_enabled, registered, online)
    judgement = Judgement(controls=controls, settings=Settings(layers=(layer,)))
    found = judgement.diagnosis(node_with())
    assert found.state is State.UNDETERMINED
    assert found.reason == f"not judged: {', '.join(off)}"
    assert Judgement(controls=controls).diagnosis(node_with()).state is State.MANAGED


def test_what_is_in_use_is_told_in_the_order_of_the_file() -> None:
    layers = (
        Layer(settings=(fresh(5),), controls=(("AGENT-03", OFF),)),
        Layer(DEV, (fresh(15),), (("AGENT-03", ON),)),
        Layer(Target(regions=("us-*",)), (Setting("network.hosts", "default", "default"),)),
    )
    assert Settings(layers=layers, regions=("eu-*",)).in_use() == (
        SettingInUse("thresholds.ping_fresh", "5m", EVERYONE),
        SettingInUse(
            "controls.AGENT-03.enabled", "false (platform: images are rebuilt weekly)", EVERYONE
        ),
        SettingInUse("thresholds.ping_fresh", "15m", DEV),
        SettingInUse("controls.AGENT-03.enabled", "true", DEV),
        SettingInUse("regions", "eu-*", EVERYONE),
    )
    assert Settings().in_use() == ()


def test_a_target_is_told_in_words() -> None:
    target = Target((ACCOUNT, OTHER), ("eu-*",), (("env", "dev*"),))
    assert str(target) == f"account {ACCOUNT} or {OTHER}, Region eu-*, tag env=dev*"
    assert str(EVERYONE) == ""


_TEXTS = st.sampled_from(["dev", "prod", "dev-1", ""])
_TARGETS = st.builds(
    Target,
    accounts=st.lists(st.sampled_from([ACCOUNT, OTHER]), max_size=1).map(tuple),
    regions=st.lists(st.sampled_from(["eu-*", "us-*", REGION]), max_size=2).map(tuple),
    tags=st.lists(
        st.tuples(st.sampled_from(["env", "team"]), st.sampled_from(["dev*", "*"])), max_size=2
    ).map(tuple),
)
_LAYERS = st.lists(
    st.builds(Layer, _TARGETS, st.lists(st.integers(1, 5).map(fresh), max_size=1).map(tuple)),
    max_size=5,
).map(tuple)


@given(
    layers=_LAYERS, fleet=st.lists(st.dictionaries(st.sampled_from(["env", "team", "x"]), _TEXTS))
)
def test_look_ups_change_no_answer(layers: tuple[Layer, ...], fleet: list[dict[str, str]]) -> None:
    """Resolved one by one without any memory, the same holds."""
    remembering = Settings(layers=layers)
    for tags in fleet:
        covering = [one for one in layers if one.target.covers(ACCOUNT, REGION, tags)]
        said = [one.value for layer in covering for one in layer.settings]
        expected = said[-1] if said else Parameters().ping_fresh
        assert remembering.of(tagged(**tags)).parameters.ping_fresh == expected


def test_the_node_of_these_tests_is_where_they_say() -> None:
    assert node_with().key == (ACCOUNT, REGION, ID)
