"""What SSM Agent calls, and the resource each call is authorized on (iam.md 4, domain.md 2.1.2)."""

from __future__ import annotations

import dataclasses
from enum import Enum, StrEnum

from inventory.facts import Node

HEARTBEAT = "ssm:UpdateInstanceInformation"
CORE_POLICY = "AmazonSSMManagedInstanceCore"


class Tier(StrEnum):
    """What a node loses when an action is missing."""

    REGISTER = "register"
    CHANNEL = "sessions and commands"
    FALLBACK = "commands without ssmmessages"
    STATE_MANAGER = "State Manager"
    DOCUMENTS = "documents"
    PARAMETERS = "parameters"
    REPORTS = "inventory, packages and patching"
    DHMC = "Default Host Management"


class Target(Enum):
    """The kind of resource a request names."""

    #: No resource type: the request's resource is ``*``.
    NONE = "*"
    INSTANCE = "instance"
    #: The reference lists none, live errors name an ARN: both are asked (iam.md 4).
    CHANNEL = "channel"
    ASSOCIATION = "association"
    DOCUMENT = "document"
    PARAMETER = "parameter"


@dataclasses.dataclass(frozen=True)
class AgentAction:
    """An action and the resources of its request, all of which have to be allowed."""

    name: str
    tier: Tier
    targets: tuple[Target, ...] = (Target.NONE,)


_INSTANCE = (Target.INSTANCE,)

#: The 25 actions of AmazonSSMManagedInstanceCore, version 2.
AGENT_ACTIONS = (
    AgentAction(HEARTBEAT, Tier.REGISTER, _INSTANCE),
    AgentAction("ssmmessages:CreateControlChannel", Tier.CHANNEL, (Target.CHANNEL,)),
    AgentAction("ssmmessages:OpenControlChannel", Tier.CHANNEL, (Target.CHANNEL,)),
    AgentAction("ssmmessages:CreateDataChannel", Tier.CHANNEL, (Target.CHANNEL,)),
    AgentAction("ssmmessages:OpenDataChannel", Tier.CHANNEL, (Target.CHANNEL,)),
    AgentAction("ec2messages:AcknowledgeMessage", Tier.FALLBACK),
    AgentAction("ec2messages:DeleteMessage", Tier.FALLBACK),
    AgentAction("ec2messages:FailMessage", Tier.FALLBACK),
    AgentAction("ec2messages:GetEndpoint", Tier.FALLBACK),
    AgentAction("ec2messages:GetMessages", Tier.FALLBACK),
    AgentAction("ec2messages:SendReply", Tier.FALLBACK),
    AgentAction("ssm:ListAssociations", Tier.STATE_MANAGER),
    AgentAction("ssm:ListInstanceAssociations", Tier.STATE_MANAGER, _INSTANCE),
    AgentAction("ssm:DescribeAssociation", Tier.STATE_MANAGER, (Target.ASSOCIATION,)),
    AgentAction(
        "ssm:UpdateInstanceAssociationStatus",
        Tier.STATE_MANAGER,
        (Target.ASSOCIATION, Target.INSTANCE),
    ),
    AgentAction(
        "ssm:UpdateAssociationStatus", Tier.STATE_MANAGER, (Target.DOCUMENT, Target.INSTANCE)
    ),
    AgentAction("ssm:GetDocument", Tier.DOCUMENTS, (Target.DOCUMENT,)),
    AgentAction("ssm:DescribeDocument", Tier.DOCUMENTS, (Target.DOCUMENT,)),
    AgentAction("ssm:GetParameter", Tier.PARAMETERS, (Target.PARAMETER,)),
    AgentAction("ssm:GetParameters", Tier.PARAMETERS, (Target.PARAMETER,)),
    AgentAction("ssm:PutComplianceItems", Tier.REPORTS, _INSTANCE),
    AgentAction("ssm:PutInventory", Tier.REPORTS),
    AgentAction("ssm:GetManifest", Tier.REPORTS),
    AgentAction("ssm:PutConfigurePackageResult", Tier.REPORTS),
    AgentAction("ssm:GetDeployablePatchSnapshotForInstance", Tier.REPORTS),
)

#: What DHMC adds, called by the instance identity role and not by any role of the account.
DHMC_ACTIONS = (
    AgentAction("ssm:RegisterManagedInstance", Tier.DHMC),
    AgentAction("ssm:RequestManagedInstanceRoleToken", Tier.DHMC),
)

#: The control channel carries commands; the data channels only sessions (domain.md 2.1.2, R-1.4).
CONTROL_CHANNEL = tuple(one for one in AGENT_ACTIONS if one.name.endswith("ControlChannel"))
FALLBACK_CHANNEL = tuple(one for one in AGENT_ACTIONS if one.tier is Tier.FALLBACK)

#: Regions without the ec2messages service (R-4.2).
_WITHOUT_EC2MESSAGES = frozenset(
    {
        "ap-east-2",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "eusc-de-east-1",
        "mx-central-1",
    }
)


def has_ec2messages(region: str) -> bool:
    """Whether the Region has the older message service at all (R-4.2)."""
    return region not in _WITHOUT_EC2MESSAGES


def instance_arn(node: Node) -> str:
    """``arn:…:ec2:R:A:instance/i-…``: what EC2 nodes are authorized on (T-35)."""
    account, region, instance_id = node.key
    return f"arn:{node.partition}:ec2:{region}:{account}:instance/{instance_id}"


def resources(target: Target, node: Node) -> tuple[str, ...]:
    """The ARN such a request names; two where AWS does not say which of them it is.

    Associations, documents and parameters are represented by one of AWS's own or of a new name:
    a policy that lists the account's own may still cover what the node really reads.
    """
    account, region, _ = node.key
    ssm = f"arn:{node.partition}:ssm:{region}"
    named = {
        Target.NONE: ("*",),
        Target.INSTANCE: (instance_arn(node),),
        Target.CHANNEL: ("*", f"arn:{node.partition}:ssmmessages:{region}:{account}:*"),
        Target.ASSOCIATION: (f"{ssm}:{account}:association/00000000-0000-0000-0000-000000000000",),
        Target.DOCUMENT: (f"{ssm}::document/AWS-RunShellScript",),
        Target.PARAMETER: (f"{ssm}:{account}:parameter/rollcall",),
    }
    return named[target]
