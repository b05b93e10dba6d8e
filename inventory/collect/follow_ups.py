"""Requests that other answers lead to: about one role, one policy, one node of an organization."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from botocore.client import BaseClient

from inventory.collect.answers import answer_to, ask
from inventory.collect.call import Call, Request
from inventory.collect.kept import KeptAt
from inventory.collect.refusal import AWS_ERRORS, refusal_unless_lost
from inventory.collect.replies import Followed, Outcome, Reply


class FollowUps:
    """Asks on behalf of one account, through one client and a pool that bounds concurrency.

    ``connect`` gives the client, the same every time; it can fail as a request can. ``kept`` is
    what need not be asked.
    """

    def __init__(
        self, connect: Callable[[], BaseClient], pool: Executor, kept: KeptAt | None = None
    ) -> None:
        self._connect = connect
        self._pool = pool
        self._kept = kept

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
        kept = self._kept.reply(call, request) if self._kept else None
        if kept is not None:
            return kept
        try:
            return Reply(request, answer_to(self._connect(), call, request))
        except AWS_ERRORS as error:
            return Reply(request, refusal=refusal_unless_lost(error, call.absent))

    def _listed(self, call: Call) -> Outcome:
        kept = self._kept.outcome(call) if self._kept else None
        if kept is not None:
            return kept
        try:
            client = self._connect()
        except AWS_ERRORS as error:
            return Outcome(None, (refusal_unless_lost(error, call.absent),))
        return ask(client, call)
