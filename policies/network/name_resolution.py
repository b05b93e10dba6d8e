"""NET-01: the VPC resolves the names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from inventory.facts import Node
from policies.control import (
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from policies.network import needs
from policies.network.asked import Asked, blockers_of, over_hosts
from policies.network.hosts import PATH_SETTINGS
from policies.network.network_remedies import repair
from policies.network.paths import undecided
from policies.network.reachability import Answer, Hop, Mark, Path, Stage, Way
from policies.network.responsibility import NAMES, control_of

_ROUTE_53: Final = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide"

CONTROL = Control(
    id="NET-01",
    title="The VPC resolves the names",
    severity=Severity.CRITICAL,
    category="net",
    why=(
        "The agent knows its services by name. The VPC needs a resolver that answers, its DNS "
        "attributes on, no DNS Firewall rule against the names, and no private hosted zone that "
        "swallows them: such a zone without the record never falls through to public DNS."
    ),
    remediation=(
        "Let Amazon's resolver answer for ssm and ssmmessages in the VPC of {instance_id}: "
        "aws ec2 modify-vpc-attribute --region {region} --vpc-id <vpc> --enable-dns-support"
    ),
    needs=needs.PATH,
    references=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
        f"{_ROUTE_53}/hosted-zone-private-considerations.html",
        f"{_ROUTE_53}/resolver-dns-firewall.html",
    ),
    entailed_by_online=True,
    reads=PATH_SETTINGS,
    rests_on=RestsOn.NETWORK,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge where each name leads from the node's VPC (D21, D22, network.md 2.7, R-5.4)."""
    return over_hosts(node, context, _judge)


def _judge(asked: Asked) -> Verdict:
    paths = asked.found.paths
    evidence = asked.evidence(_of_name(paths))
    if any(path.way is Way.PROXY for path in paths):
        reason = f"{asked.host.name} is reached through a declared proxy, which resolves it"
        return not_applicable("PROXY_DECLARED", reason, *evidence)
    broken = _broken(paths)
    if broken:
        reason = "; ".join(dict.fromkeys(stage.detail for stage in broken))
        return failed(
            broken[0].code,
            f"{asked.host.name}: {reason}",
            *evidence,
            blockers=blockers_of(asked, broken),
            remediation=repair(asked, broken),
        )
    unclear = [stage for stage in _of_name(paths) if stage.mark is Mark.UNKNOWN]
    unclear += _open_ways(paths)
    if unclear:
        return undecided(unclear, evidence)
    return passed("NAMES_RESOLVE", f"{asked.host.name} leads to {_told(paths)}", *evidence)


def _broken(paths: tuple[Path, ...]) -> tuple[Stage, ...]:
    """What keeps the name from leading anywhere; nothing where one answer at least does."""
    each = [tuple(_blocks(path)) for path in paths]
    if all(each):
        return _each_once(stage for stages in each for stage in stages)
    if any(path.routing is not Answer.NOT_REACHABLE for path in paths):
        return ()
    off = (stage for stages in each for stage in stages if stage.code == "DNS_ATTRIBUTE_OFF")
    return _each_once(off)  # private DNS would be the only path (D21)


def _open_ways(paths: tuple[Path, ...]) -> list[Stage]:
    """Why it is not known whether there is another path than the private DNS that is off."""
    if not any(stage.code == "DNS_ATTRIBUTE_OFF" for path in paths for stage in path.blockers):
        return []
    if any(path.routing is Answer.REACHABLE for path in paths):
        return []
    return [stage for path in paths for stage in path.unknowns if not stage.is_filter]


def _blocks(path: Path) -> Iterator[Stage]:
    """The blocks that are this control's to judge: what an endpoint lacks is NET-05's (D24)."""
    for stage in path.blockers:
        if stage.hop is Hop.NAME and control_of(path, stage) == NAMES:
            yield stage


def _each_once(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    return tuple({(one.component, one.detail): one for one in stages}.values())


def _of_name(paths: Iterable[Path]) -> Iterator[Stage]:
    return (stage for path in paths for stage in path.stages if stage.hop is Hop.NAME)


def _told(paths: tuple[Path, ...]) -> str:
    """Where the name leads: endpoints by id, or public addresses."""
    if paths[0].way is Way.PUBLIC:
        return "public addresses"
    return ", ".join(dict.fromkeys(one.endpoint.id for one in paths if one.endpoint))
