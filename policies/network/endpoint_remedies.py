"""Commands that give a VPC the interface endpoint it lacks, with the real ids."""

from __future__ import annotations

from inventory.facts import NetworkInterface, Node
from inventory.facts.network import VpcEndpoint
from policies.network.hosts import AgentHost
from policies.network.reachability import Stage


def create(node: Node, interface: NetworkInterface, host: AgentHost) -> str:
    """Make the endpoint. Its service name is looked up: partitions do not agree on it (D22)."""
    region = node.region.name
    find = (
        f"aws ec2 describe-vpc-endpoint-services --region {region} "
        f"--filters Name=service-type,Values=Interface "
        f"--query \"ServiceDetails[?PrivateDnsName=='{host.name}'].ServiceName\" --output text"
    )
    return (
        f"aws ec2 create-vpc-endpoint --region {region} --vpc-endpoint-type Interface "
        f"--private-dns-enabled --vpc-id {interface.vpc_id} --subnet-ids {interface.subnet_id} "
        f'--service-name "$({find})"'
    )


def extend(node: Node, endpoint: VpcEndpoint, subnet_id: str) -> str:
    """Give the endpoint an interface in the instance's subnet."""
    return (
        f"aws ec2 modify-vpc-endpoint --region {node.region.name} "
        f"--vpc-endpoint-id {endpoint.id} --add-subnet-ids {subnet_id}"
    )


def awaken(node: Node, stage: Stage) -> str:
    """Make an endpoint serve that exists and does not, by the reason why it does not."""
    region = node.region.name
    if stage.code == "DNS_ATTRIBUTE_OFF":
        return (
            f"aws ec2 modify-vpc-attribute --region {region} --vpc-id {stage.component} "
            "--enable-dns-hostnames"
        )
    if stage.code == "IPV6_ONLY_NO_AAAA":
        return (
            f"aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id {stage.component} "
            "--ip-address-type dualstack"
        )
    return (
        f"aws ec2 describe-vpc-endpoints --region {region} --vpc-endpoint-ids {stage.component} "
        "--query 'VpcEndpoints[].[State,LastError]'"
    )
