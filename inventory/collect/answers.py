"""Putting one call of the plan to AWS: all its pages or requests, merged as the AWS CLI does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import botocore
from botocore.client import BaseClient
from botocore.paginate import Paginator

from inventory.collect.plan import Call, FollowUp, Listing, PerResource, Repeated, Request, Single
from inventory.collect.refusal import (
    AWS_ERRORS,
    AwsError,
    EndlessListingError,
    MalformedAnswerError,
    Refusal,
    lost_credentials,
    refusal_of,
)
from inventory.facts import Status

#: What the AWS CLI leaves out of a merged answer.
_ENVELOPE: Final = frozenset({"ResponseMetadata", "NextToken", "Marker", "IsTruncated"})
#: How EC2 paginates; for operations that botocore ships no paginator for.
_EC2_PAGES: Final = {
    "input_token": "NextToken",
    "output_token": "NextToken",
    "limit_key": "MaxResults",
}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a call came to: an answer, reasons for what is missing, or both.

    Both when some of a call's requests were answered, and when the SDK could not ask for all.
    """

    answer: Any | None
    refusals: tuple[Refusal, ...] = ()


def ask(client: BaseClient, call: Call, instances: Any | None = None) -> Outcome:
    """Read one call to its end. ``instances``: what a per-resource call starts from.

    A refused or failed request becomes part of the outcome (T-07). Raises the SDK's error only
    where the credentials ran out, since nothing more of the account can be read then.
    """
    parameters, unknown = _parameters(client, call)
    match call.shape:
        case Listing() as listing:
            outcome = _one(call, lambda: _merged(client, call, listing, parameters))
        case Single(member):
            outcome = _one(call, lambda: _single(client, call, member, parameters))
        case Repeated(member, requests):
            outcome = _many(client, call, member, requests)
        case PerResource(member, requests_of, page_size):
            outcome = _many(client, call, member, requests_of(instances), page_size)
        case FollowUp():
            raise TypeError(f"{call.operation} is asked about one resource at a time")
    return dataclasses.replace(outcome, refusals=(*outcome.refusals, *unknown))


def answer_to(client: BaseClient, call: Call, request: Request) -> dict[str, Any]:
    """One request of a follow-up, to its last page. Raises the SDK's errors."""
    match call.shape:
        case FollowUp(member, page_size):
            return _answered(client, call, member, request, page_size)
    raise TypeError(f"{call.operation} does not follow from an answer")


def _one(call: Call, read: Callable[[], dict[str, Any]]) -> Outcome:
    try:
        return Outcome(read())
    except AWS_ERRORS as error:
        return Outcome(None, (_refusal(call, error),))


def _many(
    client: BaseClient, call: Call, member: str, requests: Sequence[Request], page_size: int = 0
) -> Outcome:
    """Every request that was answered; a refused one is told beside them and stops no other."""
    answers: list[dict[str, Any]] = []
    refusals: list[Refusal] = []
    for request in requests:
        try:
            response = _answered(client, call, member, {**call.parameters, **request}, page_size)
        except AWS_ERRORS as error:
            refusals.append(_refusal(call, error))
        else:
            answers.append({"request": dict(request), "response": response})
    distinct = tuple(dict.fromkeys(refusals))
    return Outcome(answers if answers or not requests else None, distinct)


def _refusal(call: Call, error: AwsError) -> Refusal:
    if lost_credentials(error):
        raise error
    return refusal_of(error, call.absent)


def _parameters(client: BaseClient, call: Call) -> tuple[dict[str, Any], tuple[Refusal, ...]]:
    """What to send, and a word on each parameter that this SDK does not know (D19)."""
    shape = client.meta.service_model.operation_model(call.api_name).input_shape
    members = shape.members if shape else {}
    known = {name: value for name, value in call.where_known.items() if name in members}
    unknown = tuple(
        Refusal(
            Status.NOT_ASKED,
            "SDK_TOO_OLD",
            f"botocore {botocore.__version__} does not know {name}; update boto3",
        )
        for name in call.where_known
        if name not in members
    )
    return {**call.parameters, **known}, unknown


def _answered(
    client: BaseClient, call: Call, member: str, parameters: Mapping[str, Any], page_size: int
) -> dict[str, Any]:
    """One request's answer: all its pages where it has a page size."""
    if page_size:
        return _merged(client, call, Listing((member,), page_size), parameters)
    return _single(client, call, member, parameters)


def _single(
    client: BaseClient, call: Call, member: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    answer = getattr(client, call.method)(**parameters)
    if member not in answer:
        raise MalformedAnswerError(operation=call.api_name, member=member)
    return _content(answer)


def _merged(
    client: BaseClient, call: Call, listing: Listing, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """All pages in one: the lists joined, in the order of the pages."""
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
    seen: set[str] = set()
    for page in _paginator(client, call, listing).paginate(
        **parameters, PaginationConfig={"PageSize": listing.page_size}
    ):
        token = page.get("NextToken") or page.get("Marker")
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
    if client.can_paginate(call.method):
        return client.get_paginator(call.method)
    pages = {**_EC2_PAGES, "result_key": listing.members[0]}
    model = client.meta.service_model.operation_model(call.api_name)
    return Paginator(getattr(client, call.method), pages, model)


def _content(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in _ENVELOPE}
