"""What goes wrong for a moment changes nothing; what stays wrong is unknown, never a verdict."""

from __future__ import annotations

import time
from collections import Counter
from typing import Final

import pytest

from inventory.collect.answers import READINGS
from policies.control import Outcome
from tests.faults.calling import ACCOUNT, ATTEMPTS, Called, Run
from tests.faults.faults import (
    DAMAGED,
    DENIED,
    EMPTY_PAGE,
    FLEET_CHANGES,
    LASTING,
    LOAD_BALANCER,
    LOOPING_TOKEN,
    NOT_OPTED_IN,
    REPEATED_PAGE,
    RESET,
    SLOW_ANSWER,
    THROTTLE,
    TIME_OUT,
    TRANSIENT,
    Fault,
    terminated,
)
from tests.faults.proxy import FaultProxy
from tests.faults.recording import REGIONS
from tests.faults.rule import made_up
from tests.faults.schedules import always, first_attempts, first_readings, in_region

pytestmark = pytest.mark.usefixtures("one_set_of_clients")
#: One of each protocol, each with something to say of the quiet account.
SOME_OF_EACH: Final = (
    "ec2.DescribeNetworkInterfaces",
    "ec2.DescribeSubnets",
    "ssm.DescribeInstanceInformation",
    "iam.ListInstanceProfiles",
    "route53.ListHostedZonesByVPC",
    "route53profiles.ListProfileAssociations",
)
#: Of each kind of transient fault one: an error of AWS's, somebody else's page, no answer at all.
ABOVE: Final = (THROTTLE, LOAD_BALANCER, RESET)
#: That each call is denied in turn is a test of its own (test_denied.py).
STAYING: Final = tuple(one for one in LASTING if one is not DENIED)


@pytest.mark.parametrize("fault", TRANSIENT, ids=lambda one: one.name)
def test_a_fault_below_the_retry_budget_changes_no_finding(
    proxy: FaultProxy, quiet: Called, run: Run, fault: Fault
) -> None:
    """Every request of the run meets it once: two would be more than the SDK's quota allows."""
    proxy.start_over(first_attempts(fault, 1))
    told = run()
    assert proxy.injected[fault.name] > 40
    assert told.gaps == {}
    assert told.verdicts == quiet.verdicts


@pytest.mark.parametrize("fault", DAMAGED, ids=lambda one: one.name)
def test_a_damaged_answer_is_asked_for_again(
    proxy: FaultProxy, quiet: Called, run: Run, fault: Fault
) -> None:
    """The SDK takes what came for the whole, so that a run looks after this by itself."""
    proxy.start_over(first_readings(fault, READINGS - 1, *SOME_OF_EACH))
    told = run()
    assert proxy.injected[fault.name] >= 2 * len(SOME_OF_EACH)
    assert told.gaps == {}
    assert told.verdicts == quiet.verdicts


@pytest.mark.parametrize(
    "fault", [SLOW_ANSWER, EMPTY_PAGE, REPEATED_PAGE], ids=lambda one: one.name
)
def test_what_is_odd_and_no_fault_changes_no_finding(
    proxy: FaultProxy, quiet: Called, run: Run, fault: Fault
) -> None:
    """R-7.1, T-05: an empty page with a token is not the last, a page twice is no second fleet."""
    proxy.start_over(always(fault, *SOME_OF_EACH, "ec2.DescribeInstances"))
    told = run()
    assert proxy.injected[fault.name] >= 3
    assert told.gaps == {}
    assert told.verdicts == quiet.verdicts
    assert [one.id for one in told.fleet.nodes] == [one.id for one in quiet.fleet.nodes]


def test_an_answer_that_does_not_come_in_time_is_asked_for_again(
    proxy: FaultProxy, quiet: Called, run: Run
) -> None:
    proxy.start_over(first_attempts(TIME_OUT, 1, "ec2.DescribeSubnets"))
    told = run()
    assert proxy.injected == Counter({TIME_OUT.name: 1})
    assert told.verdicts == quiet.verdicts


@pytest.mark.parametrize("fault", ABOVE, ids=lambda one: one.name)
def test_a_fault_above_the_retry_budget_is_unknown(
    proxy: FaultProxy, quiet: Called, run: Run, fault: Fault
) -> None:
    proxy.start_over(always(fault, *SOME_OF_EACH))
    told = run()
    tried = Counter((one.name, one.region) for one in proxy.asked)
    assert max(tried[name, region] for name, region in tried if name in SOME_OF_EACH) >= ATTEMPTS
    assert len({call for _, call in told.gaps}) == len(SOME_OF_EACH)
    assert told.verdicts != quiet.verdicts
    assert made_up(quiet, told) == []


@pytest.mark.parametrize("fault", STAYING, ids=lambda one: one.name)
def test_a_fault_that_lasts_is_unknown(
    proxy: FaultProxy, quiet: Called, run: Run, fault: Fault
) -> None:
    proxy.start_over(always(fault, *SOME_OF_EACH))
    told = run()
    assert sum(proxy.injected.values()) > 0
    assert told.verdicts != quiet.verdicts
    assert made_up(quiet, told) == []


def test_a_looping_token_ends(proxy: FaultProxy, run: Run) -> None:
    """T-05: a listing that would never end is a failed call, told at the second round."""
    proxy.start_over(always(LOOPING_TOKEN))
    began = time.monotonic()
    told = run(REGIONS[1])
    assert time.monotonic() - began < 30
    assert {*told.gaps.values()} == {"EndlessListingError"}
    assert max(Counter(one.key for one in proxy.asked).values()) <= 3


def test_a_region_that_is_disabled_meanwhile_is_a_gap(proxy: FaultProxy, run: Run) -> None:
    """Its instances are not known any more, and those of the other Region are judged as ever."""
    proxy.start_over()
    everywhere = run(*REGIONS)
    proxy.start_over(in_region(NOT_OPTED_IN, REGIONS[1]))
    told = run(*REGIONS)
    assert {region for region, _ in told.gaps} >= {REGIONS[1]}
    assert {one.region for one in told.findings.values()} == {REGIONS[0]}
    assert any(one.hides_instances for one in told.fleet.coverage)
    assert made_up(everywhere, told) == []


def test_an_instance_that_is_terminated_meanwhile_does_not_fail(
    proxy: FaultProxy, quiet: Called, run: Run
) -> None:
    """T-18: it was listed as running, and by the time of the next answers there is none."""
    gone = [one.id for one in quiet.fleet.nodes if one.instance.state.name == "running"][:12]
    listings = ("InstanceStatus", "NetworkInterfaces", "IamInstanceProfileAssociations")
    names = (*(f"ec2.Describe{one}" for one in listings), "ssm.DescribeInstanceInformation")
    proxy.start_over(always(terminated(*gone), *names))
    told = run()
    for key, after in told.findings.items():
        before = quiet.findings[key]
        if after.resource not in gone:
            assert after.verdict == before.verdict
        elif before.outcome is not Outcome.FAIL and before.verdict.code != "CONTRADICTED":
            assert after.outcome is not Outcome.FAIL, key
    registered = {told.verdicts[f"NODE-02/{ACCOUNT}/{REGIONS[0]}/{one}"] for one in gone}
    assert (Outcome.UNKNOWN, "CHANGED_DURING_COLLECTION") in registered
    assert Outcome.FAIL not in {outcome for outcome, _ in registered}


@pytest.mark.parametrize(
    "operation",
    ["ec2.DescribeNetworkInterfaces", "ec2.DescribeSecurityGroups", "ec2.DescribeSubnets"],
)
def test_what_vanishes_between_two_pages_is_unknown(
    proxy: FaultProxy, quiet: Called, run: Run, operation: str
) -> None:
    """Design 1: an object that others name and its own listing lacks has changed meanwhile."""
    proxy.start_over(always(FLEET_CHANGES, operation))
    told = run()
    assert told.gaps == {}
    codes = {verdict for key, verdict in told.verdicts.items() if quiet.verdicts[key] != verdict}
    assert any(code == "CHANGED_DURING_COLLECTION" for _, code in codes)
    assert made_up(quiet, told) == []
