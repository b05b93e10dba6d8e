"""A signature of spec domain.md 3.4 shows in a record written from it, not in its near-miss."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from inventory.facts.host.signatures import RUNGS, SIGNATURES, Weight, signature
from inventory.host.logs.details import detail_of
from inventory.host.logs.recognition import meaning_of
from tests.unit.inventory.host.logs.log_text import heartbeat, read

CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "signatures.yaml").read_text(encoding="utf-8")
)
#: Further records: one for each other text of a signature.
TEXTS: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8")
)
#: Seen by a jump of the times, not by a text: ``test_ladder.py``, and the two below.
WITHOUT_TEXT = {"E4"}


def shown(record: str) -> list[str]:
    return sorted(one.signature.id for one in meaning_of(record).sightings)


def one_line(record: str) -> str:
    return " ".join(record.split())


def test_every_signature_has_its_cases() -> None:
    assert {one.id for one in SIGNATURES} == set(CASES) | WITHOUT_TEXT


def test_ids_are_those_of_the_table() -> None:
    ids = [one.id for one in SIGNATURES]
    assert len(ids) == len(set(ids))
    table = {
        *(f"A{n}" for n in range(1, 9)),
        *(f"B{n}" for n in range(1, 19)),
        "B11b",
        *(f"C{n}" for n in range(1, 17)),
        "C12b",
        *(f"D{n}" for n in range(1, 7)),
        *(f"E{n}" for n in range(1, 5)),
        *(f"F{n}" for n in range(1, 13)),
    }
    assert {one for one in ids if not one.startswith("OK")} == table


@pytest.mark.parametrize("name", CASES)
def test_a_record_shows_its_signature_and_nothing_else(name: str) -> None:
    case = CASES[name]
    assert shown(one_line(case["record"])) == sorted([name, *case.get("shows_too", [])])


@pytest.mark.parametrize("name", CASES)
def test_its_near_miss_does_not(name: str) -> None:
    case = CASES[name]
    found = shown(one_line(case["near"]))
    assert name not in found
    assert found == sorted(case.get("shows", []))


def _records(name: str) -> list[str]:
    return [one_line(CASES[name]["record"]), *(one_line(one) for one in TEXTS.get(name, []))]


@pytest.mark.parametrize("name", CASES)
def test_every_text_of_a_signature_has_a_record(name: str) -> None:
    row = signature(name)
    assert row is not None
    missing = [text for text in row.anchors if not any(text in one for one in _records(name))]
    assert missing == []


@pytest.mark.parametrize("name", TEXTS)
def test_a_further_text_shows_its_signature(name: str) -> None:
    assert [one for one in TEXTS[name] if name not in shown(one_line(one))] == []


@pytest.mark.parametrize(
    ("then", "told"), [("08:10:00", True), ("08:14:30", False)], ids=["E4", "E4: its near-miss"]
)
def test_a_clock_set_back_is_the_signature_without_a_text(then: str, told: bool) -> None:
    """E4: five minutes back; half a minute is what two processes of one log do."""
    log = read(heartbeat("08:15:00") + heartbeat(then))
    assert ("E4" in {one.signature for one in log.hits}) == told


@pytest.mark.parametrize("name", CASES)
def test_what_is_read_out_of_it(name: str) -> None:
    record = one_line(CASES[name]["record"])
    (sighting,) = [one for one in meaning_of(record).sightings if one.signature.id == name]
    assert detail_of(name, record) == CASES[name].get("detail", "")
    assert sighting.service == CASES[name].get("service", "")


@pytest.mark.parametrize("name", [one.id for one in SIGNATURES if one.weight is not Weight.BENIGN])
def test_what_may_go_wrong_has_a_cause_and_a_fix(name: str) -> None:
    row = signature(name)
    assert row is not None
    assert row.cause
    assert row.fix
    assert row.sources
    assert not row.cause.endswith(".")


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("with an explicit deny in an identity-based policy", "explicit deny in a identity-based"),
        ("with an explicit deny in a permissions boundary", "explicit deny in a permissions"),
        ("with an explicit deny in a VPC endpoint policy", "explicit deny in a VPC endpoint"),
        ("because no identity-based policy allows the action", "no identity-based policy allows"),
        ("because no VPC endpoint policy allows the action", "no VPC endpoint policy allows"),
        ("because no service control policy allows the action", "no service control policy allows"),
        ("because no permissions boundary allows the action", "no permissions boundary allows"),
    ],
)
def test_the_kind_of_policy_is_read_out_of_the_error(kind: str, detail: str) -> None:
    """B2 of domain.md 3.4: parse the policy type out of the text."""
    record = (
        "AccessDeniedException: User: u is not authorized to perform: "
        f"ssm:UpdateInstanceInformation on resource: r {kind}"
    )
    assert shown(record) == ["B2"]
    assert detail_of("B2", record).startswith(detail)


def test_an_error_that_only_reports_another_names_it_as_the_cause() -> None:
    """D2, B9, C13: classify the inner text (domain.md 3.4)."""
    record = (
        "ERROR Entering SSM Agent hibernate - RequestError: send request failed caused by: Post "
        '"https://ssm.eu-central-1.amazonaws.com/": dial tcp 10.0.1.7:443: i/o timeout'
    )
    inner = {one.signature.id: one.inner for one in meaning_of(record).sightings}
    assert inner == {"C1": (), "C13": ("C1",)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "connectex: No connection could be made because the target actively refused it.",
            "C4",
        ),
        ("connectex: A socket operation was attempted to an unreachable network.", "C5"),
        ("connectex: Ein Verbindungsversuch ist fehlgeschlagen, da die Gegenstelle schwieg.", "C1"),
    ],
)
def test_windows_says_it_in_its_own_words(text: str, expected: str) -> None:
    """System error texts are localised on Windows (domain.md 3.2)."""
    record = f'ERROR Post "https://ssm.eu-central-1.amazonaws.com/": dial tcp 10.0.1.7:443: {text}'
    assert shown(record) == [expected]


def test_rungs_are_the_twelve_of_the_healthy_start() -> None:
    assert [one.number for one in RUNGS] == list(range(1, 13))


def test_no_pattern_nests_quantifiers() -> None:
    """A quantified group with a quantifier in it can take exponential time."""
    nested = re.compile(r"[*+}]\)[*+{]")
    assert [one.id for one in SIGNATURES if nested.search(one.pattern + one.unless)] == []
