"""Which failed finding follows from which, so that one root does not shout five times (D29)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

from policies.diagnosis.order import LIVE, PREREQUISITES
from policies.finding import Finding, Outcome

_HOPS_OF_A_PATH: Final = frozenset(f"NET-0{number}" for number in range(1, 8))
_CREDENTIALS: Final = frozenset({"IAM-01", "IAM-02", "IAM-03", "IAM-04"})
_METADATA: Final = frozenset({"IMDS-01", "IMDS-02", "HOST-04"})
_NO_CREDENTIALS: Final = _METADATA | _CREDENTIALS | {"DHMC-01"}
_NO_CONNECTION: Final = _HOPS_OF_A_PATH | {"HOST-06"}

#: What the machine tells, and what explains it: AWS's side first, then what lies deeper in it.
_SEEN_FROM_WITHIN: Final[Mapping[str, frozenset[str]]] = {
    "HOST-02": frozenset({"HOST-01", "HOST-12", "HOST-15"}),
    "HOST-03": _NO_CREDENTIALS | {"HOST-01", "HOST-02", "HOST-05"},
    "HOST-04": frozenset({"IMDS-01", "IMDS-02"}),
    "HOST-05": _METADATA | {"IAM-01", "IAM-02", "IAM-03", "DHMC-01"},
    "HOST-06": frozenset({"NET-01"}),
    "HOST-07": _NO_CONNECTION,
    "HOST-08": _NO_CONNECTION | {"HOST-07", "HOST-10"},
    "HOST-09": _NO_CONNECTION | {"HOST-07", "HOST-08"},
    "HOST-13": frozenset({"NODE-06"}),
    "LOG-01": PREREQUISITES - {"LOG-01"},
    "LOG-02": _METADATA,
    "LOG-03": _NO_CREDENTIALS | {"NET-07", "HOST-05"},
    "LOG-04": _NO_CONNECTION | {"HOST-07", "HOST-08", "HOST-09", "HOST-11"},
    "LOG-05": frozenset({"NODE-06", "HOST-13"}),
    "LOG-06": frozenset({"HOST-10"}),
    "LOG-07": frozenset({"HOST-01", "HOST-02", "HOST-12"}),
}

#: A failure of the first follows from any failure of the others, whatever they name.
_FOLLOWS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(LIVE, PREREQUISITES),
    "NODE-04": PREREQUISITES | LIVE | {"IAM-05", "NET-09", "NET-10", "AGENT-01"},
    # where Default Host Management is on and broken, it is what was meant to serve these nodes
    **dict.fromkeys(_CREDENTIALS, frozenset({"DHMC-01"})),
    "DHMC-04": frozenset({"IMDS-01"}),
    **_SEEN_FROM_WITHIN,
}
#: A failure of that code follows from any failure of the others: a role that neither side has is
#: one cause, though the agent misses it at its metadata service (R-6.9, A6).
_CODE_FOLLOWS: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("LOG-02", "LOG_A6"): frozenset({"IAM-01", "IAM-02", "DHMC-01", "HOST-05"}),
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
    control = finding.control.id
    if cause.control.id in _FOLLOWS.get(control, frozenset()):
        return True
    if cause.control.id in _CODE_FOLLOWS.get((control, finding.verdict.code), frozenset()):
        return True
    if cause.control.id not in _SHARES.get(finding.control.id, frozenset()):
        return False
    return bool({*cause.verdict.blockers} & {*finding.verdict.blockers})


def _is_root(one: Finding, *, of: Finding) -> bool:
    """A VPC without a way out was meant to have endpoints, a broken way out to be used."""
    route, endpoint = (one, of) if one.control.id == "NET-04" else (of, one)
    root = endpoint if route.verdict.code == "NO_ROUTE" else route
    return root is one
