"""Commands that open a way to S3: a gateway endpoint, its prefix list, or what else is broken."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import Final

from inventory.facts import Node, Unread
from inventory.facts.network import ManagedPrefixList
from policies.assumptions import declared_proxy
from policies.network.asked import Asked
from policies.network.network_remedies import repair
from policies.network.reachability import Hop, Stage, Way

SERVICE: Final = "s3"


def prefix_list(node: Node) -> ManagedPrefixList | None:
    """AWS's list of S3's addresses in the Region; ``None`` = none was read."""
    lists = node.region.managed_prefix_lists
    if isinstance(lists, Unread):
        return None
    named = f".{node.region.name}.{SERVICE}"
    return next((one for one in lists if one.prefix_list_name.endswith(named)), None)


def repair_way(asked: Asked) -> str:
    """What opens the first way that the name may take; ids are one word each (R-4.5, R-4.6).

    Only routes that lead nowhere are mended by a gateway endpoint: it changes neither names nor
    groups nor ACLs, and nothing where an interface endpoint takes the name.
    """
    if declared_proxy(asked.node, asked.context.parameters) is not None:
        return ""  # NET-02 to NET-04 have the commands for the way to the proxy
    return "\n".join(dict.fromkeys(_commands(asked)))


def _commands(asked: Asked) -> Iterator[str]:
    path = asked.found.paths[0]
    listed = prefix_list(asked.node)
    for stage in path.blockers:
        if path.way is Way.PUBLIC and stage.hop is Hop.EGRESS and listed is not None:
            yield _let_out(asked, stage, listed)
        elif path.way is Way.PUBLIC and stage.hop is not Hop.NAME and not stage.is_filter:
            yield _gateway_endpoint(asked)
        else:
            yield from repair(asked, (stage,)).splitlines()


def _let_out(asked: Asked, stage: Stage, listed: ManagedPrefixList) -> str:
    permission = "IpProtocol=tcp,FromPort=443,ToPort=443,"
    permission += f"PrefixListIds=[{{PrefixListId={listed.id}}}]"
    return (
        f"aws ec2 authorize-security-group-egress --region {_region(asked)} "
        f"--group-id {quote(stage.component)} --ip-permissions {quote(permission)}"
    )


def _gateway_endpoint(asked: Asked) -> str:
    """Its service name is looked up: partitions do not agree on it (D22)."""
    region = _region(asked)
    table = asked.network.route_table(asked.interface.subnet_id)
    query = quote(f"ServiceNames[?ends_with(@, '.{SERVICE}')]")
    find = (
        f"aws ec2 describe-vpc-endpoint-services --region {region} "
        f"--filters Name=service-type,Values=Gateway --query {query} --output text"
    )
    command = (
        f"aws ec2 create-vpc-endpoint --region {region} --vpc-id {quote(asked.interface.vpc_id)} "
        f'--service-name "$({find})"'
    )
    return (
        command if isinstance(table, Unread) else f"{command} --route-table-ids {quote(table.id)}"
    )


def _region(asked: Asked) -> str:
    return quote(asked.node.region.name)
