"""NET-11: a path leads to the S3 buckets that the agent uses (advisory)."""

from __future__ import annotations

from shlex import quote
from typing import Final

from inventory.facts import Evidence, NetworkInterface, Node, Unread
from inventory.facts.network import ManagedPrefixList, VpcEndpoint
from policies.assumptions import declared_proxy
from policies.control import Context, Control, Severity, Verdict, passed, warned
from policies.iam.evaluation import Decision
from policies.iam.undecided import told
from policies.iam.undecided import undecided as undecided_policy
from policies.identity import CREDENTIAL_CALLS
from policies.network.endpoint_policy_repair import allow
from policies.network.hosts import AgentHost, Need, default_name
from policies.network.needs import PATH
from policies.network.paths import evidence_of, network_of, over_interfaces, reach_host, undecided
from policies.network.reachability import (
    PUBLIC_IPV4,
    AddressSet,
    Answer,
    Family,
    Hop,
    Mark,
    Reach,
    listed_addresses,
)
from policies.network.s3_access import GET_OBJECT, buckets, may_download, s3_policy

CONTROL = Control(
    id="NET-11",
    title="A path leads to the S3 buckets that the agent uses",
    severity=Severity.LOW,
    category="net",
    why=(
        "The agent's updates, the contents of documents and patch baselines come from buckets of "
        "AWS. Without a way there a node is Online, takes commands, and fails to update and to "
        "patch. A gateway endpoint for S3 costs nothing and serves its own VPC only."
    ),
    remediation=(
        "Give the VPC of {instance_id} a gateway endpoint for S3 whose policy allows s3:GetObject "
        "on the agent's buckets, and let 443 out to its prefix list: aws ec2 create-vpc-endpoint "
        "--region {region} --vpc-id <vpc> --service-name <service> --route-table-ids <route table>"
    ),
    needs=tuple(sorted({*CREDENTIAL_CALLS, *PATH})),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
    ),
)

_SERVICE: Final = "s3"


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the way to S3 and the policies of the endpoints on it (R-4.5, R-4.6, D29, H6; T-64)."""
    return over_interfaces(node, lambda interface: _judge(node, interface, context))


def _judge(node: Node, interface: NetworkInterface, context: Context) -> Verdict:
    host = AgentHost(_SERVICE, default_name(node, _SERVICE), Need.ADVISORY)
    found = reach_host(node, interface, host, context, _addresses(node, context))
    evidence = evidence_of(stage for path in found.paths for stage in path.stages)
    if found.answer is Answer.NOT_REACHABLE:
        return _blocked(node, interface, host, found, context)
    denied, open_policy = _by_policies(node, interface, found, context)
    if denied is not None:
        return denied
    if found.answer is Answer.UNDETERMINED:
        return undecided(found.unknowns, evidence)
    if open_policy is not None:
        return open_policy
    reason = f"{host.name} can be reached: {', '.join(one.destination for one in found.paths)}"
    if found.intermittent:
        return warned("INTERMITTENT", f"{reason}, but not with every connection", *evidence)
    return passed("REACHABLE", reason, *evidence)


def _addresses(node: Node, context: Context) -> AddressSet:
    """S3's own addresses where AWS's list of them was read, else any public ones (R-4.6)."""
    listed = _prefix_list(node)
    if listed is None:
        return PUBLIC_IPV4
    found = listed_addresses(network_of(node, context), listed.id, Family.V4, _SERVICE)
    return found.addresses if found.is_known and found.addresses else PUBLIC_IPV4


def _prefix_list(node: Node) -> ManagedPrefixList | None:
    """AWS's list of S3's addresses in the Region."""
    lists = node.region.managed_prefix_lists
    if isinstance(lists, Unread):
        return None
    named = f".{node.region.name}.{_SERVICE}"
    return next((one for one in lists if one.prefix_list_name.endswith(named)), None)


def _blocked(
    node: Node,
    interface: NetworkInterface,
    host: AgentHost,
    found: Reach,
    context: Context,
) -> Verdict:
    """No way there: updates and patching fail, the node is managed all the same (R-4.5).

    A name that does not resolve counts: NET-01 speaks of the agent's own hosts only.
    """
    stages = found.blockers
    evidence = evidence_of(stage for path in found.paths for stage in path.stages)
    details = "; ".join(dict.fromkeys(stage.detail for stage in stages))
    return warned(
        stages[0].code,
        f"{host.name} cannot be reached, so updates and patching fail: {details}",
        *evidence,
        remediation=_remediation(node, interface, {stage.hop for stage in stages}, context),
    )


def _by_policies(
    node: Node, interface: NetworkInterface, found: Reach, context: Context
) -> tuple[Verdict | None, Verdict | None]:
    """The verdict that a policy on the way forces, and the one that an open policy asks for."""
    open_policy = None
    for endpoint in _endpoints(node, found, context):
        policy = s3_policy(endpoint, context)
        if policy.is_open:
            continue
        sender = interface.private_ip_address
        decisions = {
            bucket: may_download(node, sender, bucket, policy, context) for bucket in buckets(node)
        }
        denied = [bucket for bucket, one in decisions.items() if one.is_denied]
        quoted = policy.evidence(*decisions.values())
        if denied:
            return _denied(node, endpoint, denied, decisions, quoted), None
        needs = tuple(dict.fromkeys(need for one in decisions.values() for need in one.needs))
        if needs and open_policy is None:
            reason = f"whether {endpoint.id} lets {GET_OBJECT} through depends on {told(needs)}"
            open_policy = undecided_policy("S3_POLICY_DEPENDS", reason, needs, *quoted)
    return None, open_policy


def _endpoints(node: Node, found: Reach, context: Context) -> tuple[VpcEndpoint, ...]:
    """The endpoints of S3 that a path goes through, of either type."""
    network = network_of(node, context)
    through: dict[str, VpcEndpoint] = {}
    for path in found.paths:
        if path.endpoint is not None:
            through[path.endpoint.id] = path.endpoint
        for stage in path.stages:
            if stage.hop is Hop.BEYOND and stage.mark is Mark.PASS:
                endpoint = network.vpc_endpoint(stage.component)
                if not isinstance(endpoint, Unread):
                    through[endpoint.id] = endpoint
    return tuple(through.values())


def _denied(
    node: Node,
    endpoint: VpcEndpoint,
    denied: list[str],
    decisions: dict[str, Decision],
    quoted: tuple[Evidence, ...],
) -> Verdict:
    names = ", ".join(denied)
    labels = {
        match.statement.label
        for bucket in denied
        if decisions[bucket].explicit
        for match in decisions[bucket].deciding
    }
    if labels:
        label = ", ".join(sorted(labels))
        repair = f"If the Deny in {label!r} is not wanted, leave {names} out of it"
        reason = f"{label} denies {GET_OBJECT} on {names}"
    else:
        objects = [f"arn:{node.partition}:s3:::{bucket}/*" for bucket in denied]
        repair = allow(node, endpoint, [GET_OBJECT], objects)
        reason = f"the policy of {endpoint.id} does not allow {GET_OBJECT} on {names}"
    return warned("S3_POLICY_DENIES", reason, *quoted, remediation=repair)


def _remediation(node: Node, interface: NetworkInterface, hops: set[Hop], context: Context) -> str:
    """Let it out to S3's list, or give the VPC a gateway endpoint; ids are one word each."""
    if declared_proxy(node, context.parameters) is not None:
        return ""  # NET-02 to NET-04 have the commands for the way to the proxy
    region = quote(node.region.name)
    listed = _prefix_list(node)
    if hops == {Hop.EGRESS} and listed is not None and interface.groups:
        permission = "IpProtocol=tcp,FromPort=443,ToPort=443,"
        permission += f"PrefixListIds=[{{PrefixListId={listed.id}}}]"
        return (
            f"aws ec2 authorize-security-group-egress --region {region} "
            f"--group-id {quote(interface.groups[0].group_id)} --ip-permissions {quote(permission)}"
        )
    table = network_of(node, context).route_table(interface.subnet_id)
    table_id = "" if isinstance(table, Unread) else table.id
    query = quote(f"ServiceNames[?ends_with(@, '.{_SERVICE}')]")
    find = (
        f"aws ec2 describe-vpc-endpoint-services --region {region} "
        f"--filters Name=service-type,Values=Gateway --query {query} --output text"
    )
    command = (
        f"aws ec2 create-vpc-endpoint --region {region} --vpc-id {quote(interface.vpc_id)} "
        f'--service-name "$({find})"'
    )
    return f"{command} --route-table-ids {quote(table_id)}" if table_id else command
