"""IAM-07: no deprecated or look-alike managed policy is relied on."""

from __future__ import annotations

from typing import Final

from inventory.facts import Evidence, Node, Role
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    passed,
    warned,
)
from policies.iam.agent_actions import (
    AGENT_ACTIONS,
    CONTROL_CHANNEL,
    CORE_POLICY,
    DHMC_POLICY,
    FALLBACK_CHANNEL,
    AgentAction,
    Target,
    Tier,
    has_ec2messages,
    resources,
)
from policies.iam.evaluation import Decision, Layers, Request, agreed, decide, either, strictest
from policies.iam.node_context import profile_keys, role_session
from policies.iam.permissions import WHICH_RESOURCE, role_layers
from policies.iam.profile_role import judged_role, of_the_effective_role
from policies.iam.repairs import aws_policy_arn, swapped_policy
from policies.iam.undecided import told, undecided
from policies.identity import CREDENTIAL_CALLS

CONTROL = Control(
    id="IAM-07",
    title="No deprecated or look-alike managed policy is relied on",
    severity=Severity.LOW,
    category="iam",
    why=(
        "AmazonEC2RoleforSSM is deprecated and lets every node read and write every S3 bucket. "
        "Other policies sound like the right one and are not: they are made for people, for "
        "Automation or for maintenance windows, and leave a node without heartbeat or channel."
    ),
    remediation="Attach AmazonSSMManagedInstanceCore to the role of {instance_id} instead",
    needs=CREDENTIAL_CALLS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/security-iam-awsmanpol.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2RoleforSSM.html",
    ),
    rests_on=RestsOn.IDENTITY,
)

_REGISTER: Final = tuple(one for one in AGENT_ACTIONS if one.tier is Tier.REGISTER)
_DEPRECATED: Final = "service-role/AmazonEC2RoleforSSM"
#: AWS's own policies that people attach by mistake, path and name (domain.md 2.1.1).
_NOT_FOR_NODES: Final = (
    "AmazonSSMDirectoryServiceAccess",
    "AmazonSSMPatchAssociation",
    "AmazonSSMReadOnlyAccess",
    "CloudWatchAgentServerPolicy",
    "aws-service-role/AmazonSSMServiceRolePolicy",
    "service-role/AmazonSSMAutomationRole",
    "service-role/AmazonSSMMaintenanceWindowRole",
)
#: AWS's own policies that serve a node; a customer's policy of such a name is not one of them.
_FOR_NODES: Final = (
    CORE_POLICY,
    DHMC_POLICY,
    "AmazonEC2RoleforSSM",
    "AmazonSSMFullAccess",
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Match attached policies by ARN, then ask what they give (T-20, T-22; domain.md 2.1.1)."""
    role = judged_role(node, context)
    if isinstance(role, Verdict):
        return role
    return of_the_effective_role(node, context, _judged(node, role, context))


def _judged(node: Node, role: Role, context: Context) -> Verdict:
    attached = role.evidence("AttachedManagedPolicies")
    arns = [one.policy_arn for one in role.attached_managed_policies]
    not_for_nodes = {aws_policy_arn(name, node.partition) for name in _NOT_FOR_NODES}
    namesakes = [one for one in arns if _is_namesake(one, node.partition)]
    mistaken = [one for one in arns if one in not_for_nodes] + namesakes
    deprecated = aws_policy_arn(_DEPRECATED, node.partition)
    if mistaken:
        found = _mistaken(node, role, mistaken, attached, context)
        if found is not None:
            return found
    wrong = [*namesakes, *([deprecated] if deprecated in arns else [])]
    if not wrong:
        return passed("NO_LOOKALIKE", f"{role.role_name} relies on no such policy", attached)
    if deprecated in wrong:
        code, reason = "DEPRECATED_POLICY", f"{role.role_name} carries AmazonEC2RoleforSSM"
    else:
        code, reason = "LOOKALIKE_NAME", f"{', '.join(namesakes)} only bears the name of AWS's own"
    repair = swapped_policy(role, wrong, node.partition)
    return warned(code, reason, attached, remediation=repair)


def _mistaken(
    node: Node, role: Role, mistaken: list[str], attached: Evidence, context: Context
) -> Verdict | None:
    """What policies that are not for nodes come to; ``None`` where others serve the node."""
    serves = _serves(node, role, context)
    if serves.is_allowed:
        return None
    named = ", ".join(mistaken)
    if not serves.is_denied:
        reason = f"whether {role.role_name} relies on {named} depends on {told(serves.needs)}"
        return undecided("RELIANCE_DEPENDS", reason, serves.needs, attached)
    reason = f"{role.role_name} carries {named}, which does not let a node be managed"
    return failed(
        "LOOKALIKE_POLICY",
        reason,
        attached,
        blockers=(Blocker(role.arn, f"carries {named} in place of {CORE_POLICY}"),),
        remediation=swapped_policy(role, (), node.partition),
    )


def _serves(node: Node, role: Role, context: Context) -> Decision:
    """Heartbeat and a command channel by the role's own policies: what it relies on (R-1.4).

    Boundary, SCPs and endpoints are for IAM-04 and IAM-05 to judge.
    """
    own = Layers(identity=role_layers(role, node.account, context).identity)

    def given(actions: tuple[AgentAction, ...]) -> Decision:
        return strictest(_given(action, node, role, own) for action in actions)

    channel = given(CONTROL_CHANNEL)
    if has_ec2messages(node.region.name, context.parameters.regions_without_ec2messages):
        channel = either(channel, given(FALLBACK_CHANNEL))
    return strictest([given(_REGISTER), channel])


def _given(action: AgentAction, node: Node, role: Role, layers: Layers) -> Decision:
    """Whether these layers allow an action on each resource it names."""
    session = role_session(node, role)

    def on(target: Target, resource: str) -> Decision:
        keys = profile_keys(node, role, own_resource=target is Target.INSTANCE)
        return decide(Request(action.name, (resource,), session, keys), layers)

    return strictest(
        agreed((on(target, one) for one in resources(target, node)), WHICH_RESOURCE)
        for target in action.targets
    )


def _is_namesake(arn: str, partition: str) -> bool:
    """A policy of the account's own under the name of one of AWS's (T-22)."""
    own = not arn.startswith(f"arn:{partition}:iam::aws:policy/")
    return own and arn.rpartition("/")[2] in _FOR_NODES
