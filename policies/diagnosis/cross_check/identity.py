"""Credentials and permissions: what the machine was refused, against what AWS's side says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from inventory.facts import Node
from policies.diagnosis.cross_check.remark import (
    ByControl,
    CrossCheck,
    Stand,
    code_of,
    fails,
    outcome_of,
)
from policies.finding import Outcome
from policies.host.readings import section_of

#: Signatures of an agent without any role, and of a role that EC2 may not assume (3.4 A, B).
_NO_ROLE: Final = {"A6": "LOG-02", "B3": "LOG-03", "B6": "LOG-03"}
_NOT_ASSUMED: Final = {"B4": "LOG-03"}
_DENIED: Final = {"B1": "LOG-03", "B2": "LOG-03"}
_TRUST_REFUSED: Final = "AssumeRoleUnauthorizedAccess".casefold()
_HOLDS: Final = (Outcome.PASS, Outcome.WARN)

#: The kinds of policy, as error texts call them, and the codes of IAM-04 that blame each.
_IDENTITY, _BOUNDARY, _SCP, _ENDPOINT = (
    "identity-based policy",
    "permissions boundary",
    "service control policy",
    "VPC endpoint policy",
)
_BLAMES: Final = {
    "HEARTBEAT_NOT_ALLOWED": (_IDENTITY,),
    "HEARTBEAT_ON_OTHER_RESOURCES": (_IDENTITY,),
    "HEARTBEAT_OUTSIDE_BOUNDARY": (_BOUNDARY,),
}
#: How the sentence of HEARTBEAT_DENIED, which may be about any of them, names each.
_NAMED: Final = {
    "identity policies": _IDENTITY,
    "permissions boundary": _BOUNDARY,
    "service control policies": _SCP,
}


def identity_remarks(node: Node, findings: ByControl) -> Iterator[CrossCheck]:
    """No role (R-6.9, A6), a trust that fails (R-1.9, B4), a heartbeat that is denied (B1, B2)."""
    without = _within(node, findings, _NO_ROLE, "NO_ROLE_IN_METADATA")
    if without:
        yield from _no_role(without, findings)
    refused = _within(node, findings, _NOT_ASSUMED, "")
    if fails("HOST-05", findings) and _is_trust_refused(node):
        refused = ("HOST-05", *refused)
    if refused:
        yield from _not_assumed(refused, findings)
    if _within(node, findings, _DENIED, ""):
        yield from _denied(node, findings)


def _within(
    node: Node, findings: ByControl, signatures: dict[str, str], code: str
) -> tuple[str, ...]:
    """The failed controls from within that tell of it: HOST-05 by its code, logs by signature."""
    told = (
        ["HOST-05"]
        if code and fails("HOST-05", findings) and (code_of("HOST-05", findings) == code)
        else []
    )
    told += [
        control
        for hit in _signatures(node)
        if (control := signatures.get(hit, "")) and fails(control, findings)
    ]
    return tuple(dict.fromkeys(told))


def _signatures(node: Node) -> tuple[str, ...]:
    log = node.host.log if node.host else None
    return tuple(one.signature for one in log.hits if one.after_success) if log else ()


def _is_trust_refused(node: Node) -> bool:
    metadata = section_of(node, "metadata")
    return metadata is not None and metadata.credentials_code.casefold() == _TRUST_REFUSED


def _no_role(within: tuple[str, ...], findings: ByControl) -> Iterator[CrossCheck]:
    lacking = tuple(one for one in ("IAM-01", "IAM-02") if fails(one, findings))
    if lacking:
        told = f"no role on either side: one cause, {', '.join(lacking)}"
        yield CrossCheck(Stand.AGREES, told, within, lacking)
    elif outcome_of("IAM-01", findings) in _HOLDS:
        told = (
            "the machine's metadata service has no role, though IAM-01 finds a profile: it was "
            "attached since, or is lost there and needs to be attached again"
        )
        yield CrossCheck(Stand.CONTRADICTS, told, within, ("IAM-01",))


def _not_assumed(within: tuple[str, ...], findings: ByControl) -> Iterator[CrossCheck]:
    match outcome_of("IAM-03", findings):
        case Outcome.FAIL:
            told = "EC2 may not assume the role, say both sides: one cause, IAM-03"
            yield CrossCheck(Stand.AGREES, told, within, ("IAM-03",))
        case Outcome.PASS | Outcome.WARN:
            told = (
                "EC2 may not assume the role, though IAM-03 finds a trust policy that lets it: the "
                "role was deleted and made again, so attach the profile anew; or the trust changed"
            )
            yield CrossCheck(Stand.CONTRADICTS, told, within, ("IAM-03",))
        case Outcome.UNKNOWN:
            told = "EC2 may not assume the role, which IAM-03 could not tell"
            yield CrossCheck(Stand.SETTLES, told, within, ("IAM-03",))
        case _:
            return


def _denied(node: Node, findings: ByControl) -> Iterator[CrossCheck]:
    """The layer that the error text names, against the one that our evaluation blames."""
    within, text = ("LOG-03",), _refusal(node)
    layer = next((one for one in (_IDENTITY, _BOUNDARY, _SCP, _ENDPOINT) if one in text), "")
    named = f"the heartbeat is denied: {text}" if text else "the heartbeat is denied"
    blamed = _blamed(findings)
    judges = "NET-07" if layer == _ENDPOINT else "IAM-04"
    if layer in blamed or (blamed and not layer):
        controls = (blamed[layer],) if layer else tuple(dict.fromkeys(blamed.values()))
        told = f"{named}; so says AWS's side: {', '.join(controls)}"
        yield CrossCheck(Stand.AGREES, told, within, controls)
    elif blamed:
        others = ", ".join(f"{control} blames the {kind}" for kind, control in blamed.items())
        told = f"{named}; {others}: the log may be older, or both stand in the way"
        yield CrossCheck(Stand.CONTRADICTS, told, within, tuple(dict.fromkeys(blamed.values())))
    elif outcome_of(judges, findings) is Outcome.UNKNOWN:
        told = f"{named}; {judges} could not tell"
        yield CrossCheck(Stand.SETTLES, told, within, (judges,))
    elif outcome_of(judges, findings) in _HOLDS:
        told = (
            f"{named}, though {judges} finds it allowed: it was changed since, or not all is read"
        )
        yield CrossCheck(Stand.CONTRADICTS, told, within, (judges,))


def _refusal(node: Node) -> str:
    """``no VPC endpoint policy allows it``; ``""`` = the text names no kind of policy (B1)."""
    log = node.host.log if node.host else None
    hits = log.hits if log else ()
    told = (one.detail for one in hits if one.signature == "B2" and one.after_success)
    return next(filter(None, told), "")


def _blamed(findings: ByControl) -> dict[str, str]:
    """Kind of policy → the control that blames it."""
    blamed: dict[str, str] = {}
    if fails("IAM-04", findings):
        verdict = findings["IAM-04"].verdict
        kinds = _BLAMES.get(verdict.code) or tuple(
            kind for words, kind in _NAMED.items() if words in verdict.reason
        )
        blamed |= dict.fromkeys(kinds, "IAM-04")
    if fails("NET-07", findings):
        blamed[_ENDPOINT] = "NET-07"
    return blamed
