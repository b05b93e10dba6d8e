"""The API calls that verdicts about the network can read (network.md 5.1), by what they tell."""

from __future__ import annotations

from typing import Final

#: The interface, its own addresses and groups, the agent's version.
_CLIENT: Final = ("ec2:DescribeInstances", "ssm:DescribeInstanceInformation")
#: Where a name leads (2.6, 2.7), and whose endpoints answer.
_NAMES: Final = (
    "ec2:DescribeVpcs",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeNetworkInterfaces",
    "route53:ListHostedZonesByVPC",
    "route53:ListResourceRecordSets",
    "route53profiles:ListProfileAssociations",
    "route53profiles:ListProfileResourceAssociations",
    "route53resolver:ListFirewallDomains",
    "route53resolver:ListFirewallRuleGroupAssociations",
    "route53resolver:ListFirewallRules",
    "route53resolver:ListResolverRuleAssociations",
    "route53resolver:ListResolverRules",
)
#: What security groups admit, with the lists and references in their rules (2.1).
_GROUPS: Final = (
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeManagedPrefixLists",
    "ec2:GetManagedPrefixListEntries",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeTransitGatewayVpcAttachments",
)
#: What network ACLs let through (2.2).
_ACLS: Final = ("ec2:DescribeNetworkAcls",)
#: Where routes lead, and what they lead to (2.3, 2.4, 2.5, 2.8).
_WAYS: Final = (
    "ec2:DescribeRouteTables",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeEgressOnlyInternetGateways",
    "ec2:DescribeNatGateways",
    "ec2:DescribeVpnGateways",
    "ec2:DescribeVpcBlockPublicAccessOptions",
    "ec2:DescribeVpcBlockPublicAccessExclusions",
    "ec2:DescribeVpcEncryptionControls",
    "ec2:DescribeTransitGatewayAttachments",
    "ec2:DescribeTransitGatewayRouteTables",
    "ec2:SearchTransitGatewayRoutes",
)

#: NET-01: the resolution alone.
RESOLUTION: Final = (*_CLIENT, *_NAMES)
#: NET-02: the interface's own groups, towards wherever the names lead.
EGRESS: Final = (*RESOLUTION, *_GROUPS)
#: Whatever decides about a path from end to end: a later hop is judged only where the way leads.
PATH: Final = (*EGRESS, *_ACLS, *_WAYS)
