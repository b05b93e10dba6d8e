"""Requests that other answers lead to: about one role, one policy, one node of an organization."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, Final

from botocore.client import BaseClient

from inventory.collect.answers import Outcome, answer_to, ask
from inventory.collect.plan import Call, Request
from inventory.collect.refusal import AWS_ERRORS, AwsError, Refusal, lost_credentials, refusal_of
from inventory.facts import Status

NOTHING_TO_ASK: Final = Refusal(
    Status.NOT_ASKED, "NOTHING_TO_ASK", "no answer led to a request of this kind"
)


@dataclasses.dataclass(frozen=True)
class Reply:
    """What one request came to: a response, or why there is none."""

    request: Request
    response: dict[str, Any] | None = None
    refusal: Refusal | None = None

    @property
    def is_known(self) -> bool:
        """Whether AWS answered, were it that there is no such thing."""
        return self.refusal is None or self.refusal.status is Status.ABSENT

    @property
    def entry(self) -> dict[str, Any]:
        """``{request, response}``, or ``{request, error}`` with AWS's code and message."""
        if self.refusal is None:
            return {"request": dict(self.request), "response": self.response}
        error = {"Code": self.refusal.code, "Message": self.refusal.detail}
        return {"request": dict(self.request), "error": error}


@dataclasses.dataclass(frozen=True)
class Followed:
    """What the requests of one call came to."""

    replies: tuple[Reply, ...] = ()

    def __add__(self, other: Followed) -> Followed:
        """Both together."""
        return Followed(self.replies + other.replies)

    @property
    def answers(self) -> Iterator[tuple[Request, dict[str, Any]]]:
        """Each request with its response, for those that have one."""
        return ((one.request, one.response) for one in self.replies if one.response is not None)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """One for each status and code: a missing permission is told once for all its requests."""
        first: dict[tuple[Status, str], Refusal] = {}
        for one in self.replies:
            if one.refusal is not None and not one.is_known:
                first.setdefault((one.refusal.status, one.refusal.code), one.refusal)
        return tuple(first.values())

    @property
    def outcome(self) -> Outcome:
        """As the snapshot keeps it, in the order of the requests; mere refusals are no answer."""
        if not self.replies:
            return Outcome(None, (NOTHING_TO_ASK,))
        ordered = sorted(self.replies, key=lambda one: sorted(one.request.items()))
        answered = any(one.is_known for one in ordered)
        return Outcome([one.entry for one in ordered] if answered else None, self.refusals)


class FollowUps:
    """Asks on behalf of one account, through one client and a pool that bounds concurrency.

    ``connect`` gives the client, the same every time; it can fail as a request can.
    """

    def __init__(self, connect: Callable[[], BaseClient], pool: Executor) -> None:
        self._connect = connect
        self._pool = pool

    @property
    def endpoint(self) -> str:
        """The URL that is asked, ``""`` where there is none."""
        try:
            return str(self._connect().meta.endpoint_url)
        except AWS_ERRORS:
            return ""

    def ask(self, call: Call, requests: Sequence[Request]) -> Followed:
        """Every request of a follow-up. Raises the SDK's error only for lost credentials."""
        return Followed(tuple(self._pool.map(lambda one: self._reply(call, one), requests)))

    def ask_all(self, call: Call) -> Outcome:
        """A listing that asks about no resource in particular."""
        return self._pool.submit(self._listed, call).result()

    def _reply(self, call: Call, request: Request) -> Reply:
        try:
            return Reply(request, answer_to(self._connect(), call, request))
        except AWS_ERRORS as error:
            return Reply(request, refusal=_refusal(error, call))

    def _listed(self, call: Call) -> Outcome:
        try:
            client = self._connect()
        except AWS_ERRORS as error:
            return Outcome(None, (_refusal(error, call),))
        return ask(client, call)


def _refusal(error: AwsError, call: Call) -> Refusal:
    if lost_credentials(error):
        raise error
    return refusal_of(error, call.absent)
