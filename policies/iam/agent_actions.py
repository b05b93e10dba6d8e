"""What SSM Agent calls, and the resource each call is authorized on (iam.md 4, domain.md 2.1.2)."""

from __future__ import annotations

import dataclasses
from enum import Enum, StrEnum

from inventory.facts import Node, Place
from policies.reference import REGIONS_WITHOUT_EC2MESSAGES

HEARTBEAT = "ssm:UpdateInstanceInformation"
CORE_POLICY = "AmazonSSMManagedInstanceCore"
DHMC_POLICY = "AmazonSSMManagedEC2InstanceDefaultPolicy"


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
DATA_CHANNEL = tuple(one for one in AGENT_ACTIONS if one.name.endswith("DataChannel"))
FALLBACK_CHANNEL = tuple(one for one in AGENT_ACTIONS if one.tier is Tier.FALLBACK)

#: Stands for any instance of an account and Region.
_ANY_INSTANCE = "i-00000000000000000"


def has_ec2messages(region: str, without: frozenset[str] = REGIONS_WITHOUT_EC2MESSAGES) -> bool:
    """Whether the Region has the older message service at all (R-4.2)."""
    return region not in without


def instance_arn(where: Node | Place) -> str:
    """``arn:…:ec2:R:A:instance/i-…``: what EC2 nodes are authorized on (T-35)."""
    account, region, *_ = where.key
    instance_id = where.id if isinstance(where, Node) else _ANY_INSTANCE
    return f"arn:{where.partition}:ec2:{region}:{account}:instance/{instance_id}"


def resources(target: Target, where: Node | Place) -> tuple[str, ...]:
    """The ARN such a request names; two where AWS does not say which of them it is.

    Associations, documents and parameters are represented by one of AWS's own or of a new name,
    and so is the instance where the question is about a whole Region: a policy that lists the
    account's own may still cover what the node really names.
    """
    account, region, *_ = where.key
    ssm = f"arn:{where.partition}:ssm:{region}"
    match target:
        case Target.NONE:
            return ("*",)
        case Target.INSTANCE:
            return (instance_arn(where),)
        case Target.CHANNEL:
            return ("*", f"arn:{where.partition}:ssmmessages:{region}:{account}:*")
        case Target.ASSOCIATION:
            return (f"{ssm}:{account}:association/00000000-0000-0000-0000-000000000000",)
        case Target.DOCUMENT:
            return (f"{ssm}::document/AWS-RunShellScript",)
        case Target.PARAMETER:
            return (f"{ssm}:{account}:parameter/rollcall",)
