"""NET-09: HTTPS path end to end to ssmmessages."""

from __future__ import annotations

import dataclasses

from inventory.facts import Node
from policies.control import Context, Control, RestsOn, Severity, Verdict
from policies.network import needs
from policies.network.asked import over_interfaces_to
from policies.network.end_to_end import judge
from policies.network.hosts import PATH_SETTINGS

CONTROL = Control(
    id="NET-09",
    title="HTTPS path end to end to ssmmessages",
    severity=Severity.CRITICAL,
    category="net",
    why=(
        "Sessions, and the commands of every agent that is not old, travel over the ssmmessages "
        "host. A node whose heartbeat gets through to ssm is Online without it, and takes no "
        "command."
    ),
    remediation=(
        "Repair what the chain marks with a cross; NET-01 to NET-06 judge each hop. AWS's own "
        "view: aws ssm start-automation-execution --region {region} "
        "--document-name AWSSupport-TroubleshootManagedInstance "
        "--parameters InstanceId={instance_id}"
    ),
    needs=(*needs.PATH, "ssm:GetConnectionStatus"),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html",
    ),
    reads=PATH_SETTINGS,
    rests_on=RestsOn.NETWORK,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the path of the message channel (H1, T-62).

    Online says nothing about it; an open session channel, asked for with --deep, does (D9).
    """
    verdict = over_interfaces_to(node, "ssmmessages", context, judge)
    return dataclasses.replace(verdict, entailed_by_channel=True)
