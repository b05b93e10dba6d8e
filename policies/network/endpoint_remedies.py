"""Commands that give a VPC the interface endpoint it lacks, with the real ids.

Ids come from answers and folder names: whatever they hold stays one word for the shell.
"""

from __future__ import annotations

from shlex import quote

from inventory.facts import Unread
from inventory.facts.network import VpcEndpoint
from policies.network.asked import Asked
from policies.network.reachability import Family, Stage


def create(asked: Asked) -> str:
    """Make the endpoint, with a group that admits the VPC, all of which will use it (EP4, EP6).

    Its service name is looked up: partitions do not agree on it (D22). ``""`` for a client without
    IPv4: an endpoint for it alone would take the name from all that have no IPv6 (EP11).
    """
    if asked.client.family is Family.V6:
        return ""
    region, vpc_id = _region(asked), quote(asked.interface.vpc_id)
    service = asked.host.service
    group = f"{service}_group"
    found = quote(f'ServiceDetails[?PrivateDnsName==`"{asked.host.name}"`].ServiceName')
    find = (
        f"aws ec2 describe-vpc-endpoint-services --region {region} "
        f"--filters Name=service-type,Values=Interface "
        f"--query {found} --output text"
    )
    make_group = (
        f'{group}="$(aws ec2 create-security-group --region {region} '
        f"--group-name {service}-endpoint --description {service}-endpoint --vpc-id {vpc_id} "
        '--query GroupId --output text)"'
    )
    admit = (
        f'aws ec2 authorize-security-group-ingress --region {region} --group-id "${group}" '
        f"--ip-permissions {quote(f'IpProtocol=tcp,FromPort=443,ToPort=443,{_clients(asked)}')}"
    )
    make = (
        f"aws ec2 create-vpc-endpoint --region {region} --vpc-endpoint-type Interface "
        f"--private-dns-enabled --vpc-id {vpc_id} "
        f"--subnet-ids {quote(asked.interface.subnet_id)} "
        f'--security-group-ids "${group}" --service-name "$({find})"'
    )
    return "\n".join((*_attribute(asked), make_group, admit, make))


def _clients(asked: Asked) -> str:
    """Everybody in the VPC, as the peers of a rule."""
    vpc = asked.network.vpc(asked.interface.vpc_id)
    cidrs = () if isinstance(vpc, Unread) else vpc.cidrs
    blocks = cidrs or (f"{asked.client.address}/32",)
    return f"IpRanges=[{','.join(f'{{CidrIp={one}}}' for one in blocks)}]"


def _attribute(asked: Asked) -> tuple[str, ...]:
    """Without the attribute AWS refuses private DNS (EP5)."""
    vpc_id = asked.interface.vpc_id
    attributes = asked.network.vpc_attributes(vpc_id)
    if isinstance(attributes, Unread) or attributes.enable_dns_hostnames is not False:
        return ()
    return (_host_names_on(asked, vpc_id),)


def _host_names_on(asked: Asked, vpc_id: str) -> str:
    return (
        f"aws ec2 modify-vpc-attribute --region {_region(asked)} --vpc-id {quote(vpc_id)} "
        "--enable-dns-hostnames"
    )


def extend(asked: Asked, endpoint: VpcEndpoint) -> str:
    """Give the endpoint an interface in the instance's subnet."""
    return (
        f"aws ec2 modify-vpc-endpoint --region {_region(asked)} "
        f"--vpc-endpoint-id {quote(endpoint.id)} "
        f"--add-subnet-ids {quote(asked.interface.subnet_id)}"
    )


def awaken(asked: Asked, stage: Stage) -> str:
    """Make an endpoint serve that exists and does not, by the reason why it does not."""
    region, component = _region(asked), quote(stage.component)
    if stage.code == "DNS_ATTRIBUTE_OFF":
        return _host_names_on(asked, stage.component)
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


def _region(asked: Asked) -> str:
    return quote(asked.node.region.name)
