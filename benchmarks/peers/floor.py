"""The fewest calls that read what the controls need, by plain boto3 one after the other.

``python -m benchmarks.peers.floor``: nothing is judged, kept or reported. What a request names
comes from earlier answers, as in a run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError

from inventory.collect import PLAN
from inventory.collect.call import Answered, Call, Listing, PerResource, Repeated, Scope, Single
from inventory.collect.node_calls import DEEP_CALLS
from inventory.collect.plan import ACCOUNT_CALLS, AUTHORIZATION_DETAILS


def main() -> None:
    """Read the account that the environment leads to, in its default Region."""
    session = boto3.Session()
    session.client("sts").get_caller_identity()
    clients = {"ec2": session.client("ec2")}
    clients["ec2"].describe_regions(AllRegions=True)
    answers: dict[str, Any] = {}
    for call in PLAN:
        if _is_asked(call, Answered(session.region_name, answers)):
            if call.service not in clients:
                clients[call.service] = session.client(call.service)
            with contextlib.suppress(ClientError):  # outside an organization
                _ask(clients[call.service], call, session.region_name, answers)


def _is_asked(call: Call, answered: Answered) -> bool:
    """As a run decides; of what is asked about single roles and policies, nothing."""
    if call.scope is Scope.ACCOUNT:
        return call in (*ACCOUNT_CALLS, AUTHORIZATION_DETAILS)
    return call not in DEEP_CALLS and (call.only_if is None or call.only_if.is_met(answered))


def _ask(client: Any, call: Call, region: str, answers: dict[str, Any]) -> None:
    operation = getattr(client, call.method)
    match call.shape:
        case Listing(members, page_size):
            rows: dict[str, list[Any]] = {member: [] for member in members}
            for page in _pages(client, call, page_size, call.parameters):
                for member in members:
                    rows[member] += page[member]
            answers[call.operation] = rows
        case Single():
            answers[call.operation] = operation(**call.parameters)
        case Repeated(_, requests):
            answers[call.operation] = [operation(**one) for one in requests]
        case PerResource(_, requests):
            asked = requests(Answered(region, answers))
            answers[call.operation] = [
                {"request": one, "response": operation(**one)} for one in asked
            ]


def _pages(
    client: Any, call: Call, size: int, parameters: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    if not client.can_paginate(call.method):  # boto3 has no paginator for some short lists
        yield getattr(client, call.method)(**parameters, MaxResults=size)
        return
    paginator = client.get_paginator(call.method)
    yield from paginator.paginate(**parameters, PaginationConfig={"PageSize": size})


if __name__ == "__main__":
    main()
