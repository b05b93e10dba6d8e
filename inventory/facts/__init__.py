"""Typed, frozen facts decoded from a snapshot, indexed for look-up. No judgement here."""

from inventory.facts.agent_lines import STARTED, AgentLine, agent_lines
from inventory.facts.association import UPDATE_DOCUMENT, StateAssociation
from inventory.facts.coverage import (
    LEFT_OUT,
    REGION_DISABLED,
    SIGN_IN_CALL,
    Coverage,
    Status,
    left_out,
)
from inventory.facts.evidence import Evidence, Fact, Unread
from inventory.facts.guardrails import OrganizationPolicy, PolicyLevel
from inventory.facts.iam import InstanceProfile, ManagedPolicy, Organization, Role
from inventory.facts.image import Image
from inventory.facts.instance import Instance, InstanceProfileAssociation, NetworkInterface
from inventory.facts.instance_status import InstanceStatus
from inventory.facts.live_probe import ConnectionStatus, ConsoleOutput
from inventory.facts.managed_node import DHMC_SETTING, ManagedNode, ServiceSetting
from inventory.facts.node import Node, Place
from inventory.facts.region import NOT_RECORDED, AccountFacts, RegionFacts
from inventory.facts.table import Table
from inventory.facts.time import Timestamp, moment

__all__ = [
    "DHMC_SETTING",
    "LEFT_OUT",
    "NOT_RECORDED",
    "REGION_DISABLED",
    "SIGN_IN_CALL",
    "STARTED",
    "UPDATE_DOCUMENT",
    "AccountFacts",
    "AgentLine",
    "ConnectionStatus",
    "ConsoleOutput",
    "Coverage",
    "Evidence",
    "Fact",
    "Image",
    "Instance",
    "InstanceProfile",
    "InstanceProfileAssociation",
    "InstanceStatus",
    "ManagedNode",
    "ManagedPolicy",
    "NetworkInterface",
    "Node",
    "Organization",
    "OrganizationPolicy",
    "Place",
    "PolicyLevel",
    "RegionFacts",
    "Role",
    "ServiceSetting",
    "StateAssociation",
    "Status",
    "Table",
    "Timestamp",
    "Unread",
    "agent_lines",
    "left_out",
    "moment",
]
