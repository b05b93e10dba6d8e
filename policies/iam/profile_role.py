"""Whose permissions IAM-04 to IAM-07 judge: the role in the node's instance profile (design 5)."""

from __future__ import annotations

from inventory.facts import Evidence, Node, Role
from policies.control import Context, Outcome, Verdict, not_applicable, warned
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.iam.undecided import told, undecided
from policies.identity import (
    Break,
    BrokenChain,
    ProfileChain,
    Source,
    credentials,
    profile_chain,
)


def judged_role(node: Node, context: Context) -> Role | Verdict:
    """The profile's role, or the verdict where there is none to judge.

    Not applicable where Default Host Management serves the node (D2) and where the chain leads to
    no role. A role that EC2 may not assume is judged all the same: IAM-03 says that it may not,
    and repairing the trust of a role without permissions would not help.
    """
    chain = profile_chain(node)
    if not isinstance(chain, ProfileChain | BrokenChain):
        return undecided("PROFILE_UNDECIDED", f"the role is not known: {chain}", (chain,))
    served = served_by_dhmc(node, context)
    if served is not None:
        return served
    return chain.role if isinstance(chain, ProfileChain) else no_role(chain)


def served_by_dhmc(node: Node, context: Context) -> Verdict | None:
    """Not applicable, naming the source, where the DHMC role is the effective identity (D2)."""
    source = credentials(node, context)
    if source.source is not Source.DHMC or source.role is None:
        return None
    return not_applicable("SOURCE_IS_DHMC", source.reason, source.role.evidence("RoleName"))


def no_role(chain: BrokenChain) -> Verdict:
    """Without a role there is nothing to judge; IAM-01 and IAM-02 say so."""
    if chain.where is Break.NO_PROFILE or chain.profile is None:
        return not_applicable("NO_PROFILE", f"{chain.where.value}: IAM-01 judges that")
    return not_applicable(
        "NO_ROLE", f"{chain.where.value}: IAM-02 judges that", chain.profile.evidence("Roles")
    )


def of_the_effective_role(node: Node, context: Context, verdict: Verdict) -> Verdict:
    """Keep a shortcoming of the profile's role unless DHMC may be what serves the node (D1, D2).

    Where only the profile can serve, an open question elsewhere does not excuse a definite lack.
    """
    if verdict.outcome not in (Outcome.FAIL, Outcome.WARN):
        return verdict
    if isinstance(dhmc_state(node), DhmcOff):
        return verdict
    if credentials(node, context).source is not Source.UNKNOWN:
        return verdict
    answer = stand_in(node, context, verdict.reason, *verdict.evidence, remediation="")
    return verdict if answer is None else answer


def stand_in(
    node: Node, context: Context, reason: str, *evidence: Evidence, remediation: str
) -> Verdict | None:
    """What a broken profile comes to where DHMC may serve the node; ``None``: it does not (D2)."""
    source = credentials(node, context)
    if source.source is Source.DHMC:
        told_so = f"{reason}; Default Host Management serves the node instead"
        return warned("DHMC_STANDS_IN", told_so, *evidence, remediation=remediation)
    if source.source is Source.UNKNOWN:
        return undecided(
            "DHMC_MAY_STAND_IN",
            f"{reason}; Default Host Management may stand in, which depends on "
            f"{told(source.needs)}",
            source.needs,
            *evidence,
        )
    return None
