"""Which waiver accepts what, and on which days (design 4): each pair differs in one field."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import Node
from policies.control import (
    Context,
    ControlModule,
    Verdict,
    failed,
    not_applicable,
    passed,
    undecidable,
    warned,
)
from policies.dhmc import management_role
from policies.finding import Finding
from policies.imds import metadata_service_enabled
from policies.judgement import Judgement
from policies.waivers import Waiver, WaiverBook
from tests.unit.policies.nodes import ACCOUNT, DHMC_OFF, ID, NOW, node_with

REGION = "eu-central-1"
LAST_DAY = NOW.date()
WAIVER = Waiver(
    controls=("TEST-01",),
    owner="platform",
    ticket="OPS-1",
    reason="the appliance goes in March",
    expires=LAST_DAY,
    ids=(ID,),
)
BROKEN = failed("BROKEN", "it does not hold")


def changed(**members: Any) -> Waiver:
    return dataclasses.replace(WAIVER, **members)


def tagged(value: str) -> Node:
    return node_with({"Tags": [{"Key": "Env", "Value": value}]})


@pytest.mark.parametrize(
    ("selector", "is_selected"),
    [
        ({"ids": (ID,)}, True),
        ({"ids": (ID[:-1],)}, False),
        ({"ids": (f"{ID[:-1]}?",)}, True),
        ({"ids": (f"{ID}?",)}, False),
        ({"ids": ("i-0123*",)}, True),
        ({"ids": ("0123*",)}, False),
        ({"ids": (ID.upper(),)}, False),
        ({"ids": ("i-1", ID)}, True),
        ({"tags": (("Env", "sand*"),)}, True),
        ({"tags": (("Env", "sand"),)}, False),
        ({"tags": (("Env", "*box"),)}, True),
        ({"tags": (("env", "*"),)}, False),
        ({"tags": (("Env", "*"), ("Team", "*"))}, False),
        ({"accounts": (ACCOUNT,)}, True),
        ({"accounts": (f"{ACCOUNT[:-1]}4",)}, False),
        ({"accounts": (f"{ACCOUNT[:4]}*",)}, True),
        ({"regions": ("eu-*",)}, True),
        ({"regions": ("eu",)}, False),
        ({"regions": ("us-*", REGION)}, True),
        ({"ids": (ID,), "regions": ("us-*",)}, False),
        ({"ids": (ID,), "accounts": (ACCOUNT,), "tags": (("Env", "sandbox"),)}, True),
        ({"ids": (ID,), "accounts": (ACCOUNT,), "tags": (("Env", "prod"),)}, False),
    ],
)
def test_globs_are_of_the_whole_text_and_all_kinds_have_to_fit(
    selector: dict[str, Any], is_selected: bool
) -> None:
    waiver = changed(**({"ids": ()} | selector))
    assert waiver.selects(tagged("sandbox")) is is_selected


@given(st.text("0123456789abcdef", min_size=1), st.text("0123456789abcdef", min_size=1))
def test_an_id_selects_itself_and_no_other(named: str, there: str) -> None:
    node = node_with({"InstanceId": f"i-{there}"}, listed=False)
    assert changed(ids=(f"i-{named}",)).selects(node) is (named == there)


def test_ids_and_tags_never_select_a_whole_region() -> None:
    place = tagged("sandbox").place
    assert changed(ids=(), regions=(REGION,)).selects(place)
    assert not changed(ids=("*",), regions=(REGION,)).selects(place)
    assert not changed(ids=(), tags=(("Env", "*"),), regions=(REGION,)).selects(place)


@pytest.mark.parametrize(
    ("as_of", "holds"),
    [
        (NOW - timedelta(days=300), True),
        (datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 2, 0, 0, tzinfo=UTC), False),
    ],
)
def test_it_holds_through_its_last_day_in_utc(as_of: datetime, holds: bool) -> None:
    node, book = node_with(as_of=as_of), WaiverBook((WAIVER,))
    assert (book.in_force("TEST-01", node) is WAIVER) is holds
    assert (book.expired("TEST-01", node) is WAIVER) is not holds


def test_without_a_known_day_none_applies() -> None:
    node, book = node_with(as_of=None), WaiverBook((WAIVER,))
    assert (book.in_force("TEST-01", node), book.expired("TEST-01", node)) == (None, None)


def test_the_first_in_force_wins_and_the_latest_expired_is_told() -> None:
    yesterday, long_ago = (LAST_DAY - timedelta(days=days) for days in (1, 90))
    first, second = changed(ticket="A"), changed(ticket="B")
    old, older = changed(ticket="C", expires=yesterday), changed(ticket="D", expires=long_ago)
    node = node_with()
    assert WaiverBook((old, first, second)).in_force("TEST-01", node) is first
    assert WaiverBook((older, old)).expired("TEST-01", node) is old


def test_runxfail_applies_none() -> None:
    node, book = node_with(), WaiverBook((WAIVER, changed(expires=date(2020, 1, 1))), False)
    assert (book.in_force("TEST-01", node), book.expired("TEST-01", node)) == (None, None)


def judged(verdict: Verdict, *waivers: Waiver) -> Finding:
    """What TEST-01 says of the node when it comes to that verdict."""

    def answer(_node: Node, _context: Context) -> Verdict:
        return verdict

    record = dataclasses.replace(
        metadata_service_enabled.CONTROL, id="TEST-01", entailed_by_online=False
    )
    module = cast("ControlModule", SimpleNamespace(CONTROL=record, evaluate=answer))
    judgement = Judgement(controls=(module,), region_controls=(), waivers=WaiverBook(waivers))
    return judgement.explained(module, node_with())


def test_a_failure_names_the_waiver_that_accepts_it_and_stays_a_failure() -> None:
    finding = judged(BROKEN, WAIVER)
    assert (finding.verdict, finding.waiver, finding.expired_waiver) == (BROKEN, WAIVER, None)


def test_a_failure_names_the_waiver_that_expired() -> None:
    expired = changed(expires=LAST_DAY - timedelta(days=1))
    finding = judged(BROKEN, expired)
    assert (finding.verdict, finding.waiver, finding.expired_waiver) == (BROKEN, None, expired)


def test_another_controls_waiver_is_none() -> None:
    finding = judged(BROKEN, changed(controls=("TEST-02",)))
    assert (finding.waiver, finding.expired_waiver) == (None, None)


@pytest.mark.parametrize(
    "verdict",
    [
        passed("FINE", "it holds"),
        warned("RISKY", "it holds, barely"),
        undecidable("HIDDEN", "nobody can tell", settled_by="assume.scp"),
        not_applicable("NOT_HERE", "it does not concern this one"),
    ],
    ids=lambda verdict: verdict.outcome.value,
)
def test_only_failures_are_waived(verdict: Verdict) -> None:
    finding = judged(verdict, WAIVER, changed(expires=date(2020, 1, 1)))
    assert (finding.verdict, finding.waiver, finding.expired_waiver) == (verdict, None, None)


def test_the_node_stands_where_it_stood() -> None:
    """A waived node is still not managed."""
    off = node_with({"MetadataOptions": {"State": "applied", "HttpEndpoint": "disabled"}})
    book = WaiverBook((changed(controls=(metadata_service_enabled.CONTROL.id,)),))
    assert Judgement(waivers=book).diagnosis(off) == Judgement().diagnosis(off)


def test_a_failure_of_a_whole_region_is_waived_too() -> None:
    setting = {"ServiceSetting": DHMC_OFF["ServiceSetting"] | {"SettingValue": "gone"}}
    place = node_with(
        regional={"ssm.GetServiceSetting": setting},
        account_wide={"iam.GetAccountAuthorizationDetails": {"RoleDetailList": [], "Policies": []}},
    ).place
    waiver = changed(controls=(management_role.CONTROL.id,), ids=(), accounts=(ACCOUNT,))
    finding = Judgement(waivers=WaiverBook((waiver,))).place_finding(management_role, place)
    assert (finding.outcome.value, finding.waiver) == ("fail", waiver)
