"""The demo's three descriptions agree: the fleet, what is expected, the tables of docs/demo.md."""

from __future__ import annotations

import re
from collections import Counter

from fixtures.demo.account import DEMO_ACCOUNT_ID, DEMO_REGIONS
from fixtures.demo.machines import MACHINES
from policies.diagnosis import State
from tests.demo_expectations import everything_expected, where_each_stands
from tests.unit.demo.moto_modes import ROOT

IDENTITY = (
    *(f"IAM-0{number}" for number in range(1, 8)),
    *("DHMC-02", "DHMC-03", "DHMC-04"),
)
MACHINE = (
    *("AGENT-01", "AGENT-02", "AGENT-03", "IMDS-01", "IMDS-02"),
    *(f"NODE-0{number}" for number in range(1, 7)),
)
NETWORK = tuple(f"NET-{number:02}" for number in range(1, 12))
CONTROLS = {*IDENTITY, *MACHINE, *NETWORK}
REGION_CONTROLS = ("DHMC-01",)
#: By the machine's file in fixtures/demo/host-evidence: what it tells of.
TOLD_BY = {
    "ssm-cli.json": tuple(f"HOST-{number:02}" for number in range(1, 17)),
    "amazon-ssm-agent.log": tuple(f"LOG-0{number}" for number in range(1, 8)),
}
EVIDENCE = {
    folder.name: next(folder.iterdir()).name
    for folder in (ROOT / "fixtures/demo/host-evidence").iterdir()
}
PLACES = [f"{DEMO_ACCOUNT_ID}/{region}" for region in DEMO_REGIONS]
STANDING = ("state", "first broken hop")
FLEET = ("Region", "VPC, subnet", "system", "what is special")
#: How docs/demo.md writes each verdict.
WORDS = {
    "pass": "pass",
    "warn": "*warn*",
    "fail": "**fail**",
    "unknown": "*unknown*",
    "not_applicable": "n/a",
}


def expected() -> dict[str, dict[str, str]]:
    """What is expected of instances."""
    return {name: one for name, one in everything_expected().items() if name not in PLACES}


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def table(of: str, columns: tuple[str, ...]) -> dict[str, list[str]]:
    """The rows of the one documented table with that head, by their first cell."""
    lines = iter((ROOT / "docs/demo.md").read_text(encoding="utf-8").splitlines())
    assert any(cells_of(line) == [of, *columns] for line in lines), f"no table of {columns}"
    next(lines)  # the rule under the head
    rows: dict[str, list[str]] = {}
    for line in lines:
        if not line.startswith("|"):
            break
        first, *others = cells_of(line)
        name = first.strip("`").replace("⏎", "\n")
        assert name not in rows, f"{name} is there twice"
        rows[name] = others
    return rows


def test_every_machine_has_an_expectation_and_a_line_in_each_table() -> None:
    names = [machine.name for machine in MACHINES]
    assert sorted(expected()) == sorted(names)
    for columns in (FLEET, STANDING, IDENTITY, MACHINE, NETWORK):
        assert list(table("instance", columns)) == names


def test_every_region_has_an_expectation_and_a_line() -> None:
    """R-2.3: Default Host Management is a setting of the account and Region."""
    verdicts = {name: everything_expected()[name] for name in PLACES}
    assert {tuple(one) for one in verdicts.values()} == {REGION_CONTROLS}
    assert table("account and Region", REGION_CONTROLS) == {
        name: [WORDS[verdict.split()[0]] for verdict in one.values()]
        for name, one in verdicts.items()
    }


def test_every_expectation_covers_every_control() -> None:
    for name, verdicts in expected().items():
        assert set(verdicts) == {*CONTROLS, *TOLD_BY.get(EVIDENCE.get(name, ""), ())}, name
        for verdict in verdicts.values():
            assert re.fullmatch(rf"({'|'.join(WORDS)}) [A-Z][A-Z0-9_]+", verdict), name


def test_the_documented_verdicts_are_the_expected_ones() -> None:
    for columns in (IDENTITY, MACHINE, NETWORK):
        documented = table("instance", columns)
        for name, verdicts in expected().items():
            words = [WORDS[verdicts[control].split()[0]] for control in columns]
            assert documented[name] == words, name


def test_what_machines_tell_is_documented_of_each() -> None:
    for file, columns in TOLD_BY.items():
        assert table("instance", columns) == {
            name: [WORDS[expected()[name][one].split()[0]] for one in columns]
            for name in expected()
            if EVIDENCE.get(name) == file
        }


def test_a_clock_is_off_where_all_prerequisites_on_awss_side_hold() -> None:
    """R-10.1, T-124, issue 10: only the ping fails, and the log says why."""
    told = expected()["worker-4"]
    assert {one for one in told if told[one].startswith("fail ")} == {"NODE-03", "LOG-01", "LOG-06"}
    assert not [one for one in told if told[one].startswith(("warn ", "unknown "))]
    assert where_each_stands()["worker-4"] == "not managed LOG-06"


def test_the_documented_states_are_the_expected_ones() -> None:
    documented = {
        name: f"{state.strip('*')} {control.strip('–')}".strip()
        for name, (state, control) in table("instance", STANDING).items()
    }
    assert documented == where_each_stands()


def test_every_state_occurs_and_only_what_is_not_managed_has_a_broken_hop() -> None:
    seen = set()
    for name, told in where_each_stands().items():
        state, broken = re.findall(r"^(.+?)(?: ([A-Z]+-\d+))?$", told)[0]
        seen.add(State(state))
        assert bool(broken) == (state == State.NOT_MANAGED), name
        if broken:
            assert expected()[name][broken].startswith("fail "), name
    assert seen == {*State}


def test_the_documented_places_and_systems_are_the_fleets() -> None:
    documented = table("instance", FLEET)
    systems = {
        ("Amazon Linux", "2023"): "Amazon Linux 2023",
        ("Ubuntu", "24.04"): "Ubuntu 24.04",
        ("Ubuntu", "16.04"): "Ubuntu 16.04",
        ("Debian GNU/Linux", "12"): "Debian 12",
        ("Microsoft Windows Server 2022 Datacenter", "10.0.20348"): "Windows Server 2022",
    }
    for machine in MACHINES:
        region, place, system, _ = documented[machine.name]
        subnet = machine.subnet.replace("-", " ")
        assert region == machine.vpc.region, machine.name
        assert place == f"{machine.vpc.name}, {subnet}", machine.name
        image = machine.image
        assert system == systems[image.node_platform, image.node_version], machine.name


def test_a_good_part_fails_nothing_and_each_kind_of_verdict_occurs() -> None:
    verdicts = Counter(one for row in expected().values() for one in row.values())
    failing = [
        name
        for name, row in expected().items()
        if any(one.startswith("fail") for one in row.values())
    ]
    assert len(failing) < len(MACHINES) * 2 / 3
    assert len(MACHINES) <= 50
    for code in (
        "fail IMDS_DISABLED",
        "fail NO_PROFILE",
        "fail PROFILE_WITHOUT_ROLE",
        "fail TRUST_MISSING_EC2",
        "fail TRUST_DENIES_EC2",
        "fail HEARTBEAT_NOT_ALLOWED",
        "fail HEARTBEAT_ON_OTHER_RESOURCES",
        "fail HEARTBEAT_OUTSIDE_BOUNDARY",
        "fail NO_COMMAND_CHANNEL",
        "fail CORE_ACTIONS_MISSING",
        "warn CORE_FEATURES_MISSING",
        "warn DEPRECATED_POLICY",
        "fail LOOKALIKE_POLICY",
        "not_applicable SOURCE_IS_DHMC",
        "not_applicable NO_ROLE",
        "warn CONTRADICTED",
        "warn DHMC_STANDS_IN",
        "fail PROFILE_SUPPRESSES_DHMC",
        "fail PROFILE_OVERRULES_DHMC",
        "warn ENDPOINT_OTHER_ZONE",
        "fail ENDPOINT_MISSING",
        "fail DNS_NXDOMAIN_PRIVATE_ZONE",
        "fail DNS_ATTRIBUTE_OFF",
        "unknown DNS_CUSTOM_SERVER",
        "not_applicable AFTER_NET_01",
        "fail SG_EGRESS_BLOCKED",
        "fail NACL_RETURN_BLOCKED",
        "warn NACL_EPHEMERAL_PARTIAL",
        "fail NO_ROUTE",
        "fail ROUTE_BLACKHOLE",
        "fail NO_PUBLIC_ADDRESS",
        "fail NAT_SUBNET_NO_IGW",
        "unknown ONPREM_UNSEEN",
        "fail ENDPOINT_SG_INGRESS_BLOCKED",
        "fail ENDPOINT_POLICY_DENIES",
        "warn INTERMITTENT",
        "pass OBSERVED",
        "not_applicable NO_NEED",
        "warn STALE_PING",
        "not_applicable NO_PROFILE",
        "not_applicable TOO_EARLY",
        "not_applicable NOT_RUNNING",
    ):
        assert verdicts[code] >= 1, code
