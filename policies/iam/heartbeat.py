"""IAM-04: the node's identity may send the heartbeat."""

from __future__ import annotations

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
)
from policies.iam.agent_actions import HEARTBEAT, instance_arn
from policies.iam.denial import BOUNDARY, IDENTITY, other_resources
from policies.iam.evaluation import Decision, Statement
from policies.iam.permission_repair import permission_repair
from policies.iam.permissions import profile_heartbeat, role_layers
from policies.iam.profile_role import judged_role, stand_in
from policies.iam.quotes import quoted, quoted_statements
from policies.iam.undecided import told, undecided
from policies.identity import CREDENTIAL_CALLS

CONTROL = Control(
    id="IAM-04",
    title="Role may send the heartbeat of this instance",
    severity=Severity.CRITICAL,
    category="iam",
    why=(
        "A node is Online because its agent calls ssm:UpdateInstanceInformation every few minutes. "
        "The call is authorized on the instance's own ARN, so a policy that allows it on managed "
        "instances (mi-…) only does not serve an EC2 instance."
    ),
    remediation=(
        "Let the role of {instance_id} call ssm:UpdateInstanceInformation, most simply by "
        "attaching AmazonSSMManagedInstanceCore"
    ),
    needs=CREDENTIAL_CALLS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html",
    ),
    entailed_by_online=True,
    rests_on=RestsOn.IDENTITY,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the heartbeat through every layer on the instance's ARN (D1, D2, R-1.1, T-21, T-35)."""
    role = judged_role(node, context)
    if isinstance(role, Verdict):
        return role
    decision = profile_heartbeat(node, role, context)
    if decision.is_denied:
        return _denied(node, role, decision, context)
    evidence = quoted(role, decision)
    if decision.is_allowed:
        return passed("HEARTBEAT_ALLOWED", f"{role.role_name} may send the heartbeat", *evidence)
    reason = f"whether {role.role_name} may send the heartbeat depends on {told(decision.needs)}"
    return undecided("HEARTBEAT_DEPENDS", reason, decision.needs, *evidence)


def _denied(node: Node, role: Role, decision: Decision, context: Context) -> Verdict:
    elsewhere: tuple[Statement, ...] = ()
    if not decision.explicit:
        layers = role_layers(role, node.account, context)
        elsewhere = other_resources(HEARTBEAT, decision, layers)
    code, reason = _told(role, decision, elsewhere, instance_arn(node))
    evidence: tuple[Evidence, ...] = quoted_statements(role, elsewhere) or quoted(role, decision)
    instances = f"arn:{node.partition}:ec2:*:{node.account.account_id}:instance/*"
    repair = permission_repair(
        role,
        node.account,
        {HEARTBEAT: decision},
        policy_name="ssm-agent-heartbeat",
        resource=instances,
    )
    return stand_in(node, context, reason, *evidence, remediation=repair) or failed(
        code,
        reason,
        *evidence,
        blockers=(Blocker(_to_repair(role, decision), reason),),
        remediation=repair,
    )


def _told(
    role: Role, decision: Decision, elsewhere: tuple[Statement, ...], arn: str
) -> tuple[str, str]:
    name = role.role_name
    if decision.explicit:
        label = decision.deciding[0].statement.label
        return "HEARTBEAT_DENIED", f"{label} ({decision.layer}) denies {HEARTBEAT} to {name}"
    if elsewhere:
        labels = ", ".join(one.label for one in elsewhere)
        reason = f"{labels} of {name} allows {HEARTBEAT} on other resources, not on {arn}"
        return "HEARTBEAT_ON_OTHER_RESOURCES", reason
    if decision.layer == IDENTITY:
        return "HEARTBEAT_NOT_ALLOWED", f"no policy of {name} allows {HEARTBEAT}"
    if decision.layer == BOUNDARY:
        reason = f"the permissions boundary of {name} does not allow {HEARTBEAT}"
        return "HEARTBEAT_OUTSIDE_BOUNDARY", reason
    return "HEARTBEAT_DENIED", f"the {decision.layer} around {name} do not allow {HEARTBEAT}"


def _to_repair(role: Role, decision: Decision) -> str:
    if decision.layer == BOUNDARY and role.permissions_boundary is not None:
        return role.permissions_boundary.permissions_boundary_arn
    return role.arn
