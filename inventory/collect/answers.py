"""Putting one call of the plan to AWS: all its pages or requests, merged as the AWS CLI does."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from botocore.client import BaseClient
from botocore.paginate import Paginator
from botocore.parsers import ResponseParserError

from inventory.collect.call import (
    Call,
    FollowUp,
    Listing,
    PerResource,
    Repeated,
    Request,
    Single,
)
from inventory.collect.refusal import (
    AWS_ERRORS,
    EndlessListingError,
    MalformedAnswerError,
    Refusal,
    refusal_unless_lost,
    sdk_too_old,
)
from inventory.collect.replies import Followed, Outcome, Reply

#: What a page is followed by, in the members that the services have for it.
_TOKENS: Final = (
    "NextToken",
    "Marker",
    "NextRecordName",
    "NextRecordType",
    "NextRecordIdentifier",
)
#: What the AWS CLI leaves out of a merged answer.
_ENVELOPE: Final = frozenset({"ResponseMetadata", "IsTruncated", "MaxItems", *_TOKENS})
#: How a page's size is asked for.
_LIMITS: Final = ("MaxResults", "MaxItems")
#: A connection that breaks off in the middle of an answer. The SDK takes what came for the whole,
#: finds it unreadable or wanting, and does not try again.
_DAMAGED: Final = (ResponseParserError, MalformedAnswerError)
READINGS: Final = 3
#: No service takes less everywhere: EC2's pages begin at five.
_SMALLEST_PAGE: Final = 5


def ask(client: BaseClient, call: Call, requests: Sequence[Request] = ()) -> Outcome:
    """Read one call to its end. ``requests``: those of a per-resource call.

    A refused or failed request becomes part of the outcome (T-07). Raises the SDK's error only
    where the credentials ran out, since nothing more of the account can be read then.
    """
    if call.api_name not in client.meta.service_model.operation_names:
        return Outcome(None, (sdk_too_old(call.api_name),))
    parameters, unknown = _parameters(client, call)
    match call.shape:
        case Listing() as listing:
            outcome = _one(call, lambda: _merged(client, call, listing, parameters))
        case Single(member):
            outcome = _one(call, lambda: _single(client, call, member, parameters))
        case Repeated(requests=repeated):
            outcome = _each(client, call, repeated)
        case PerResource():
            outcome = _each(client, call, requests)
        case FollowUp():
            raise TypeError(f"{call.operation} is asked about one resource at a time")
    return dataclasses.replace(outcome, refusals=(*outcome.refusals, *unknown))


def answer_to(client: BaseClient, call: Call, request: Request) -> dict[str, Any]:
    """One request about one resource, to its last page. Raises the SDK's errors."""
    match call.shape:
        case FollowUp(member, page_size) | PerResource(member=member, page_size=page_size):
            if page_size:
                return _merged(client, call, Listing((member,), page_size), request)
            return _single(client, call, member, request)
        case Repeated(member):
            return _single(client, call, member, request)
    raise TypeError(f"{call.operation} is not asked about one resource at a time")


def reply_to(client: BaseClient, call: Call, request: Request) -> Reply:
    """The same, with what AWS refuses told. Raises the SDK's error for lost credentials only."""
    try:
        return Reply(request, _undamaged(lambda: answer_to(client, call, request)))
    except AWS_ERRORS as error:
        return Reply(request, refusal=refusal_unless_lost(error, call.absent))


def first_page(client: BaseClient, call: Call, request: Request) -> dict[str, Any]:
    """The smallest page of an answer: enough to see that there is one. Raises the SDK's errors."""
    parameters, _ = _parameters(client, call)
    members = _members(client, call)
    page: dict[str, Any] = {
        # Route 53 wants the number as text.
        name: str(_SMALLEST_PAGE) if members[name].type_name == "string" else _SMALLEST_PAGE
        for name in _LIMITS
        if name in members
    }
    return _content(getattr(client, call.method)(**parameters, **request, **page))


def caller_identity(client: BaseClient) -> dict[str, Any]:
    """Who STS says is asking, with the answer's headers. Raises the SDK's errors."""
    sts: Any = client
    return _undamaged(lambda: _whole(sts.get_caller_identity(), "GetCallerIdentity", "Account"))


def all_regions(client: BaseClient) -> list[dict[str, Any]]:
    """Every Region, enabled or not. Raises the SDK's errors."""
    ec2: Any = client
    told = _undamaged(
        lambda: _whole(ec2.describe_regions(AllRegions=True), "DescribeRegions", "Regions")
    )
    regions: list[dict[str, Any]] = told["Regions"]
    return regions


def _undamaged(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is read, in full; read again where an answer came damaged."""
    for _ in range(READINGS - 1):
        with contextlib.suppress(*_DAMAGED):
            return read()
    return read()


def _one(call: Call, read: Callable[[], dict[str, Any]]) -> Outcome:
    try:
        return Outcome(_undamaged(read))
    except AWS_ERRORS as error:
        return Outcome(None, (refusal_unless_lost(error, call.absent),))


def _each(client: BaseClient, call: Call, requests: Sequence[Request]) -> Outcome:
    """Every request in turn; a refused one is told beside the answered ones and stops no other."""
    return Followed(tuple(reply_to(client, call, request) for request in requests)).outcome


def _parameters(client: BaseClient, call: Call) -> tuple[dict[str, Any], tuple[Refusal, ...]]:
    """What to send, and a word on each parameter that this SDK does not know (D19)."""
    members = _members(client, call)
    known = {name: value for name, value in call.where_known.items() if name in members}
    unknown = tuple(sdk_too_old(name) for name in call.where_known if name not in members)
    return {**call.parameters, **known}, unknown


def _members(client: BaseClient, call: Call) -> Mapping[str, Any]:
    """The parameters that the operation takes."""
    shape = client.meta.service_model.operation_model(call.api_name).input_shape
    return shape.members if shape else {}


def _single(
    client: BaseClient, call: Call, member: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    return _content(_whole(getattr(client, call.method)(**parameters), call.api_name, member))


def _whole(answer: dict[str, Any], operation: str, member: str) -> dict[str, Any]:
    """The answer, which every complete one has that member of. Raises MalformedAnswerError."""
    if member not in answer:
        raise MalformedAnswerError(operation=operation, member=member)
    return answer


def _merged(
    client: BaseClient, call: Call, listing: Listing, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """All pages in one: the lists joined, in the order of the pages; of the rest, the last word."""
    merged: dict[str, Any] = {}
    for page in _pages(client, call, listing, parameters):
        for name, value in _content(page).items():
            if isinstance(value, list):
                merged.setdefault(name, []).extend(value)
            else:
                merged[name] = value
    return merged


def _pages(
    client: BaseClient, call: Call, listing: Listing, parameters: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Pages to exhaustion: an empty page with a token is not the last one (R-7.1, T-05).

    Raises MalformedAnswerError for a last page without its lists, or one that says more would
    follow but not how to ask for it, and EndlessListingError for a token that came before: each
    would otherwise pass for a complete listing.
    """
    seen: set[tuple[str, ...]] = set()
    for page in _paginator(client, call, listing).paginate(
        **parameters, PaginationConfig={"PageSize": listing.page_size}
    ):
        token = tuple(page[name] for name in _TOKENS if page.get(name))
        if token and page.get("IsTruncated", True):
            if token in seen:
                raise EndlessListingError(operation=call.api_name)
            seen.add(token)
        else:
            _check_last(call, listing, page)
        yield page


def _check_last(call: Call, listing: Listing, page: Mapping[str, Any]) -> None:
    for member in listing.members:
        if member not in page:
            raise MalformedAnswerError(operation=call.api_name, member=member)
    if page.get("IsTruncated"):
        raise MalformedAnswerError(operation=call.api_name, member="Marker")


def _paginator(client: BaseClient, call: Call, listing: Listing) -> Paginator[Any]:
    """The SDK's own, else one for the tokens that an operation without it has."""
    if client.can_paginate(call.method):
        return client.get_paginator(call.method)
    members = _members(client, call)
    pages = {
        "input_token": "NextToken",
        "output_token": "NextToken",
        "limit_key": next(name for name in _LIMITS if name in members),
        "result_key": listing.members[0],
    }
    model = client.meta.service_model.operation_model(call.api_name)
    return Paginator(getattr(client, call.method), pages, model)


def _content(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in _ENVELOPE}
