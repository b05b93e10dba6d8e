"""NODE-03: the node's ping status is Online, and the ping is fresh."""

from inventory.facts import NOT_RECORDED, ManagedNode, Node, Unread, moment
from policies.control import (
    FRESH_PING,
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    undecidable,
    unread,
    warned,
)
from policies.identity import CREDENTIAL_CALLS
from policies.node.guest_causes import console_evidence, console_word, guest_checks
from policies.node.recency import (
    age_of,
    as_of_missing,
    clocks_disagree,
    minutes,
    precedes_start,
    propagating,
    too_early,
)
from policies.node.second_reading import gone_meanwhile

CONTROL = Control(
    id="NODE-03",
    title="Ping status is Online and fresh",
    severity=Severity.CRITICAL,
    category="node",
    why=(
        "A node in Connection lost stays listed but takes no command: something that once worked "
        "broke, be it the agent, its credentials, its path or its clock."
    ),
    remediation=(
        "Repair the failed IAM, IMDS and NET controls of {instance_id} first. If there are none, "
        "look at the guest, most likely cause first: agent stopped, clock off by minutes, disk "
        "full, proxy, TLS inspection. Restart the agent: systemctl restart amazon-ssm-agent"
    ),
    needs=(*CREDENTIAL_CALLS, "ec2:DescribeInstanceStatus", "ec2:GetConsoleOutput"),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html",
    ),
    reads=("thresholds.launch_grace", "thresholds.profile_grace", *FRESH_PING),
    tells_ages=True,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge PingStatus and the age of LastPingDateTime (D13; T-01, T-09, T-10, T-18)."""
    nodes = node.region.managed_nodes
    if isinstance(nodes, Unread):
        return unread(nodes)
    row = nodes.find(node.id)
    if isinstance(row, Unread):
        return too_early(node, context) or not_applicable(
            "NOT_REGISTERED", "Systems Manager does not list it: NODE-02 judges that"
        )
    status = row.evidence("PingStatus")
    match row.ping_status.casefold():
        case "online":
            return _online(node, row, context)
        case "connectionlost" | "inactive":
            return (
                too_early(node, context)
                or propagating(node, context)
                or gone_meanwhile(node)
                or failed(
                    "CONNECTION_LOST",
                    f"ping status is {row.ping_status}{console_word(node)}",
                    status,
                    row.evidence("LastPingDateTime"),
                    *console_evidence(node),
                    blockers=(Blocker(node.id, f"its agent fell silent: {row.ping_status}"),),
                    remediation=guest_checks(node),
                )
            )
        case "":
            return unread(Unread(row.call, NOT_RECORDED, f"PingStatus of {node.id}"))
        case _:
            return undecidable(
                "PING_STATUS_UNRECOGNIZED",
                f"ping status {row.ping_status!r} is none this version knows",
                status,
                settled_by=f"PingStatus of {ManagedNode.call}",
            )


def _online(node: Node, row: ManagedNode, context: Context) -> Verdict:
    status, ping = row.evidence("PingStatus"), row.evidence("LastPingDateTime")
    if node.as_of is None:
        return as_of_missing(node)
    if moment(row.last_ping_date_time) is None:
        return unread(
            Unread(ManagedNode.call, "NOT_RECORDED", "the time of the last ping"),
            evidence=(status,),
        )
    age = age_of(row.last_ping_date_time, node, context)
    if age is None:
        return clocks_disagree(ping, context)
    if precedes_start(row, node):
        return too_early(node, context) or warned(
            "STALE_PING",
            "Online, but the last ping is from before its latest start",
            ping,
            node.instance.evidence("LaunchTime"),
        )
    if age <= context.parameters.ping_fresh:
        return passed("ONLINE", f"Online, last ping {minutes(age)} ago", status, ping)
    return warned(
        "STALE_PING",
        f"Online, but the last ping is {minutes(age)} old",
        status,
        ping,
    )
