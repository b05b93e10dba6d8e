"""What can go wrong between an account and whoever reads it, one name for each."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Collection
from typing import Any, Final

from inventory.collect import PLAN
from inventory.collect.call import Listing
from tests.faults.upstream import Upstream
from tests.faults.wire import Answer, Asked, read, refused, written

#: Longer than the readers of the tests wait for an answer.
UNANSWERED: Final = 3.0
#: Slow, but in time.
SLOW: Final = 0.2
_LOAD_BALANCER: Final = b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"
#: The lists of the answers that come in pages, by operation.
LISTS: Final = {
    call.operation: call.shape.members for call in PLAN if isinstance(call.shape, Listing)
}
#: In front of a token of ours: what is to follow, and the account's own token.
_AGAIN, _AFTER_NOTHING, _REST, _LOOP = "again:", "after-nothing:", "rest:", "loop:"


@dataclasses.dataclass(frozen=True, eq=False)
class Fault:
    """One way to go wrong: the answer that is given instead of the account's own."""

    name: str
    makes: Callable[[Asked, Upstream], Answer]

    def __call__(self, asked: Asked, upstream: Upstream) -> Answer:
        """The answer to a request."""
        return self.makes(asked, upstream)


def _throttled(asked: Asked, _: Upstream) -> Answer:
    if asked.service == "ec2":
        return refused(asked, "RequestLimitExceeded", "Request limit exceeded.", 503)
    code = "Throttling" if asked.service == "iam" else "ThrottlingException"
    return refused(asked, code, "Rate exceeded")


def _refusing(code: str, message: str, status: int = 400) -> Callable[[Asked, Upstream], Answer]:
    def answer(asked: Asked, _: Upstream) -> Answer:
        return refused(asked, code, message, status)

    return answer


def _denied(asked: Asked, _: Upstream) -> Answer:
    """As the service words it: EC2 has a code of its own."""
    code = "UnauthorizedOperation" if asked.service == "ec2" else "AccessDeniedException"
    return refused(asked, code, f"User is not authorized to perform: {asked.name}", 403)


def _denied_by_organization(asked: Asked, _: Upstream) -> Answer:
    told = (
        f"User: arn:aws:iam::123456789012:user/reader is not authorized to perform: {asked.name} "
        "with an explicit deny in a service control policy"
    )
    code = "UnauthorizedOperation" if asked.service == "ec2" else "AccessDeniedException"
    return refused(asked, code, told, 403)


def _not_opted_in(asked: Asked, _: Upstream) -> Answer:
    """What services say in a Region that the account has not enabled."""
    if asked.service == "ec2":
        told = "AWS was not able to validate the provided access credentials"
        return refused(asked, "AuthFailure", told, 401)
    told = "The security token included in the request is invalid."
    return refused(asked, "UnrecognizedClientException", told)


def _clock_is_wrong(asked: Asked, _: Upstream) -> Answer:
    """AWS's answer to a signature of another time; its Date says what time it is."""
    told = "Signature expired: 20261101T120000Z is now earlier than 20261101T144500Z"
    answer = refused(asked, "InvalidSignatureException", told, 403)
    return dataclasses.replace(answer, hours_ahead=3)


def _changed(**change: Any) -> Callable[[Asked, Upstream], Answer]:
    def answer(asked: Asked, upstream: Upstream) -> Answer:
        return dataclasses.replace(upstream.answer(asked), **change)

    return answer


def _cut(asked: Asked, upstream: Upstream) -> Answer:
    answer = upstream.answer(asked)
    return dataclasses.replace(answer, cut_at=len(answer.body) // 2)


def _truncated(asked: Asked, upstream: Upstream) -> Answer:
    """A whole answer of HTTP, half an answer of AWS."""
    answer = upstream.answer(asked)
    return dataclasses.replace(answer, body=answer.body[: len(answer.body) // 2])


def _malformed(asked: Asked, upstream: Upstream) -> Answer:
    answer = upstream.answer(asked)
    broken = answer.body.replace(b"</", b"<").replace(b'":', b'"=')
    return dataclasses.replace(answer, body=broken)


def _empty_body(asked: Asked, upstream: Upstream) -> Answer:
    return dataclasses.replace(upstream.answer(asked), body=b"")


def _load_balancer_page(_: Asked, __: Upstream) -> Answer:
    return Answer(503, "text/html", _LOAD_BALANCER)


def _page_again(asked: Asked, upstream: Upstream) -> Answer:
    """Give each page twice."""
    if asked.token.startswith(_AGAIN):
        return upstream.answer(asked.at_page(asked.token.removeprefix(_AGAIN)))
    return _with_token(asked, upstream.answer(asked), _AGAIN + asked.token)


def _empty_page_first(asked: Asked, upstream: Upstream) -> Answer:
    """Put a page without rows before each."""
    if asked.token.startswith(_AFTER_NOTHING):
        return upstream.answer(asked.at_page(asked.token.removeprefix(_AFTER_NOTHING)))
    members = read(asked, upstream.answer(asked))
    empty = members | {name: [] for name in LISTS[asked.name]}
    return written(asked, _followed_by(asked, empty, _AFTER_NOTHING + asked.token))


def _token_loops(asked: Asked, upstream: Upstream) -> Answer:
    """Say that more follows, for ever and in the same words."""
    genuine = asked.at_page("") if asked.token.startswith(_LOOP) else asked
    return _with_token(asked, upstream.answer(genuine), _LOOP)


def _fleet_changes(asked: Asked, upstream: Upstream) -> Answer:
    """Give half of a page's rows, and lose what should have followed: it is gone by then."""
    if asked.token.startswith(_REST):
        members = read(asked, upstream.answer(asked.at_page(asked.token.removeprefix(_REST))))
        gone = members | {name: [] for name in LISTS[asked.name]}
        return written(asked, gone)
    members = read(asked, upstream.answer(asked))
    first = {name: members.get(name, []) for name in LISTS[asked.name]}
    half = {name: rows[: len(rows) // 2] for name, rows in first.items()}
    return written(asked, _followed_by(asked, members | half, _REST + asked.token))


def terminated(*instances: str) -> Fault:
    """These instances are gone from every listing that tells what there is of them."""

    def answer(asked: Asked, upstream: Upstream) -> Answer:
        members = read(asked, upstream.answer(asked))
        left = {
            name: [row for row in members.get(name, []) if not _names(row, instances)]
            for name in LISTS[asked.name]
        }
        return written(asked, members | left)

    return Fault("instances terminated", answer)


def _names(row: Any, instances: Collection[str]) -> bool:
    text = json.dumps(row, default=str)
    return any(one in text for one in instances)


def _with_token(asked: Asked, answer: Answer, token: str) -> Answer:
    return written(asked, _followed_by(asked, read(asked, answer), token))


def _followed_by(asked: Asked, members: dict[str, Any], token: str) -> dict[str, Any]:
    if asked.service == "iam":
        return members | {"IsTruncated": True, "Marker": token}
    return members | {"NextToken": token}


THROTTLE: Final = Fault("throttle", _throttled)
ERROR_500: Final = Fault("error 500", _refusing("InternalError", "An internal error", 500))
UNAVAILABLE: Final = Fault("error 503", _refusing("Unavailable", "Unavailable", 503))
LOAD_BALANCER: Final = Fault("HTML page of a load balancer", _load_balancer_page)
RESET: Final = Fault("connection closed", _changed(cut_at=-1))
CUT: Final = Fault("cut mid-body", _cut)
TIME_OUT: Final = Fault("no answer in time", _changed(delay=UNANSWERED, cut_at=-1))
SLOW_ANSWER: Final = Fault("slow answer", _changed(delay=SLOW))
TRUNCATED: Final = Fault("truncated document", _truncated)
MALFORMED: Final = Fault("malformed document", _malformed)
EMPTY_BODY: Final = Fault("empty body", _empty_body)
DENIED: Final = Fault("denied", _denied)
DENIED_BY_SCP: Final = Fault("denied by an SCP", _denied_by_organization)
NOT_OPTED_IN: Final = Fault("Region not enabled", _not_opted_in)
EXPIRED: Final = Fault(
    "credentials expired",
    _refusing("ExpiredToken", "The security token included in the request is expired"),
)
CLOCK: Final = Fault("clock wrong", _clock_is_wrong)
REPEATED_PAGE: Final = Fault("page repeated", _page_again)
EMPTY_PAGE: Final = Fault("empty page with a token", _empty_page_first)
LOOPING_TOKEN: Final = Fault("looping token", _token_loops)
FLEET_CHANGES: Final = Fault("fleet changes between pages", _fleet_changes)

_OF_TOKENS: Final = {
    _AGAIN: REPEATED_PAGE,
    _AFTER_NOTHING: EMPTY_PAGE,
    _LOOP: LOOPING_TOKEN,
    _REST: FLEET_CHANGES,
}


def continued(asked: Asked) -> Fault | None:
    """The fault whose token the request goes on with, which only that fault can answer."""
    own = (fault for prefix, fault in _OF_TOKENS.items() if asked.token.startswith(prefix))
    return next(own, None)


#: What the SDK tries again by itself.
TRANSIENT: Final = (THROTTLE, ERROR_500, UNAVAILABLE, LOAD_BALANCER, RESET)
#: What the SDK takes for an answer, so that the run itself has to ask again.
DAMAGED: Final = (CUT, TRUNCATED, MALFORMED, EMPTY_BODY)
#: What no trying again mends.
LASTING: Final = (
    *DAMAGED,
    *(DENIED, DENIED_BY_SCP, NOT_OPTED_IN, LOOPING_TOKEN),
)
#: What changes pages, and so can only meet a listing.
OF_PAGES: Final = (REPEATED_PAGE, EMPTY_PAGE, LOOPING_TOKEN, FLEET_CHANGES)
