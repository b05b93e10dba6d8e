"""IMDS-02: the token mode of the instance metadata service works with the agent's version."""

from __future__ import annotations

from inventory.facts import Evidence, Node, Unread
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    undecidable,
    unread,
    warned,
)
from policies.dhmc.agent_version import agent_version
from policies.node.registration import spelled

CONTROL = Control(
    id="IMDS-02",
    title="Token mode of the instance metadata service works with the agent",
    severity=Severity.HIGH,
    category="imds",
    why=(
        "Where tokens are required (IMDSv2 only), an agent that does not ask for one reads "
        "nothing: no instance id, no Region, no credentials."
    ),
    remediation=(
        "Update SSM Agent on {instance_id}; until then: aws ec2 modify-instance-metadata-options "
        "--instance-id {instance_id} --region {region} --http-tokens optional"
    ),
    needs=("ec2:DescribeInstances", "ssm:DescribeInstanceInformation"),
    references=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    ),
    entailed_by_online=True,
    rests_on=RestsOn.MACHINE,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge HttpTokens against the version (D16, R-6.3; T-90, T-91); hop limits fail no host."""
    options = node.instance.metadata_options
    if options is None:
        return unread(
            Unread(node.instance.call, "NOT_RECORDED", f"{node.id} has no MetadataOptions")
        )
    tokens = node.instance.evidence("MetadataOptions.HttpTokens")
    if options.http_endpoint.casefold() == "disabled":
        return not_applicable(
            "IMDS_DISABLED",
            "the service is switched off: IMDS-01 judges that",
            node.instance.evidence("MetadataOptions.HttpEndpoint"),
        )
    match options.http_tokens.casefold():
        case "optional":
            return passed("TOKENS_OPTIONAL", "tokens are optional, which suits any agent", tokens)
        case "required":
            return _required(node, context, tokens)
        case "":
            gap = Unread(node.instance.call, "NOT_RECORDED", "MetadataOptions.HttpTokens")
            return unread(gap, evidence=(tokens,))
        case _:
            return undecidable(
                "TOKENS_UNRECOGNIZED",
                f"HttpTokens {options.http_tokens!r} is no value this version knows",
                tokens,
                settled_by="MetadataOptions of ec2:DescribeInstances",
            )


def _required(node: Node, context: Context, tokens: Evidence) -> Verdict:
    """A version that nobody knows is a warning: few agents are that old (D16)."""
    row = node.region.managed_nodes.find(node.id)
    if isinstance(row, Unread) and not row.has_vanished:
        return unread(row, evidence=(tokens,))
    version = None if isinstance(row, Unread) else agent_version(row.agent_version)
    seen = (tokens,) if isinstance(row, Unread) else (tokens, row.evidence("AgentVersion"))
    needed = context.parameters.agent_releases.imdsv2
    if version is None:
        return warned(
            "TOKENS_REQUIRED",
            f"tokens are required; agents before {spelled(needed)} cannot ask for one, and the "
            "version of this one is not known",
            *seen,
        )
    if version < needed:
        return failed(
            "AGENT_WITHOUT_TOKENS",
            f"tokens are required, and agent {spelled(version)} cannot ask for one "
            f"({spelled(needed)} and later do)",
            *seen,
            blockers=(Blocker(node.id, "its SSM Agent is too old for IMDSv2"),),
        )
    return passed("TOKENS_SUPPORTED", f"agent {spelled(version)} asks for tokens", *seen)
