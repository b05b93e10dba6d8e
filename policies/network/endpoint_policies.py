"""NET-07: the policies of interface endpoints allow the agent's calls."""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.facts import Node
from policies.control import (
    Context,
    Control,
    Outcome,
    Severity,
    Verdict,
    not_applicable,
    undecidable,
    warned,
)
from policies.identity import CREDENTIAL_CALLS
from policies.network.asked import Asked, over_hosts
from policies.network.endpoint_verdicts import DEPENDS, through
from policies.network.hosts import PATH_SETTINGS, AgentHost
from policies.network.needs import RESOLUTION
from policies.network.paths import undecided
from policies.network.reachability import Hop, Mark, Path, Stage, Way

CONTROL = Control(
    id="NET-07",
    title="Policies of interface endpoints allow the agent's calls",
    severity=Severity.HIGH,
    category="net",
    why=(
        "An endpoint's policy limits every call that goes through it, whatever the role allows: "
        "the connection stands and the call is denied. It has to let through the agent's actions "
        "for the node's own credentials, and under Default Host Management two calls that no role "
        "of the account signs."
    ),
    remediation=(
        "Allow the agent's actions in the policy of the endpoint: aws ec2 modify-vpc-endpoint "
        "--region {region} --vpc-endpoint-id <endpoint> --policy-document <policy>"
    ),
    needs=tuple(sorted({*CREDENTIAL_CALLS, *RESOLUTION})),
    references=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
    ),
    entailed_by_online=True,
    reads=PATH_SETTINGS,
)

#: Good whichever answer a name has: nothing that it may lead to denies anything.
_NOTHING_DENIED: Final = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the policy of each endpoint that a name resolves to (EP7, R-5.5, R-2.13, D6; T-76).

    Whether the connection to the endpoint stands is for the other controls to say.
    """
    return over_hosts(node, context, _judge)


def _judge(asked: Asked) -> Verdict:
    endpoints = {
        path.endpoint.id: path.endpoint
        for path in asked.found.paths
        if path.endpoint is not None and not _of_name(path, Mark.BLOCK)
    }
    if not endpoints:
        return _without_endpoint(asked)
    verdicts = {id_: through(asked, one) for id_, one in endpoints.items()}
    return _together(asked, verdicts)


def _without_endpoint(asked: Asked) -> Verdict:
    """No endpoint answers the name for certain; it may still be unknown what does."""
    host, found = asked.host, asked.found
    if any(path.way is Way.PROXY for path in found.paths):
        reason = f"{host.name} is reached through a declared proxy, whatever endpoint that may use"
        return not_applicable("PROXY_DECLARED", reason)
    if all(path.way is Way.NOWHERE for path in found.paths):
        reason = f"{host.name} does not resolve: NET-01 judges that"
        return not_applicable("AFTER_NET_01", reason)
    unclear = [stage for path in found.paths for stage in _of_name(path, Mark.UNKNOWN)]
    if unclear:
        return _not_entailed(undecided(unclear, ()))
    told = f"{host.name} does not lead to an interface endpoint"
    return not_applicable("NO_ENDPOINT", told)


def _together(asked: Asked, verdicts: dict[str, Verdict]) -> Verdict:
    """One verdict of all endpoints that a name leads to by turns, or may lead to (4, rule 5)."""
    host, found = asked.host, asked.found
    each = list(verdicts.values())
    outcomes = {one.outcome for one in each}
    unclear = [stage for path in found.paths for stage in _of_name(path, Mark.UNKNOWN)]
    certain = not unclear and all(path.endpoint is not None for path in found.paths)
    if len(outcomes) == 1 and (certain or outcomes <= _NOTHING_DENIED):
        return each[0]
    undecided_policy = next((one for one in each if one.outcome is Outcome.UNKNOWN), None)
    if certain and found.rotation and undecided_policy is None:
        return _by_turns(host, verdicts)
    if unclear:
        return _not_entailed(undecided(unclear, each[0].evidence))
    return undecided_policy or _not_entailed(
        undecidable(
            DEPENDS,
            f"{host.name} may lead to {', '.join(verdicts)}, whose policies differ",
            *each[0].evidence,
            settled_by=f"where {host.name} leads",
        )
    )


def _by_turns(host: AgentHost, verdicts: dict[str, Verdict]) -> Verdict:
    """Connections go to all endpoints of the name in turn: some calls are denied (EP3)."""
    failing = {id_: one for id_, one in verdicts.items() if one.outcome is Outcome.FAIL}
    if not failing:
        return next(one for one in verdicts.values() if one.outcome is Outcome.WARN)
    told = "; ".join(one.reason for one in failing.values())
    others = ", ".join(id_ for id_ in verdicts if id_ not in failing)
    return warned(
        "ENDPOINT_POLICY_PARTIAL",
        f"{host.name} leads by turns to {others} and to endpoints that deny calls: {told}",
        *(quoted for one in failing.values() for quoted in one.evidence),
        remediation="\n".join(one.remediation for one in failing.values()),
    )


def _of_name(path: Path, mark: Mark) -> tuple[Stage, ...]:
    return tuple(one for one in path.stages if one.hop is Hop.NAME and one.mark is mark)


def _not_entailed(verdict: Verdict) -> Verdict:
    """A ping shows that the name leads somewhere, not to which endpoint (D9)."""
    return dataclasses.replace(verdict, entailed_by_online=False)
