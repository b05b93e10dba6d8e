"""IMDS-01: the instance metadata service is enabled."""

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

CONTROL = Control(
    id="IMDS-01",
    title="Instance metadata service is enabled and applied",
    severity=Severity.CRITICAL,
    category="imds",
    why=(
        "SSM Agent learns its instance id, Region and credentials from the instance metadata "
        "service; without it the node cannot register, not even through Default Host Management."
    ),
    remediation=(
        "aws ec2 modify-instance-metadata-options --instance-id {instance_id} --region {region} "
        "--http-endpoint enabled"
    ),
    needs=("ec2:DescribeInstances", "ssm:DescribeInstanceInformation"),
    references=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html",
    ),
    entailed_by_online=True,
    rests_on=RestsOn.MACHINE,
)


def evaluate(node: Node, _context: Context) -> Verdict:
    """Judge the instance's own MetadataOptions (R-6.1, R-6.2; T-94; account defaults are R-6.8)."""
    options = node.instance.metadata_options
    if options is None:
        return unread(
            Unread(node.instance.call, "NOT_RECORDED", f"{node.id} has no MetadataOptions")
        )
    endpoint = node.instance.evidence("MetadataOptions.HttpEndpoint")
    state = node.instance.evidence("MetadataOptions.State")
    match options.http_endpoint.casefold(), options.state.casefold():
        case "disabled", _:
            return failed(
                "IMDS_DISABLED",
                "the instance metadata service is switched off (HttpEndpoint is disabled)",
                endpoint,
                blockers=(Blocker(node.id, "MetadataOptions.HttpEndpoint is disabled"),),
            )
        case "enabled", "applied":
            return passed("IMDS_ENABLED", "HttpEndpoint is enabled and applied", endpoint, state)
        case "enabled", "pending":
            return warned(
                "IMDS_PENDING",
                "HttpEndpoint is enabled, but a change to the options is still being applied",
                endpoint,
                state,
            )
        case ("", _) | (_, ""):
            missing = "HttpEndpoint" if not options.http_endpoint else "State"
            return unread(
                Unread(node.instance.call, "NOT_RECORDED", f"MetadataOptions.{missing}"),
                evidence=(endpoint, state),
            )
        case _:
            return undecidable(
                "IMDS_STATE_UNRECOGNIZED",
                f"HttpEndpoint {options.http_endpoint!r} with State {options.state!r} is no state "
                "this version knows",
                endpoint,
                state,
                settled_by="MetadataOptions of ec2:DescribeInstances",
            )
