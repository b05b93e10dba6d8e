"""The demo's three descriptions agree: the fleet, expected.yaml, and the tables of docs/demo.md."""

from __future__ import annotations

import re
from collections import Counter

import yaml

from fixtures.demo.machines import MACHINES
from tests.unit.demo.moto_modes import ROOT

CONTROLS = ("IAM-03", "DHMC-02", "IMDS-01", "NET-02", "NET-05", "NODE-02", "NODE-03")
#: How docs/demo.md writes each verdict of expected.yaml.
WORDS = {
    "pass": "pass",
    "warn": "*warn*",
    "fail": "**fail**",
    "unknown": "*unknown*",
    "not_applicable": "n/a",
}


def expected() -> dict[str, dict[str, str]]:
    text = (ROOT / "fixtures/demo/expected.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = yaml.safe_load(text)
    return loaded


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
    assert list(table_rows(columns=5)) == names
    assert list(table_rows(columns=8)) == names


def test_every_expectation_covers_every_control() -> None:
    for name, verdicts in expected().items():
        assert tuple(verdicts) == CONTROLS, name
        for verdict in verdicts.values():
            assert re.fullmatch(rf"({'|'.join(WORDS)}) [A-Z][A-Z0-9_]+", verdict), name


def test_the_documented_verdicts_are_the_expected_ones() -> None:
    documented = table_rows(columns=8)
    for name, verdicts in expected().items():
        assert documented[name] == [WORDS[verdict.split()[0]] for verdict in verdicts.values()]


def test_the_documented_places_and_systems_are_the_fleets() -> None:
    documented = table_rows(columns=5)
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
        "fail TRUST_MISSING_EC2",
        "fail TRUST_DENIES_EC2",
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
