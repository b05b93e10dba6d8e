"""Which failed finding follows from which, so that one root does not shout five times (D29)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

from policies.diagnosis.order import LIVE, PREREQUISITES
from policies.finding import Finding, Outcome

_HOPS_OF_A_PATH: Final = frozenset(f"NET-0{number}" for number in range(1, 8))
_CREDENTIALS: Final = frozenset({"IAM-01", "IAM-02", "IAM-03", "IAM-04"})

#: A failure of the first follows from any failure of the others, whatever they name.
_FOLLOWS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(LIVE, PREREQUISITES),
    "NODE-04": PREREQUISITES | LIVE | {"IAM-05", "NET-09", "NET-10", "AGENT-01"},
    # where Default Host Management is on and broken, it is what was meant to serve these nodes
    **dict.fromkeys(_CREDENTIALS, frozenset({"DHMC-01"})),
    "DHMC-04": frozenset({"IMDS-01"}),
}
#: A failure of the first follows from those of the others that name the same rule or route.
_SHARES: Final[Mapping[str, frozenset[str]]] = {
    "NET-08": _HOPS_OF_A_PATH,
    "NET-09": _HOPS_OF_A_PATH,
    "NET-10": _HOPS_OF_A_PATH,
    "NET-05": frozenset({"NET-01"}),
}


def with_causes(finding: Finding, others: Iterable[Finding]) -> Finding:
    """The finding with the ids of those that it follows from; unchanged where it is a root.

    ``others`` are the findings of the same node and of its account and Region.
    """
    if finding.outcome is not Outcome.FAIL:
        return finding
    failed = [one for one in others if one.outcome is Outcome.FAIL and one.id != finding.id]
    causes = tuple(sorted(one.id for one in failed if _explains(one, finding)))
    return dataclasses.replace(finding, caused_by=causes) if causes else finding


def are_alternatives(one: Finding, other: Finding) -> bool:
    """Whether a route for the one or an endpoint for the other frees the node: either will do."""
    return {one.control.id, other.control.id} == {"NET-04", "NET-05"}


def _explains(cause: Finding, finding: Finding) -> bool:
    if are_alternatives(cause, finding):
        return _is_root(cause, of=finding)
    if cause.control.id in _FOLLOWS.get(finding.control.id, frozenset()):
        return True
    if cause.control.id not in _SHARES.get(finding.control.id, frozenset()):
        return False
    return bool({*cause.verdict.blockers} & {*finding.verdict.blockers})


def _is_root(one: Finding, *, of: Finding) -> bool:
    """A VPC without a way out was meant to have endpoints, a broken way out to be used."""
    route, endpoint = (one, of) if one.control.id == "NET-04" else (of, one)
    root = endpoint if route.verdict.code == "NO_ROUTE" else route
    return root is one
