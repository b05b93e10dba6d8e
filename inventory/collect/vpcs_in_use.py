"""The VPCs that hold instances, or serve those of other accounts, and what is asked about each."""

from __future__ import annotations

from typing import Any, Final

from inventory.collect.call import Answered, Request

INSTANCES: Final = "ec2.DescribeInstances"
ENDPOINTS: Final = "ec2.DescribeVpcEndpoints"


def instance_vpcs(instances: Any) -> tuple[str, ...]:
    """The VPCs that hold an instance, sorted, from a merged DescribeInstances answer.

    A terminated instance no longer names a VPC.
    """
    return tuple(
        sorted(
            {
                instance["VpcId"]
                for reservation in instances["Reservations"]
                for instance in reservation["Instances"]
                if instance.get("VpcId")
            }
        )
    )


def dns_attributes(answered: Answered) -> tuple[Request, ...]:
    """Two requests a VPC: DescribeVpcAttribute has no bulk form (spec network.md 5.1)."""
    return tuple(
        {"VpcId": vpc, "Attribute": attribute}
        for vpc in _vpcs(answered)
        for attribute in ("enableDnsSupport", "enableDnsHostnames")
    )


def hosted_zones(answered: Answered) -> tuple[Request, ...]:
    """One request a VPC: Route 53 is one service for all Regions and has to be told which.

    A zone leads spokes to a hub's endpoints, and its owner may read its records. A VPC that holds
    such endpoints is where a hub associates it (EP9).
    """
    vpcs = _endpoint_vpcs(answered) if answered.is_hub else _vpcs(answered)
    return tuple({"VPCId": vpc, "VPCRegion": answered.region} for vpc in vpcs)


def _endpoint_vpcs(answered: Answered) -> tuple[str, ...]:
    """The VPCs that hold an interface endpoint; those of gateways serve their own VPC only."""
    endpoints = answered.rows(ENDPOINTS, "VpcEndpoints")
    found = {
        one.get("VpcId")
        for one in endpoints
        if one.get("VpcEndpointType", "").casefold() == "interface"
    }
    return tuple(sorted(filter(None, found)))


def _vpcs(answered: Answered) -> tuple[str, ...]:
    instances = answered.answers.get(INSTANCES)
    return () if instances is None else instance_vpcs(instances)
