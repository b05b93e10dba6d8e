"""NET-08: HTTPS path end to end to ssm."""

from __future__ import annotations

from inventory.facts import Node
from policies.control import Context, Control, RestsOn, Severity, Verdict
from policies.network import needs
from policies.network.asked import over_interfaces_to
from policies.network.end_to_end import judge
from policies.network.hosts import PATH_SETTINGS

CONTROL = Control(
    id="NET-08",
    title="HTTPS path end to end to ssm",
    severity=Severity.CRITICAL,
    category="net",
    why=(
        "The agent registers and sends its heartbeat to the ssm host. Names, groups, ACLs, routes "
        "and gateways may each be right by themselves; only the whole path, with the way back, "
        "says whether a connection comes about."
    ),
    remediation=(
        "Repair what the chain marks with a cross; NET-01 to NET-06 judge each hop. AWS's own "
        "view: aws ssm start-automation-execution --region {region} "
        "--document-name AWSSupport-TroubleshootManagedInstance "
        "--parameters InstanceId={instance_id}"
    ),
    needs=needs.PATH,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-ssm-agent.html",
    ),
    entailed_by_online=True,
    reads=PATH_SETTINGS,
    rests_on=RestsOn.NETWORK,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the path of the heartbeat, which a fresh ping proves (H1, R-5.1, D9)."""
    return over_interfaces_to(node, "ssm", context, judge)
