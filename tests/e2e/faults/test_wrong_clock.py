"""A clock that is wrong: told where AWS refuses the signature, put right where it does not."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory.collect import OpenAccount
from inventory.collect.aws_clock import clock_note
from inventory.errors import AccountError
from tests.e2e.roll_call import RollCall, roll_call
from tests.faults.calling import ACCOUNT, environment, opened, user_of
from tests.faults.faults import CLOCK, Fault
from tests.faults.proxy import FaultProxy
from tests.faults.recording import REGIONS
from tests.faults.schedules import always
from tests.faults.upstream import Upstream
from tests.faults.wire import Answer, Asked

SIGN_IN = "sts.GetCallerIdentity"
_A_SECOND = timedelta(seconds=1)


def late(hours_ahead: float) -> Fault:
    """The account's own answer, by a clock that is so far ahead of this machine's."""

    def answer(asked: Asked, upstream: Upstream) -> Answer:
        return dataclasses.replace(upstream.answer(asked), hours_ahead=hours_ahead)

    return Fault("late", answer)


def told_by_aws(proxy: FaultProxy, hours_ahead: float) -> OpenAccount:
    """The account as it opens where AWS's clock is so far ahead, and AWS says nothing of it."""
    proxy.start_over(always(late(hours_ahead), SIGN_IN))
    with user_of(proxy.endpoint) as session:
        return opened(session)


def test_a_refused_signature_names_the_clock(proxy: FaultProxy) -> None:
    proxy.start_over(always(CLOCK, SIGN_IN))
    with user_of(proxy.endpoint) as session, pytest.raises(AccountError) as told:
        opened(session)
    assert "this machine's clock is 180 minutes behind AWS's; set the clock" in str(told.value)
    assert "credentials" not in str(told.value)


def test_a_clock_that_aws_puts_up_with_is_noted(proxy: FaultProxy) -> None:
    """The thresholds of D13 are minutes, so that the run goes by AWS's clock."""
    account = told_by_aws(proxy, hours_ahead=0.1)
    assert abs(account.clock_ahead + timedelta(minutes=6)) < timedelta(seconds=30)
    assert clock_note(account.clock_ahead) == {
        "clock": "this machine's clock is 6 minutes behind AWS's; the snapshot's time is AWS's"
    }


def test_the_snapshot_and_every_age_in_it_are_of_the_time_that_aws_has(
    proxy: FaultProxy, tmp_path: Path
) -> None:
    """D13: "now" is the snapshot's time. AWS is fourteen minutes ahead of us in every answer.

    Pings that are two minutes old by this machine's clock are no longer fresh by AWS's.
    """
    ahead = timedelta(minutes=14)
    proxy.start_over(always(late(ahead / timedelta(hours=1))))
    began = datetime.now(UTC)
    run = roll_call(
        tmp_path,
        *("--account", ACCOUNT, "--region", REGIONS[0], "-k", "NODE-03"),
        environment=environment(proxy.endpoint),
    )
    assert run.folder is not None, run.output
    assert "this machine's clock is 14 minutes behind AWS's" in " ".join(run.output.split())
    manifest = json.loads((run.folder / "snapshot" / "manifest.json").read_text())
    assert "14 minutes behind AWS's" in manifest["parameters"]["clock"]
    now = datetime.fromisoformat(manifest["collected_at"])
    assert began + ahead - _A_SECOND <= now <= datetime.now(UTC) + ahead + _A_SECOND
    assert_ages_are_told_by(now, run)


def assert_ages_are_told_by(now: datetime, run: RollCall) -> None:
    """D13: a ping of the last fifteen minutes is fresh."""
    pings = {
        finding["resource"]: (finding["code"], evidence["value"])
        for finding in run.findings["findings"]
        for evidence in finding["evidence"]
        if evidence["path"] == "LastPingDateTime" and finding["code"] in ("ONLINE", "STALE_PING")
    }
    assert len(pings) >= 10
    for node, (code, pinged) in pings.items():
        is_fresh = now - datetime.fromisoformat(pinged) <= timedelta(minutes=15)
        assert (code == "ONLINE") is is_fresh, node
    assert "STALE_PING" in {code for code, _ in pings.values()}


@pytest.mark.parametrize("hours", [0, 0.01, 2], ids=["right", "nearly-right", "an-emulator's"])
def test_a_clock_that_is_right_or_cannot_be_told_is_left_alone(
    proxy: FaultProxy, hours: float
) -> None:
    """AWS accepts no signature that is hours off: who does is no AWS."""
    account = told_by_aws(proxy, hours)
    assert account.clock_ahead == timedelta()
    assert clock_note(account.clock_ahead) == {}
