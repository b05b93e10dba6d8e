"""One call to its end: pages merged as one, and nothing that is cut short passes for complete."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError
from botocore.parsers import ResponseParserError
from hypothesis import given
from hypothesis import strategies as st

from inventory.collect import PLAN
from inventory.collect.answers import READINGS, ask
from inventory.collect.call import Call, Request, Single
from inventory.collect.refusal import Refusal
from inventory.collect.replies import Outcome
from inventory.facts import Status
from tests.unit.inventory.collect.scripted import (
    REGION,
    RefusedError,
    Script,
    ScriptedAws,
)

BY_OPERATION = {call.operation: call for call in PLAN}
INFORMATION = "ssm.DescribeInstanceInformation"
PROFILES = "iam.ListInstanceProfiles"
EXCLUSIONS = "ec2.DescribeVpcBlockPublicAccessExclusions"
ATTRIBUTE = "ec2.DescribeVpcAttribute"
ZONES = "route53.ListHostedZonesByVPC"
RECORDS = "route53.ListResourceRecordSets"
SEARCH = "ec2.SearchTransitGatewayRoutes"
#: Two requests about one VPC, in the order of a snapshot's entries.
BOTH = (
    {"VpcId": "vpc-9", "Attribute": "enableDnsHostnames"},
    {"VpcId": "vpc-9", "Attribute": "enableDnsSupport"},
)


PAGED = ScriptedAws()
PAGED_CLIENT = PAGED.session.client("ssm", region_name=REGION)


def asked(aws: ScriptedAws, operation: str, *requests: Request) -> Outcome:
    call = BY_OPERATION[operation]
    client = aws.session.client(call.service, region_name=REGION)
    return ask(client, call, requests)


def outcome_of(operation: str, script: Script) -> Outcome:
    return asked(ScriptedAws({operation: script}), operation)


def rows(*names: str) -> list[dict[str, str]]:
    return [{"InstanceId": name} for name in names]


@given(st.lists(st.lists(st.text("abc", min_size=1), max_size=4), min_size=1, max_size=6))
def test_however_the_rows_are_paged_the_answer_is_the_same(pages: list[list[str]]) -> None:
    """R-7.1: pages may be empty while a token continues; T-05: the first page is not the answer."""
    last = len(pages) - 1
    script = [
        {
            "InstanceInformationList": rows(*names),
            **({} if number == last else {"NextToken": f"t{number}"}),
        }
        for number, names in enumerate(pages)
    ]
    PAGED.script(INFORMATION, script)
    whole = {"InstanceInformationList": rows(*[name for names in pages for name in names])}
    assert ask(PAGED_CLIENT, BY_OPERATION[INFORMATION]) == Outcome(whole)
    assert len(PAGED.requests(INFORMATION)) == len(pages)


@pytest.mark.parametrize(
    ("operation", "member", "limit", "token"),
    [
        (INFORMATION, "InstanceInformationList", {"MaxResults": 50}, "NextToken"),
        (PROFILES, "InstanceProfiles", {"MaxItems": 1000}, "Marker"),
        (EXCLUSIONS, "VpcBlockPublicAccessExclusions", {"MaxResults": 1000}, "NextToken"),
    ],
)
def test_each_page_is_asked_for_with_its_token_and_the_largest_size(
    operation: str, member: str, limit: dict[str, int], token: str
) -> None:
    first: dict[str, Any] = {member: [{}], token: "t1"}
    if operation == PROFILES:
        first["IsTruncated"] = True
    aws = ScriptedAws({operation: [first, {member: [{}]}]})
    assert asked(aws, operation) == Outcome({member: [{}, {}]})
    assert aws.requests(operation) == [limit, {**limit, token: "t1"}]


def test_the_envelope_of_a_page_is_not_kept() -> None:
    """As the AWS CLI prints it: no ResponseMetadata, Marker or IsTruncated."""
    answer = {"InstanceProfiles": [], "IsTruncated": False, "Marker": ""}
    assert outcome_of(PROFILES, answer) == Outcome({"InstanceProfiles": []})


def test_every_list_of_an_answer_is_merged() -> None:
    operation = "iam.GetAccountAuthorizationDetails"
    pages = [
        {"RoleDetailList": [{"RoleName": "a"}], "Policies": [], "IsTruncated": True, "Marker": "m"},
        {"RoleDetailList": [], "Policies": [{"Arn": "p"}], "IsTruncated": False},
    ]
    merged = {"RoleDetailList": [{"RoleName": "a"}], "Policies": [{"Arn": "p"}]}
    assert outcome_of(operation, pages) == Outcome(merged)


def page(token: str) -> dict[str, Any]:
    return {"InstanceInformationList": rows("i-1"), "NextToken": token}


@pytest.mark.parametrize(
    ("operation", "script", "code"),
    [
        (INFORMATION, [page("a"), page("a"), page("a")], "EndlessListingError"),
        (INFORMATION, [page("a"), page("b"), page("a")], "EndlessListingError"),
        (INFORMATION, {}, "MalformedAnswerError"),
        (INFORMATION, [page("a"), {}] * READINGS, "MalformedAnswerError"),
        (PROFILES, {"InstanceProfiles": [], "IsTruncated": True}, "MalformedAnswerError"),
        ("organizations.DescribeOrganization", {}, "MalformedAnswerError"),
        ("ssm.GetServiceSetting", {}, "MalformedAnswerError"),
    ],
    ids=[
        "token-repeated",
        "tokens-in-a-circle",
        "no-list",
        "no-list-on-the-last-page",
        "truncated-without-a-marker",
        "no-organization",
        "no-setting",
    ],
)
def test_what_is_cut_short_is_a_failed_call_and_no_answer(
    operation: str, script: Script, code: str
) -> None:
    """T-07: an answer that is none must not be read as an empty set."""
    outcome = outcome_of(operation, script)
    assert outcome.answer is None
    assert [(one.status, one.code) for one in outcome.refusals] == [(Status.FAILED, code)]


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (
            RefusedError("AccessDeniedException", "no"),
            Refusal(Status.DENIED, "AccessDeniedException", "no"),
        ),
        (
            RefusedError("RequestLimitExceeded", "slow"),
            Refusal(Status.FAILED, "RequestLimitExceeded", "slow"),
        ),
        (
            ConnectTimeoutError(endpoint_url="https://ssm.example"),
            Refusal(
                Status.FAILED,
                "ConnectTimeoutError",
                'Connect timeout on endpoint URL: "https://ssm.example"',
            ),
        ),
        (
            ResponseParserError("not XML"),
            Refusal(Status.FAILED, "ResponseParserError", "not XML"),
        ),
    ],
    ids=["denied", "throttled", "timeout", "malformed"],
)
def test_a_call_that_ends_in_an_error_is_told_not_raised(
    error: Exception, refusal: Refusal
) -> None:
    """T-07, on the second page: what was read before it does not pass for the whole."""
    pages = [page("a"), error] * READINGS
    assert outcome_of(INFORMATION, pages) == Outcome(None, (refusal,))


def test_being_in_no_organization_is_an_answer() -> None:
    outcome = outcome_of(
        "organizations.DescribeOrganization", RefusedError("AWSOrganizationsNotInUseException")
    )
    assert [one.status for one in outcome.refusals] == [Status.ABSENT]


@pytest.mark.parametrize(
    ("error", "kind"),
    [(RefusedError("ExpiredToken"), ClientError), (NoCredentialsError(), NoCredentialsError)],
)
@pytest.mark.parametrize("operation", [INFORMATION, ATTRIBUTE])
def test_credentials_that_ran_out_end_the_reading(
    error: Exception, kind: type[Exception], operation: str
) -> None:
    with pytest.raises(kind):
        asked(ScriptedAws({operation: error}), operation, *BOTH)


def attribute(asked_for: Any, _region: str) -> Any:
    if asked_for["Attribute"] == "enableDnsSupport":
        return RefusedError("InvalidVpcID.NotFound", "gone")
    return {"VpcId": asked_for["VpcId"], "EnableDnsHostnames": {"Value": True}}


def test_a_refused_request_does_not_take_the_answered_ones_with_it() -> None:
    """Each is told in its own place: a fact knows which of its members is missing, and why."""
    outcome = asked(ScriptedAws({ATTRIBUTE: attribute}), ATTRIBUTE, *BOTH)
    answered, refused = BOTH
    assert outcome == Outcome(
        [
            {
                "request": answered,
                "response": {"VpcId": "vpc-9", "EnableDnsHostnames": {"Value": True}},
            },
            {"request": refused, "error": {"Code": "InvalidVpcID.NotFound", "Message": "gone"}},
        ],
        (Refusal(Status.FAILED, "InvalidVpcID.NotFound", "gone"),),
    )


def test_requests_that_are_all_refused_are_told_once() -> None:
    denied = RefusedError("UnauthorizedOperation", "no")
    outcome = asked(ScriptedAws({ATTRIBUTE: denied}), ATTRIBUTE, *BOTH)
    assert outcome == Outcome(None, (Refusal(Status.DENIED, "UnauthorizedOperation", "no"),))


def test_each_request_is_read_to_its_last_page() -> None:
    """Two lists of which one has two pages: three calls, two entries."""
    first, second = {"PrefixListId": "pl-1"}, {"PrefixListId": "pl-2"}
    pages: list[Any] = [
        {"Entries": [{"Cidr": "10.0.0.0/8"}], "NextToken": "more"},
        {"Entries": [{"Cidr": "172.16.0.0/12"}]},
        {"Entries": []},
    ]
    aws = ScriptedAws({"ec2.GetManagedPrefixListEntries": pages})
    outcome = asked(aws, "ec2.GetManagedPrefixListEntries", first, second)
    whole = {"Entries": [{"Cidr": "10.0.0.0/8"}, {"Cidr": "172.16.0.0/12"}]}
    assert outcome == Outcome(
        [{"request": first, "response": whole}, {"request": second, "response": {"Entries": []}}]
    )
    assert [one.get("NextToken") for one in aws.requests("ec2.GetManagedPrefixListEntries")] == [
        None,
        "more",
        None,
    ]


def test_requests_that_differ_in_a_filter_are_each_kept() -> None:
    """R-8.1: as many images as a filter takes are asked for at once, the others after them."""
    ask_for = [
        {"Filters": [{"Name": "image-id", "Values": [name]}], "IncludeDeprecated": True}
        for name in ("ami-1", "ami-2")
    ]
    aws = ScriptedAws({"ec2.DescribeImages": [{"Images": [{"ImageId": "ami-1"}]}, {"Images": []}]})
    outcome = asked(aws, "ec2.DescribeImages", *ask_for)
    assert outcome == Outcome(
        [
            {"request": ask_for[0], "response": {"Images": [{"ImageId": "ami-1"}]}},
            {"request": ask_for[1], "response": {"Images": []}},
        ]
    )
    assert aws.requests("ec2.DescribeImages") == [one | {"MaxResults": 1000} for one in ask_for]


def test_hosted_zones_are_paged_although_the_sdk_has_no_paginator_for_them() -> None:
    request = {"VPCId": "vpc-9", "VPCRegion": REGION}
    pages = [
        {"HostedZoneSummaries": [{"HostedZoneId": "Z1"}], "MaxItems": "100", "NextToken": "more"},
        {"HostedZoneSummaries": [{"HostedZoneId": "Z2"}], "MaxItems": "100"},
    ]
    aws = ScriptedAws({ZONES: pages})
    whole = {"HostedZoneSummaries": [{"HostedZoneId": "Z1"}, {"HostedZoneId": "Z2"}]}
    assert asked(aws, ZONES, request) == Outcome([{"request": request, "response": whole}])
    size = {"MaxItems": "100"}
    assert aws.requests(ZONES) == [request | size, request | size | {"NextToken": "more"}]


def test_records_go_on_where_their_last_page_ended() -> None:
    """ListResourceRecordSets has no token: it names the next record, and its type."""
    request = {"HostedZoneId": "Z1"}
    cut = {
        "ResourceRecordSets": [{"Name": "a."}],
        "IsTruncated": True,
        "NextRecordName": "b.",
        "NextRecordType": "A",
        "MaxItems": "300",
    }
    last = {"ResourceRecordSets": [{"Name": "b."}], "IsTruncated": False, "MaxItems": "300"}
    aws = ScriptedAws({RECORDS: [cut, last]})
    whole = {"ResourceRecordSets": [{"Name": "a."}, {"Name": "b."}]}
    assert asked(aws, RECORDS, request) == Outcome([{"request": request, "response": whole}])
    size = {"MaxItems": "300"}
    next_one = {"StartRecordName": "b.", "StartRecordType": "A"}
    assert aws.requests(RECORDS) == [request | size, request | size | next_one]


@pytest.mark.parametrize(
    "pages",
    [
        [{"ResourceRecordSets": [], "IsTruncated": True}] * READINGS,
        [{"ResourceRecordSets": [], "IsTruncated": True, "NextRecordName": "b."}] * 3,
    ],
    ids=["no-next-record", "the-same-next-record"],
)
def test_records_that_are_cut_short_are_no_answer(pages: list[Any]) -> None:
    outcome = asked(ScriptedAws({RECORDS: list(pages)}), RECORDS, {"HostedZoneId": "Z1"})
    assert outcome.answer is None
    assert [one.status for one in outcome.refusals] == [Status.FAILED]


def searched(*pages: Any) -> tuple[Any, int]:
    """The merged response of one search of a route table, and the number of calls it took."""
    aws = ScriptedAws({SEARCH: list(pages)})
    outcome = asked(aws, SEARCH, {"TransitGatewayRouteTableId": "tgw-rtb-1", "Filters": []})
    assert outcome.answer is not None
    (entry,) = outcome.answer
    return entry["response"], len(aws.requests(SEARCH))


def test_a_search_that_cannot_be_continued_says_that_there_is_more() -> None:
    """Trap 32: without a token the first thousand routes are all that AWS tells."""
    response, calls = searched({"Routes": [{"State": "active"}], "AdditionalRoutesAvailable": True})
    assert response == {"Routes": [{"State": "active"}], "AdditionalRoutesAvailable": True}
    assert calls == 1


def test_a_search_is_continued_where_aws_gives_a_token() -> None:
    response, calls = searched(
        {"Routes": [{"State": "active"}], "AdditionalRoutesAvailable": True, "NextToken": "more"},
        {"Routes": [{"State": "blackhole"}], "AdditionalRoutesAvailable": False},
    )
    assert response["Routes"] == [{"State": "active"}, {"State": "blackhole"}]
    assert response["AdditionalRoutesAvailable"] is False
    assert calls == 2


def test_managed_instances_are_asked_for() -> None:
    """D19, with an SDK that knows the parameter."""
    aws = ScriptedAws()
    assert asked(aws, "ec2.DescribeInstances").refusals == ()
    assert aws.requests("ec2.DescribeInstances") == [
        {"IncludeManagedResources": True, "MaxResults": 1000}
    ]


def test_an_sdk_that_lacks_a_parameter_is_a_coverage_line() -> None:
    """D19: an older SDK still reads what it can, and says what it could not ask for."""
    call = Call(operation="sts.GetCallerIdentity", shape=Single("Arn"), where_known={"Newer": True})
    aws = ScriptedAws({"sts.GetCallerIdentity": {"Arn": "arn:aws:iam::1:root"}})
    outcome = ask(aws.session.client("sts"), call)
    assert outcome.answer == {"Arn": "arn:aws:iam::1:root"}
    assert [(one.status, one.code) for one in outcome.refusals] == [
        (Status.NOT_ASKED, "SDK_TOO_OLD")
    ]
    assert "Newer" in outcome.refusals[0].detail
    assert aws.requests("sts.GetCallerIdentity") == [{}]


def test_an_sdk_that_lacks_an_operation_is_a_coverage_line() -> None:
    """D27's encryption controls are younger than some SDKs."""
    call = Call(operation="sts.DescribeNewerThing", shape=Single("Thing"))
    outcome = ask(ScriptedAws().session.client("sts"), call)
    assert outcome.answer is None
    (refusal,) = outcome.refusals
    assert (refusal.status, refusal.code) == (Status.NOT_ASKED, "SDK_TOO_OLD")
    assert "DescribeNewerThing" in refusal.detail
