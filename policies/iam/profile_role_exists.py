"""IAM-02: the instance profile holds exactly one role, and it exists."""

from __future__ import annotations

from inventory.facts import InstanceProfile, Node
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    passed,
)
from policies.iam.profile_role import no_role, served_by_dhmc, stand_in
from policies.iam.repairs import role_into_profile
from policies.iam.undecided import undecided
from policies.identity import CREDENTIAL_CALLS, Break, BrokenChain, ProfileChain, profile_chain

CONTROL = Control(
    id="IAM-02",
    title="Instance profile holds exactly one role, and it exists",
    severity=Severity.CRITICAL,
    category="iam",
    why=(
        "An instance profile is only a container: it may hold no role at all, and then the "
        "metadata service has no credentials to give. Its name says nothing about the role's."
    ),
    remediation=(
        "Put a role into the instance profile of {instance_id}: aws iam "
        "add-role-to-instance-profile"
    ),
    needs=CREDENTIAL_CALLS,
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html",
    ),
    entailed_by_online=True,
    rests_on=RestsOn.IDENTITY,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Follow the profile to its role (R-1.6, R-1.7, D2; T-23)."""
    chain = profile_chain(node)
    if isinstance(chain, BrokenChain):
        if chain.profile is None:
            return no_role(chain)
        return _broken(node, chain, chain.profile, context)
    if not isinstance(chain, ProfileChain):
        return undecided("PROFILE_UNDECIDED", f"the role is not known: {chain}", (chain,))
    served = served_by_dhmc(node, context)
    if served is not None:
        return served
    return passed(
        "ONE_ROLE",
        f"{chain.profile.instance_profile_name} holds {chain.role.role_name}",
        chain.profile.evidence("Roles"),
        chain.role.evidence("Arn"),
    )


def _broken(node: Node, chain: BrokenChain, profile: InstanceProfile, context: Context) -> Verdict:
    evidence = profile.evidence("Roles")
    name = profile.instance_profile_name
    if chain.where is Break.NO_ROLE:
        code, reason = "PROFILE_WITHOUT_ROLE", f"{name} holds no role"
    else:
        code, reason = "ROLE_MISSING", f"{name} names {profile.roles[0].role_name}, which is gone"
    repair = role_into_profile(profile, node.partition)
    return stand_in(node, context, reason, evidence, remediation=repair) or failed(
        code,
        reason,
        evidence,
        blockers=(Blocker(profile.arn, reason),),
        remediation=repair,
    )
