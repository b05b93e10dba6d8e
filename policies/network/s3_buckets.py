"""NET-11: a path leads to the S3 buckets that the agent uses (advisory)."""

from __future__ import annotations

from inventory.facts import Evidence, NetworkInterface, Node, Unread
from inventory.facts.network import VpcEndpoint
from policies.control import Context, Control, Severity, Verdict, passed, warned
from policies.iam.evaluation import Decision
from policies.iam.undecided import told
from policies.iam.undecided import undecided as undecided_policy
from policies.identity import CREDENTIAL_CALLS
from policies.network.asked import Asked
from policies.network.endpoint_policy_repair import allow
from policies.network.hosts import SENDING_SETTINGS, AgentHost, Need, default_name
from policies.network.needs import PATH
from policies.network.paths import evidence_of, network_of, over_interfaces, undecided
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
from policies.network.s3_remedies import SERVICE, prefix_list, repair_way

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
    reads=SENDING_SETTINGS,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the way to S3 and the policies of the endpoints on it (R-4.5, R-4.6, D29, H6; T-64)."""
    return over_interfaces(node, lambda interface: _judge(node, interface, context))


def _judge(node: Node, interface: NetworkInterface, context: Context) -> Verdict:
    host = AgentHost(SERVICE, default_name(node, SERVICE), Need.ADVISORY)
    asked = Asked(node, interface, host, context, _addresses(node, context))
    found = asked.found
    evidence = evidence_of(stage for path in found.paths for stage in path.stages)
    if found.answer is Answer.NOT_REACHABLE:
        return _blocked(asked)
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
    listed = prefix_list(node)
    if listed is None:
        return PUBLIC_IPV4
    found = listed_addresses(network_of(node, context), listed.id, Family.V4, SERVICE)
    return found.addresses if found.is_known and found.addresses else PUBLIC_IPV4


def _blocked(asked: Asked) -> Verdict:
    """No way there: updates and patching fail, the node is managed all the same (R-4.5).

    A name that does not resolve counts: NET-01 speaks of the agent's own hosts only.
    """
    found = asked.found
    stages = found.blockers
    evidence = evidence_of(stage for path in found.paths for stage in path.stages)
    details = "; ".join(dict.fromkeys(stage.detail for stage in stages))
    return warned(
        stages[0].code,
        f"{asked.host.name} cannot be reached, so updates and patching fail: {details}",
        *evidence,
        remediation=repair_way(asked),
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
