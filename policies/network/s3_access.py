"""The S3 buckets of AWS that the agent reads, and what endpoints' policies do to that (2.4.3)."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from inventory.facts.network import VpcEndpoint
from policies.control import Context
from policies.iam.endpoint_policy import EndpointPolicy, endpoint_policy
from policies.iam.evaluation import (
    ConditionKeys,
    Decision,
    Grammar,
    Open,
    Request,
    RoleSession,
    agreed,
)
from policies.iam.node_context import call_keys, through_endpoint
from policies.network.callers import identities

GET_OBJECT: Final = "s3:GetObject"
#: No role of anybody: AWS does not say which downloads the agent signs.
_NOBODY: Final = RoleSession(role_arn="", session_arn="", account="")
WHO_SIGNS: Final = Open("principal: whether the agent signs its downloads from S3")


def buckets(node: Node) -> tuple[str, ...]:
    """The buckets for the agent's updates, documents and patch baselines (2.4.3)."""
    region = node.region.name
    named = [f"amazon-ssm-{region}", f"aws-ssm-{region}", f"patch-baseline-snapshot-{region}"]
    if node.instance.is_windows:
        named.append(f"aws-windows-downloads-{region}")
    return tuple(named)


def s3_policy(endpoint: VpcEndpoint, context: Context) -> EndpointPolicy:
    """The policy of a gateway or interface endpoint of S3."""
    is_gateway = endpoint.vpc_endpoint_type.casefold() == "gateway"
    grammar = Grammar.GATEWAY_ENDPOINT if is_gateway else Grammar.INTERFACE_ENDPOINT
    return endpoint_policy(endpoint, grammar, context)


def may_download(
    node: Node, sender: str, bucket: str, policy: EndpointPolicy, context: Context
) -> Decision:
    """Whether the node may read a bucket's objects through the endpoint (R-4.6, iam.md 6).

    Asked for the node's own identities and for nobody in particular: they have to agree.
    """
    resource = (f"arn:{node.partition}:s3:::{bucket}/latest/VERSION",)
    who = context.latest("identities", node.key, lambda: identities(node, context))
    asked = [(_NOBODY, call_keys(node))]
    asked += [(one.callers[-1].session, one.callers[-1].other_keys) for one in who.each]

    def decided(session: RoleSession, keys: ConditionKeys) -> Decision:
        known = through_endpoint(keys, policy.endpoint, sender)
        return policy.decide(Request(GET_OBJECT, resource, session, known))

    return agreed((decided(*one) for one in asked), WHO_SIGNS)
