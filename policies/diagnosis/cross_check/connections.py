"""Connections: the machine's own, against the path that AWS's side sees (C1, C4, C5, C12b, D10)."""

from __future__ import annotations

from typing import Final

from policies.diagnosis.cross_check.attempts import PATHS, Attempt
from policies.diagnosis.cross_check.remark import (
    ByControl,
    CrossCheck,
    Stand,
    code_of,
    fails,
    outcome_of,
)
from policies.finding import Outcome
from policies.host.stages import OK

_GROUPS: Final = "NET-06"
_NO_ENDPOINT: Final = "NO_ENDPOINT"
_HOPS: Final = frozenset(f"NET-0{number}" for number in range(1, 8))
#: What a security group or an ACL looks like from the machine: silence. ``failure`` = not told.
_SILENT: Final = frozenset({"timeout", "failure"})
_IN_BETWEEN: Final = "the machine's own firewall, an appliance on the way, or wrong DNS"
_SUSPECTS: Final = {
    "timeout": _IN_BETWEEN,
    "failure": _IN_BETWEEN,
    "refused": "a firewall that rejects, or the address of a proxy or of its hosts file",
    "unreachable": "the machine's own routes",
    "reset": "a firewall or proxy on the way",
}
_ENDED: Final = {
    "timeout": "time out",
    "failure": "fail",
    "refused": "are refused",
    "unreachable": "find no route",
    "reset": "are reset",
}


def connection_remark(attempt: Attempt, findings: ByControl) -> CrossCheck | None:
    """What both sides say of one service; ``None`` where AWS's side says nothing of it."""
    path = PATHS[attempt.service]
    outcome = outcome_of(path, findings)
    if attempt.ended == OK:
        return _gets_through(attempt, path) if outcome is Outcome.FAIL else None
    match outcome:
        case Outcome.FAIL:
            return _blocked_on_both_sides(attempt, path, findings)
        case Outcome.PASS | Outcome.WARN:
            return _blocked_on_the_machine(attempt, path, findings)
        case Outcome.UNKNOWN:
            told = f"{_told(attempt)}; {path} could not tell: see {_suspected(attempt)} first"
            return _remark(Stand.SETTLES, told, attempt, path)
        case _:
            return None


def _gets_through(attempt: Attempt, path: str) -> CrossCheck | None:
    """A look of which nobody knows the time may be older than the rules are (D9)."""
    if not attempt.seen:
        return None
    told = (
        f"{path} sees no way to {attempt.service}, yet the machine connects ({attempt.control}): "
        f"the model is in doubt, or something was changed after {attempt.seen}"
    )
    return _remark(Stand.MODEL_DOUBT, told, attempt, path)


def _blocked_on_both_sides(attempt: Attempt, path: str, findings: ByControl) -> CrossCheck | None:
    blamed = _blamed(path, findings)
    if attempt.ended not in _SILENT:
        return None
    if attempt.is_public and _GROUPS in blamed:
        told = f"{_told(attempt)}; {path} leads it to an interface endpoint: {_OTHER_ANSWER}"
        return _remark(Stand.CONTRADICTS, told, attempt, path)
    named = ", ".join(blamed) or path
    told = f"{_told(attempt)}; so says AWS's side: {named}"
    return _remark(Stand.AGREES, told, attempt, *(blamed or (path,)))


_OTHER_ANSWER: Final = "the machine does not ask the VPC's resolver, or its hosts file answers"


def _blocked_on_the_machine(attempt: Attempt, path: str, findings: ByControl) -> CrossCheck:
    """The model sees a way, the machine does not."""
    has_endpoint = code_of(_GROUPS, findings) != _NO_ENDPOINT
    is_elsewhere = attempt.is_private and not has_endpoint
    leads_to_endpoint = outcome_of(_GROUPS, findings) in (Outcome.PASS, Outcome.WARN)
    suspect = _SUSPECTS[attempt.ended]
    if is_elsewhere:
        suspect = "wrong DNS: no interface endpoint is known to answer this name"
    elif attempt.is_public and leads_to_endpoint:
        suspect = f"wrong DNS: the name leads to an interface endpoint; {_OTHER_ANSWER}"
    told = f"the model sees a way ({path}), the machine does not: {_told(attempt)}; {suspect}"
    also = (_GROUPS,) if attempt.is_private and leads_to_endpoint else ()
    return _remark(Stand.CONTRADICTS, told, attempt, path, *also)


def _blamed(path: str, findings: ByControl) -> tuple[str, ...]:
    """The failed hops that the path's failure follows from."""
    causes = {one.partition("/")[0] for one in findings[path].caused_by}
    return tuple(sorted(one for one in causes & _HOPS if fails(one, findings)))


def _suspected(attempt: Attempt) -> str:
    if attempt.is_private:
        return f"the interface endpoint's security group ({_GROUPS})"
    if attempt.is_public:
        return "the route to a NAT or internet gateway (NET-04)"
    return "NET-02 to NET-06"


def _told(attempt: Attempt) -> str:
    """``its connections to ssm time out at 10.0.1.7, a private address, …``."""
    where = f" at {', '.join(attempt.addresses)}" if attempt.addresses else ""
    kind = ""
    if attempt.is_private:
        kind = ", a private address, as interface endpoints have"
    elif attempt.is_public:
        kind = ", a public address"
    return f"its connections to {attempt.service} {_ENDED[attempt.ended]}{where}{kind}"


def _remark(stand: Stand, told: str, attempt: Attempt, *aws: str) -> CrossCheck:
    return CrossCheck(stand, told, (attempt.control,), aws)
