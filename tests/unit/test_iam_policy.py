"""docs/iam-policy.json is what a run needs: no call more, no call less, and none that writes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fixtures.demo.account import embedded_account
from inventory.collect import PLAN, AccountSpec, collect, open_account, required_actions
from inventory.snapshot import SnapshotWriter
from policies.catalogue import RECORDS
from policies.within import is_from_within
from reports.iam_policy import (
    DISCOVERY,
    FURTHER,
    POLICY,
    policy_document,
    policy_text,
)

#: Nobody needs a permission for it; it is in the policy because a run calls it.
WITHOUT_PERMISSION = "sts:GetCallerIdentity"
LONGEST_MANAGED_POLICY = 6144


@pytest.fixture(scope="module")
def calls_made(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every operation that a live run on the whole demo account sends, as IAM actions."""
    made: set[str] = set()

    def note(model: Any, **_: Any) -> None:
        made.add(f"{model.service_model.service_name}:{model.name}")

    with embedded_account() as session:
        session.events.register("before-call", note)
        account = open_account(AccountSpec(name="demo", embedded=True), session=session)
        folder: Path = tmp_path_factory.mktemp("snapshot")
        collect([account], SnapshotWriter(folder), now=datetime.now(UTC), deep=True)
    return made


def allowed() -> set[str]:
    document = json.loads(POLICY.read_text(encoding="utf-8"))
    return {action for one in document["Statement"] for action in one["Action"]}


def test_the_file_is_up_to_date() -> None:
    text = POLICY.read_text(encoding="utf-8")
    assert text == policy_text(), "stale: run python -m reports.iam_policy"


def test_every_call_of_a_run_is_allowed(calls_made: set[str]) -> None:
    assert calls_made
    assert calls_made <= allowed()


def test_every_allowed_action_is_called_or_waits_for_what_would_need_it(
    calls_made: set[str],
) -> None:
    """What a call replaces that may be refused, and what only some networks make necessary."""
    instead = {call for calls in FURTHER.values() for call in calls}
    conditional = {call.action for call in PLAN if call.sources}
    assert allowed() - calls_made <= instead | set(FURTHER) | conditional


def test_it_allows_what_the_collector_says_it_requires() -> None:
    assert allowed() == {*required_actions(), WITHOUT_PERMISSION}


def test_every_need_of_every_control_is_in_it() -> None:
    asks_aws = [record for record in RECORDS if not is_from_within(record)]
    named = {call for record in asks_aws for call in record.needs}
    assert allowed() >= named
    assert allowed() >= set(DISCOVERY)


def test_it_only_reads() -> None:
    verbs = ("Describe", "Get", "List", "Search")
    assert all(action.partition(":")[2].startswith(verbs) for action in allowed())


def test_it_fits_into_a_managed_policy() -> None:
    """IAM counts characters without blanks (iam.md 8)."""
    assert len("".join(policy_text().split())) < LONGEST_MANAGED_POLICY


def test_a_service_has_one_statement_with_sorted_actions() -> None:
    document = policy_document(["ssm:GetB", "ec2:DescribeA", "ssm:GetA"])
    assert [(one["Sid"], one["Action"]) for one in document["Statement"]] == [
        ("RollCallReadsEc2", ["ec2:DescribeA"]),
        ("RollCallReadsSsm", ["ssm:GetA", "ssm:GetB"]),
    ]
