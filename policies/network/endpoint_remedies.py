"""Commands that give a VPC the interface endpoint it lacks, with the real ids.

Ids come from answers and folder names: whatever they hold stays one word for the shell.
"""

from __future__ import annotations

from shlex import quote

from inventory.facts import NetworkInterface, Node
from inventory.facts.network import VpcEndpoint
from policies.network.hosts import AgentHost
from policies.network.reachability import Stage


def create(node: Node, interface: NetworkInterface, host: AgentHost) -> str:
    """Make the endpoint. Its service name is looked up: partitions do not agree on it (D22)."""
    region = quote(node.region.name)
    found = quote(f'ServiceDetails[?PrivateDnsName==`"{host.name}"`].ServiceName')
    find = (
        f"aws ec2 describe-vpc-endpoint-services --region {region} "
        f"--filters Name=service-type,Values=Interface "
        f"--query {found} --output text"
    )
    return (
        f"aws ec2 create-vpc-endpoint --region {region} --vpc-endpoint-type Interface "
        f"--private-dns-enabled --vpc-id {quote(interface.vpc_id)} "
        f"--subnet-ids {quote(interface.subnet_id)} "
        f'--service-name "$({find})"'
    )


def extend(node: Node, endpoint: VpcEndpoint, subnet_id: str) -> str:
    """Give the endpoint an interface in the instance's subnet."""
    return (
        f"aws ec2 modify-vpc-endpoint --region {quote(node.region.name)} "
        f"--vpc-endpoint-id {quote(endpoint.id)} --add-subnet-ids {quote(subnet_id)}"
    )


def awaken(node: Node, stage: Stage) -> str:
    """Make an endpoint serve that exists and does not, by the reason why it does not."""
    region, component = quote(node.region.name), quote(stage.component)
    if stage.code == "DNS_ATTRIBUTE_OFF":
        return (
            f"aws ec2 modify-vpc-attribute --region {region} --vpc-id {component} "
            "--enable-dns-hostnames"
        )
    if stage.code == "ENDPOINT_NO_PRIVATE_DNS":
        return (
            f"aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id {component} "
            "--private-dns-enabled"
        )
    if stage.code == "ENDPOINT_NO_PRIVATE_DNS":
        return (
            f"aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id {component} "
            "--private-dns-enabled"
        )
    if stage.code == "IPV6_ONLY_NO_AAAA":
        return (
            f"aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id {component} "
            "--ip-address-type dualstack"
        )
    return (
        f"aws ec2 describe-vpc-endpoints --region {region} --vpc-endpoint-ids {component} "
        "--query 'VpcEndpoints[].[State,LastError]'"
    )
