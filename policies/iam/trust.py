"""Whether a service may assume a role: the trust policy alone decides, and RCPs (E9)."""

from __future__ import annotations

import dataclasses

from inventory.facts import NOT_RECORDED, Node, Place, Role, Unread
from policies.assumptions import where_witnessed
from policies.control import Context
from policies.iam.evaluation import (
    Answer,
    Decision,
    Grammar,
    Layer,
    Layers,
    Open,
    Request,
    Service,
    decide,
    parse,
)
from policies.iam.guardrails import rcps
from policies.iam.node_context import trust_keys

ASSUME_ROLE = "sts:AssumeRole"
TRUST_LAYER = "trust policy"
SYSTEMS_MANAGER = "ssm.amazonaws.com"
_EC2 = "ec2.amazonaws.com"


@dataclasses.dataclass(frozen=True)
class PrincipalNames:
    """EC2's names in a partition: ``sure`` ones work, of ``doubtful`` ones nobody says so."""

    sure: tuple[str, ...]
    doubtful: tuple[str, ...] = ()

    @property
    def preferred(self) -> str:
        """The name to write into a trust policy."""
        return (*self.sure, *self.doubtful)[0]


#: D7 and iam.md 2, Principals; partitions that are not listed use the plain name.
_NAMES = {
    "aws-cn": PrincipalNames((f"{_EC2}.cn",), (_EC2,)),
    "aws-iso": PrincipalNames((_EC2,), ("ec2.c2s.ic.gov",)),
    "aws-iso-b": PrincipalNames((_EC2,), ("ec2.sc2s.sgov.gov",)),
    "aws-eusc": PrincipalNames((), (_EC2, "ec2.amazonaws.eu")),
}


@dataclasses.dataclass(frozen=True)
class DoubtfulName(Open):
    """The trust names EC2 in a form of which nobody says whether it works in this partition."""


def ec2_names(partition: str) -> PrincipalNames:
    """EC2's service principal in a partition (D7, R-1.10)."""
    return _NAMES.get(partition, PrincipalNames((_EC2,)))


def ec2_trust(node: Node, role: Role, context: Context) -> Decision:
    """Whether EC2 may assume the role; a doubtful name of EC2 alone makes it depend (D7)."""
    names = ec2_names(node.partition)
    sure = [service_trust(name, node, role, context) for name in names.sure]
    allowed = next((one for one in sure if one.is_allowed), None)
    if allowed is not None:
        return allowed
    for name in names.doubtful:
        decision = service_trust(name, node, role, context)
        if not decision.is_denied:
            form = DoubtfulName(f"principal:{name} in {node.partition}")
            return Decision(Answer.DEPENDS, decision.deciding, needs=(form, *decision.needs))
    return sure[0] if sure else service_trust(names.preferred, node, role, context)


def service_trust(service: str, where: Node | Place, role: Role, context: Context) -> Decision:
    """Whether the trust policy lets a service assume the role."""
    key = ("trust", where.account.account_id, role.arn, service, where.as_of)
    return context.once(key, lambda: _service_trust(service, where, role, context))


def _service_trust(service: str, where: Node | Place, role: Role, context: Context) -> Decision:
    raw = role.assume_role_policy_document
    if raw is None:
        gap = Unread(Role.call, NOT_RECORDED, f"{role.role_name}: AssumeRolePolicyDocument")
        trust = Layer.not_read(TRUST_LAYER, gap)
    else:
        name = f"trust policy of {role.role_name}"
        trust = Layer(TRUST_LAYER, (parse(raw, name=name, grammar=Grammar.TRUST),))
    request = Request(ASSUME_ROLE, (role.arn,), Service(service), trust_keys(where))
    around = where_witnessed(rcps(where.account), context)
    return decide(request, Layers(resource=trust, rcps=around))
