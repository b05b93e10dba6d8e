"""DHMC-04: a node that uses Default Host Management has an instance metadata service with v2."""

from __future__ import annotations

from inventory.facts import Node, Unread
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    passed,
    undecidable,
    unread,
    warned,
)
from policies.dhmc.served_node import served_node
from policies.identity import CREDENTIAL_CALLS

CONTROL = Control(
    id="DHMC-04",
    title="Instance metadata service gives Default Host Management its identity",
    severity=Severity.CRITICAL,
    category="dhmc",
    why=(
        "An agent proves to Default Host Management which instance it is with the identity that "
        "the instance metadata service gives it, and asks for that by IMDSv2."
    ),
    remediation=(
        "aws ec2 modify-instance-metadata-options --instance-id {instance_id} --region {region} "
        "--http-endpoint enabled"
    ),
    needs=CREDENTIAL_CALLS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html",
    ),
    entailed_by_online=True,
    rests_on=RestsOn.IDENTITY,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge MetadataOptions: v2 has to work, v1 need not be off (D5, R-2.8, R-6.2; T-31)."""
    served = served_node(node, context)
    if isinstance(served, Verdict):
        return served
    options = node.instance.metadata_options
    if options is None:
        return unread(
            Unread(node.instance.call, "NOT_RECORDED", f"{node.id} has no MetadataOptions")
        )
    seen = tuple(
        node.instance.evidence(f"MetadataOptions.{name}")
        for name in ("HttpEndpoint", "HttpTokens", "State")
    )
    match (
        options.http_endpoint.casefold(),
        options.http_tokens.casefold(),
        options.state.casefold(),
    ):
        case "disabled", _, _:
            return failed(
                "IMDS_DISABLED",
                "the instance metadata service is switched off, so DHMC cannot serve the node",
                *seen,
                blockers=(Blocker(node.id, "MetadataOptions.HttpEndpoint is disabled"),),
            )
        case "enabled", "optional" | "required", "applied":
            return passed("IMDSV2_WORKS", "the instance metadata service answers IMDSv2", *seen)
        case "enabled", "optional" | "required", "pending":
            return warned(
                "IMDS_PENDING", "a change to the metadata options is still being applied", *seen
            )
        case ("", _, _) | (_, "", _) | (_, _, ""):
            gap = Unread(node.instance.call, "NOT_RECORDED", "all of MetadataOptions")
            return unread(gap, evidence=seen)
    return undecidable(
        "IMDS_STATE_UNRECOGNIZED",
        f"HttpEndpoint {options.http_endpoint!r}, HttpTokens {options.http_tokens!r} with State "
        f"{options.state!r} is no state this version knows",
        *seen,
        settled_by="MetadataOptions of ec2:DescribeInstances",
    )
