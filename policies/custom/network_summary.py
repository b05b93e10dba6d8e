"""The network part of a policy's document: where an instance stands, in facts and no verdicts."""

from __future__ import annotations

from typing import Any, Final

from inventory.facts import Node, Unread
from inventory.facts.network import SecurityGroup, Subnet, Vpc, VpcEndpoint
from policies.control import Context
from policies.custom.plain import plain

#: The calls that it comes from.
NETWORK_CALLS: Final = (
    "ec2:DescribeInstances",
    SecurityGroup.call,
    Subnet.call,
    VpcEndpoint.call,
    Vpc.call,
)


def network_summary(node: Node, context: Context) -> dict[str, Any]:
    """Ids and addresses, and the VPC, subnet, security groups and endpoints around the instance.

    ``Endpoints`` are all endpoints of its VPC, whatever their state; ``Vpc``, ``Subnet`` and
    ``SecurityGroups`` are as AWS describes them. What was not read is there as its gap.
    """
    instance, place = node.instance, node.key[:2]
    interfaces = instance.network_interfaces
    addresses = [one for eni in interfaces for one in eni.private_ip_addresses]
    public = [instance.public_ip_address, *(one.public_address for one in addresses)]
    groups = [group.group_id for eni in interfaces for group in eni.groups]
    group_ids = list(dict.fromkeys(groups))
    return {
        "VpcId": instance.vpc_id or None,
        "SubnetId": instance.subnet_id or None,
        "AvailabilityZone": instance.placement.availability_zone or None,
        "PrivateIpAddress": instance.private_ip_address or None,
        "PublicIpAddresses": list(dict.fromkeys(one for one in public if one)),
        "Ipv6Addresses": [one.ipv6_address for eni in interfaces for one in eni.ipv6_addresses],
        "SecurityGroupIds": group_ids,
        "Vpc": _plain(node.region.vpcs.find(instance.vpc_id)),
        "Subnet": _plain(node.region.subnets.find(instance.subnet_id)),
        "SecurityGroups": [
            _plain(node.region.security_groups.find(group_id)) for group_id in group_ids
        ],
        "Endpoints": context.once(
            ("custom endpoints", *place, instance.vpc_id), lambda: _endpoints(node)
        ),
    }


def _plain(fact: SecurityGroup | Subnet | Vpc | Unread) -> Any:
    return fact if isinstance(fact, Unread) else plain(fact)


def _endpoints(node: Node) -> Any:
    listed = node.region.vpc_endpoints
    if isinstance(listed, Unread):
        return listed
    return [plain(one) for one in listed if one.vpc_id == node.instance.vpc_id]
