"""A clock that is wrong: told where AWS refuses the signature, put right where it does not."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from inventory.collect import OpenAccount
from inventory.collect.aws_clock import clock_note
from inventory.errors import AccountError
from tests.faults.calling import opened, user_of
from tests.faults.faults import CLOCK, Fault
from tests.faults.proxy import FaultProxy
from tests.faults.schedules import always
from tests.faults.upstream import Upstream
from tests.faults.wire import Answer, Asked

SIGN_IN = "sts.GetCallerIdentity"


def told_by_aws(proxy: FaultProxy, hours_ahead: float) -> OpenAccount:
    """The account as it opens where AWS's clock is so far ahead, and AWS says nothing of it."""

    def late(asked: Asked, upstream: Upstream) -> Answer:
        return dataclasses.replace(upstream.answer(asked), hours_ahead=hours_ahead)

    proxy.start_over(always(Fault("late", late), SIGN_IN))
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


@pytest.mark.parametrize("hours", [0, 0.01, 2], ids=["right", "nearly-right", "an-emulator's"])
def test_a_clock_that_is_right_or_cannot_be_told_is_left_alone(
    proxy: FaultProxy, hours: float
) -> None:
    """AWS accepts no signature that is hours off: who does is no AWS."""
    account = told_by_aws(proxy, hours)
    assert account.clock_ahead == timedelta()
    assert clock_note(account.clock_ahead) == {}
