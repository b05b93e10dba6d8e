"""A policy's verdict: applies_to, assert, if_null, and what was not read (design 4)."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.facts import Unread
from policies.control import Gap, Missing, Verdict
from policies.custom.declaration import policies_of
from policies.custom.document import Document, document_given
from policies.custom.policy import CustomPolicy

BASE: dict[str, Any] = {
    "id": "ORG-TAG-01",
    "title": "Instance has an owner",
    "severity": "medium",
    "assert": "Tag.Owner == 'payments'",
    "message": "owner is {Tag.Owner}",
    "remediation": "tag {instance_id}",
}


IN_ENV = "Tag.Env != null"


def policy(**changes: Any) -> CustomPolicy:
    found, problems = policies_of({"policies": [BASE | changes]}, ())
    assert problems == ()
    return found[0][1]


def document(tags: dict[str, str], **parts: Any) -> Document:
    rows = [{"Key": key, "Value": value} for key, value in tags.items()]
    return document_given("i-1", {"Instance": {"Tags": rows}} | parts)


def answer(verdict: Verdict) -> str:
    return f"{verdict.outcome.value} {verdict.code}"


@pytest.mark.parametrize(
    ("tags", "changes", "expected"),
    [
        ({"Owner": "payments"}, {}, "pass POLICY_HOLDS"),
        ({"Owner": "nobody"}, {}, "fail POLICY_BROKEN"),
        ({}, {}, "unknown NULL"),
        ({}, {"if_null": "unknown"}, "unknown NULL"),
        ({}, {"if_null": "fail"}, "fail NULL"),
        ({}, {"if_null": "pass"}, "pass NULL"),
        ({}, {"if_null": "not_applicable"}, "not_applicable NULL"),
        ({"Owner": "nobody"}, {"if_null": "pass"}, "fail POLICY_BROKEN"),
        ({"Owner": "nobody"}, {"applies_to": IN_ENV}, "not_applicable POLICY_OUT_OF_SCOPE"),
        ({"Owner": "nobody", "Env": "x"}, {"applies_to": IN_ENV}, "fail POLICY_BROKEN"),
        # Whether it is concerned at all is open: no policy may answer that with pass or fail.
        ({"Owner": "nobody"}, {"applies_to": "Tag.Env == 'x'"}, "unknown NULL"),
        ({"Owner": "nobody"}, {"applies_to": "Tag.Env == 'x'", "if_null": "fail"}, "unknown NULL"),
        ({"Owner": "nobody"}, {"applies_to": "Tag.Env == 'x'", "if_null": "pass"}, "unknown NULL"),
        (
            {"Owner": "nobody"},
            {"applies_to": "Tag.Env == 'x'", "if_null": "not_applicable"},
            "not_applicable NULL",
        ),
        ({"Owner": "payments"}, {"assert": "Tag.Owner"}, "unknown NOT_BOOLEAN"),
        ({"Owner": "payments"}, {"assert": "length(Tag.Owner)"}, "unknown NOT_BOOLEAN"),
        ({"Owner": "payments"}, {"assert": "Tag.Owner > `1`"}, "unknown EXPRESSION_FAILED"),
        ({}, {"assert": "Role.Path == '/'", "if_null": "pass"}, "unknown UNREAD"),
        ({}, {"assert": "Tag.Owner == `null`"}, "pass POLICY_HOLDS"),
    ],
)
def test_each_case_has_its_verdict(
    tags: dict[str, str], changes: dict[str, Any], expected: str
) -> None:
    assert answer(policy(**changes).verdict(document(tags))) == expected


def test_an_unknown_names_what_would_settle_it() -> None:
    null = policy().verdict(document({}))
    assert null.missing == (
        Missing(Gap.UNDECIDABLE, "a value of Tag.Owner, or if_null in ORG-TAG-01"),
    )
    gap = Unread("iam:GetAccountAuthorizationDetails", "AccessDenied")
    unread = policy(**{"assert": "Role.Path == '/'"}).verdict(document({}, Role=gap))
    assert unread.missing == (Missing(Gap.UNREAD, str(gap)),)
    hidden = Missing(Gap.UNDECIDABLE, "ec2:DescribeImages of ami-1, which AWS does not list")
    unseen = policy(**{"assert": "Image.OwnerId == '1'"}).verdict(document({}, Image=hidden))
    assert (answer(unseen), unseen.missing) == ("unknown NOT_VISIBLE", (hidden,))


def test_the_message_and_the_evidence_say_what_was_found() -> None:
    verdict = policy().verdict(document({"Owner": "nobody"}))
    assert verdict.reason == "owner is nobody"
    (seen,) = verdict.evidence
    assert (seen.resource, seen.path, seen.value) == ("i-1", "Tag.Owner", "nobody")
    assert seen.call == "ec2:DescribeInstances"


def test_the_record_says_which_calls_it_needs() -> None:
    text = "Tag.Owner == 'x' && ManagedNode != null"
    assert policy(**{"assert": text}).CONTROL.needs == (
        "ec2:DescribeInstances",
        "ssm:DescribeInstanceInformation",
    )
    assert policy().CONTROL.family == "ORG-TAG"
    assert not policy().CONTROL.is_prerequisite
