"""IAM-03: the role's trust policy lets EC2 assume it."""

from __future__ import annotations

from inventory.facts import Evidence, Node, Role, Unread
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    warned,
)
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.iam.evaluation import ANYONE, Decision
from policies.iam.profile_role import no_role, stand_in
from policies.iam.trust import TRUST_LAYER, DoubtfulName, ec2_names, ec2_trust
from policies.iam.trust_repair import repair_command
from policies.iam.undecided import told, undecided
from policies.identity import (
    CREDENTIAL_CALLS,
    BrokenChain,
    ProfileChain,
    Source,
    credentials,
    profile_chain,
)

CONTROL = Control(
    id="IAM-03",
    title="Role trust policy lets EC2 assume it",
    severity=Severity.CRITICAL,
    category="iam",
    why=(
        "The instance gets its role's credentials only if the role trusts the EC2 service. "
        "Otherwise the metadata service answers AssumeRoleUnauthorizedAccess and the agent has "
        "nothing to sign its heartbeat with."
    ),
    remediation=(
        "Let the role of {instance_id} trust EC2: aws iam update-assume-role-policy with an Allow "
        "of sts:AssumeRole for the service principal ec2.amazonaws.com"
    ),
    needs=CREDENTIAL_CALLS,
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshoot-iam.html",
    ),
    entailed_by_online=True,
    rests_on=RestsOn.IDENTITY,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge sts:AssumeRole for EC2 on the role's trust policy (E9, D2, D7, R-1.6, R-1.9, T-33)."""
    chain = profile_chain(node)
    if isinstance(chain, BrokenChain):
        return no_role(chain)
    if not isinstance(chain, ProfileChain):
        return undecided("PROFILE_UNDECIDED", f"the role is not known: {chain}", (chain,))
    role = chain.role
    trust = ec2_trust(node, role, context)
    evidence = _evidence(role, trust)
    if trust.is_denied:
        return _denied(node, role, trust, evidence, context)
    source = credentials(node, context)
    if source.source is Source.DHMC:
        return not_applicable("SOURCE_IS_DHMC", source.reason, *evidence)
    if trust.is_allowed:
        return passed("TRUSTS_EC2", f"{role.role_name} lets EC2 assume it", *evidence)
    return _depends(node, role, trust, evidence, context)


def _denied(
    node: Node, role: Role, trust: Decision, evidence: tuple[Evidence, ...], context: Context
) -> Verdict:
    name = ec2_names(node.partition).preferred
    reason = f"the trust policy of {role.role_name} does not let {name} assume it"
    if trust.explicit:
        reason = f"{trust.deciding[0].statement.label} denies {name} to assume {role.role_name}"
    repair = repair_command(role, trust, name)
    standing_in = stand_in(node, context, reason, *evidence, remediation=repair)
    if standing_in is not None:
        return standing_in
    return failed(
        "TRUST_DENIES_EC2" if trust.explicit else "TRUST_MISSING_EC2",
        reason,
        *evidence,
        blockers=(Blocker(role.arn, reason),),
        remediation=repair,
    )


def _depends(
    node: Node, role: Role, trust: Decision, evidence: tuple[Evidence, ...], context: Context
) -> Verdict:
    if trust.needs == (ANYONE,):
        reason = (
            f"the trust policy of {role.role_name} names anyone ('*') and not EC2; "
            "AWS does not say whether that covers a service"
        )
        return undecided("TRUST_OPEN_TO_ANYONE", reason, trust.needs, *evidence)
    doubtful = [need for need in trust.needs if isinstance(need, DoubtfulName)]
    if not doubtful:
        reason = f"whether EC2 may assume {role.role_name} depends on {told(trust.needs)}"
        return undecided("TRUST_DEPENDS", reason, trust.needs, *evidence)
    code = "CN_PRINCIPAL_FORM" if node.partition == "aws-cn" else "PARTITION_PRINCIPAL_FORM"
    reason = f"{role.role_name} names EC2 in a form that may not work here: {doubtful[0]}"
    witness = _registered_with(node, role, context)
    if witness and len(doubtful) == len(trust.needs):
        seen = Evidence(
            resource=witness,
            path="InstanceId",
            value=witness,
            call="ssm:DescribeInstanceInformation",
        )
        return warned(code, f"{reason}; {witness} is registered with it", *evidence, seen)
    return undecided(code, reason, trust.needs, *evidence)


def _registered_with(node: Node, role: Role, context: Context) -> str:
    """A registered instance of the Region that can only have got here with this role (D7, D10)."""
    account, region, _ = node.key
    key = ("registered with role", account, region, role.arn)
    return context.once(key, lambda: _first_registered_with(node, role))


def _first_registered_with(node: Node, role: Role) -> str:
    registered, instances = node.region.managed_nodes, node.region.instances
    if isinstance(registered, Unread) or isinstance(instances, Unread):
        return ""
    if not isinstance(dhmc_state(node), DhmcOff):
        return ""
    for instance in instances:
        other = Node(instance, node.region, node.account, node.as_of)
        chain = profile_chain(other)
        if isinstance(chain, ProfileChain) and chain.role is role and other.id in registered:
            return other.id
    return ""


def _evidence(role: Role, trust: Decision) -> tuple[Evidence, ...]:
    """The statements that decide, each quoted; the whole document where none does."""
    quoted = tuple(
        Evidence(
            resource=role.role_name,
            path=f"AssumeRolePolicyDocument.Statement[{match.statement.index - 1}]",
            value=dict(match.statement.raw),
            call=role.call,
        )
        for match in trust.deciding
        if match.layer == TRUST_LAYER and match.statement.raw
    )
    return quoted or (role.evidence("AssumeRolePolicyDocument"),)
