"""Commands that make a name resolve, by the reason why it does not, with the real ids."""

from __future__ import annotations

from shlex import quote
from typing import Any, Final

from policies.network.asked import Asked
from policies.network.reachability import Stage

#: A rule that has no readable priority is taken for the last one that AWS accepts.
_LAST_PRIORITY: Final = 9900
#: What the commands call the domain list and the rule that they make.
_LIST: Final = "systems-manager"


def hand_out_servers(asked: Asked, stage: Stage) -> str:
    """Give the VPC a DHCP option set with Amazon's resolver."""
    region = _region(asked)
    create = (
        f"aws ec2 create-dhcp-options --region {region} "
        "--dhcp-configurations Key=domain-name-servers,Values=AmazonProvidedDNS "
        "--query DhcpOptions.DhcpOptionsId --output text"
    )
    return (
        f"aws ec2 associate-dhcp-options --region {region} --vpc-id {quote(stage.component)} "
        f'--dhcp-options-id "$({create})"'
    )


def let_zone_go(asked: Asked, stage: Stage) -> str:
    """Take the zone off the VPC; or give it the records it lacks, which only its owner knows."""
    where = quote(f"VPCRegion={asked.node.region.name},VPCId={asked.interface.vpc_id}")
    return (
        f"aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id {quote(stage.component)} "
        f"--vpc {where}"
    )


def let_through_firewall(asked: Asked, stage: Stage) -> str:
    """Allow the Region's AWS names in the rule group, before the rule that blocks one of them."""
    resolver = f"aws route53resolver --region {_region(asked)}"
    blocking: Any = stage.evidence[0].value.get("Priority")
    before = (blocking if isinstance(blocking, int) else _LAST_PRIORITY) - 1
    domain = quote(f"*.{asked.host.name.partition('.')[2]}")
    create = (
        f"{resolver} create-firewall-domain-list --name {_LIST} "
        "--query FirewallDomainList.Id --output text"
    )
    fill = (
        f'{resolver} update-firewall-domains --firewall-domain-list-id "$list" '
        f"--operation ADD --domains {domain}"
    )
    allow = (
        f"{resolver} create-firewall-rule --firewall-rule-group-id {quote(stage.component)} "
        f'--firewall-domain-list-id "$list" --priority {before} --action ALLOW --name {_LIST}'
    )
    return f"list=$({create})\n{fill}\n{allow}"


def let_ask(asked: Asked, stage: Stage) -> str:
    """Let queries out of the group that keeps them in; other components have no one command."""
    if not stage.component.startswith("sg-"):
        return ""
    return "\n".join(
        f"aws ec2 authorize-security-group-egress --region {_region(asked)} "
        f"--group-id {quote(stage.component)} --ip-permissions "
        f"'IpProtocol={protocol},FromPort=53,ToPort=53,IpRanges=[{{CidrIp=0.0.0.0/0}}]'"
        for protocol in ("udp", "tcp")
    )


def _region(asked: Asked) -> str:
    return quote(asked.node.region.name)
