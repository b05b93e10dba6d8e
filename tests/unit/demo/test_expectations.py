"""The demo's three descriptions agree: the fleet, expected.yaml, and the tables of docs/demo.md."""

from __future__ import annotations

import re
from collections import Counter

import yaml

from fixtures.demo.account import DEMO_ACCOUNT_ID, DEMO_REGIONS
from fixtures.demo.machines import MACHINES
from tests.unit.demo.moto_modes import ROOT

CONTROLS = (
    *(f"IAM-0{number}" for number in range(1, 8)),
    *("DHMC-02", "DHMC-03", "DHMC-04", "IMDS-01", "IMDS-02"),
    *("AGENT-01", "AGENT-02", "AGENT-03", "NET-02", "NET-05"),
    *(f"NODE-0{number}" for number in range(1, 7)),
)
REGION_CONTROLS = ("DHMC-01",)
PLACES = [f"{DEMO_ACCOUNT_ID}/{region}" for region in DEMO_REGIONS]
#: The columns of the tables: who is in the fleet, and what every control must say.
WHO, SAYS = 5, 1 + len(CONTROLS)
#: How docs/demo.md writes each verdict of expected.yaml.
WORDS = {
    "pass": "pass",
    "warn": "*warn*",
    "fail": "**fail**",
    "unknown": "*unknown*",
    "not_applicable": "n/a",
}


def everything_expected() -> dict[str, dict[str, str]]:
    text = (ROOT / "fixtures/demo/expected.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = yaml.safe_load(text)
    return loaded


def expected() -> dict[str, dict[str, str]]:
    """What is expected of instances."""
    return {name: one for name, one in everything_expected().items() if name not in PLACES}


def table_rows(columns: int) -> dict[str, list[str]]:
    """The rows about instances of the documented table that has that many columns."""
    rows = {}
    for line in (ROOT / "docs/demo.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == columns:
            name = cells[0].strip("`").replace("⏎", "\n")
            assert name not in rows, f"{name} is there twice"
            rows[name] = cells[1:]
    return rows


def test_every_machine_has_an_expectation_and_a_line_in_both_tables() -> None:
    names = [machine.name for machine in MACHINES]
    assert list(expected()) == names
    assert list(table_rows(columns=WHO)) == names
    assert list(table_rows(columns=SAYS)) == names


def test_every_region_has_an_expectation_and_a_line() -> None:
    """R-2.3: Default Host Management is a setting of the account and Region."""
    verdicts = {name: everything_expected()[name] for name in PLACES}
    assert {tuple(one) for one in verdicts.values()} == {REGION_CONTROLS}
    assert table_rows(columns=2) == {
        name: [WORDS[verdict.split()[0]] for verdict in one.values()]
        for name, one in verdicts.items()
    }


def test_every_expectation_covers_every_control() -> None:
    for name, verdicts in expected().items():
        assert tuple(verdicts) == CONTROLS, name
        for verdict in verdicts.values():
            assert re.fullmatch(rf"({'|'.join(WORDS)}) [A-Z][A-Z0-9_]+", verdict), name


def test_the_documented_verdicts_are_the_expected_ones() -> None:
    documented = table_rows(columns=SAYS)
    for name, verdicts in expected().items():
        assert documented[name] == [WORDS[verdict.split()[0]] for verdict in verdicts.values()]


def test_the_documented_places_and_systems_are_the_fleets() -> None:
    documented = table_rows(columns=WHO)
    systems = {
        "Amazon Linux": "Amazon Linux 2023",
        "Ubuntu": "Ubuntu 24.04",
        "Debian GNU/Linux": "Debian 12",
        "Microsoft Windows Server 2022 Datacenter": "Windows Server 2022",
    }
    for machine in MACHINES:
        region, place, system, _ = documented[machine.name]
        subnet = machine.subnet.replace("-", " ")
        assert region == machine.vpc.region, machine.name
        assert place == f"{machine.vpc.name}, {subnet}", machine.name
        assert system == systems[machine.image.node_platform], machine.name


def test_most_instances_fail_nothing_and_each_kind_of_verdict_occurs() -> None:
    verdicts = Counter(one for row in expected().values() for one in row.values())
    failing = [
        name
        for name, row in expected().items()
        if any(one.startswith("fail") for one in row.values())
    ]
    assert len(failing) < len(MACHINES) / 2
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
        "unknown TGW_ROUTES_UNKNOWN",
        "warn STALE_PING",
        "not_applicable NO_PROFILE",
        "not_applicable TOO_EARLY",
        "not_applicable NOT_RUNNING",
    ):
        assert verdicts[code] >= 1, code
