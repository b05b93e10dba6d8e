"""What calls and single requests came to, as the snapshot keeps it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any, Final

from inventory.collect.call import Request
from inventory.collect.refusal import Refusal
from inventory.facts import Status

NOTHING_TO_ASK: Final = Refusal(
    Status.NOT_ASKED, "NOTHING_TO_ASK", "no answer led to a request of this kind"
)


def request_key(request: Request) -> str:
    """What requests are ordered and told apart by."""
    return json.dumps(request, sort_keys=True)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a call came to: an answer, reasons for what is missing, or both.

    Both when some of a call's requests were answered, and when the SDK could not ask for all.
    ``is_kept``: an interrupted run read it, or part of it.
    """

    answer: Any | None
    refusals: tuple[Refusal, ...] = ()
    is_kept: bool = False

    @property
    def is_absent(self) -> bool:
        """Whether it is known that there is no such thing, rather than not known."""
        return any(one.status is Status.ABSENT for one in self.refusals)


@dataclasses.dataclass(frozen=True)
class Reply:
    """What one request came to: a response, or why there is none.

    ``is_kept``: an interrupted run asked, this one did not.
    """

    request: Request
    response: dict[str, Any] | None = None
    refusal: Refusal | None = None
    is_kept: bool = False

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
        ordered = sorted(self.replies, key=lambda one: request_key(one.request))
        answered = any(one.is_known for one in ordered)
        return Outcome(
            [one.entry for one in ordered] if answered else None,
            self.refusals,
            is_kept=any(one.is_kept for one in ordered),
        )
