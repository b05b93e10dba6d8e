"""What a role may do: its policies as layers, and the agent's requests put to them."""

from __future__ import annotations

import dataclasses

from inventory.facts import NOT_RECORDED, AccountFacts, ManagedPolicy, Node, Role, Unread
from inventory.facts.network import VpcEndpoint
from policies.assumptions import where_assumed, where_witnessed
from policies.control import Context
from policies.iam.agent_actions import (
    CONTROL_CHANNEL,
    FALLBACK_CHANNEL,
    HEARTBEAT,
    AgentAction,
    Target,
    has_ec2messages,
    instance_arn,
    resources,
)
from policies.iam.evaluation import (
    Decision,
    Grammar,
    Layer,
    Layers,
    Open,
    Policy,
    Request,
    agreed,
    decide,
    either,
    parse,
    strictest,
)
from policies.iam.guardrails import scp_levels
from policies.iam.node_context import dhmc_keys, profile_keys, role_session

WHICH_RESOURCE = Open("request:resource")


def role_layers(role: Role, account: AccountFacts, context: Context) -> Layers:
    """Identity policies, boundary and SCPs of a role, compiled once per account and role."""
    key = ("role layers", account.account_id, role.arn)
    return context.once(key, lambda: _role_layers(role, account, context))


def profile_heartbeat(node: Node, role: Role, context: Context) -> Decision:
    """Whether the profile's role may send the heartbeat on this instance (D1, iam.md 5, T-35).

    An ssm endpoint whose policy answers differently leaves it open: which way the call goes is
    for the network to say.
    """
    key = ("profile heartbeat", node.key, role.arn)
    return context.once(key, lambda: _profile_heartbeat(node, role, context))


def dhmc_heartbeat(node: Node, role: Role, context: Context) -> Decision:
    """Whether the DHMC role may send the heartbeat on this instance (D1, R-2.9)."""
    request = Request(
        HEARTBEAT,
        (instance_arn(node),),
        role_session(node, role),
        dhmc_keys(node, role, own_resource=True),
    )
    return decide(request, role_layers(role, node.account, context))


def command_channel(node: Node, role: Role, context: Context) -> Decision:
    """Whether the profile's role may open a command channel (R-1.4, R-4.2, D17).

    ssmmessages' control channel or, where the Region has it, all of ec2messages.
    """

    def asked(actions: tuple[AgentAction, ...]) -> Decision:
        return strictest(profile_may(action, node, role, context) for action in actions)

    preferred = asked(CONTROL_CHANNEL)
    without = context.parameters.regions_without_ec2messages
    if preferred.is_allowed or not has_ec2messages(node.region.name, without):
        return preferred
    return either(preferred, asked(FALLBACK_CHANNEL))


def profile_may(action: AgentAction, node: Node, role: Role, context: Context) -> Decision:
    """One of the agent's actions with the profile's credentials, on each resource it names."""
    key = (node.key, role.arn)
    caller = context.latest("profile caller", key, lambda: _ProfileCaller(node, role, context))
    return strictest(
        agreed(caller.decisions(action, target), WHICH_RESOURCE) for target in action.targets
    )


def heartbeat_policies(node: Node, role: Role, context: Context) -> tuple[Policy, ...]:
    """The identity policies that would allow the heartbeat each by itself."""
    identity = role_layers(role, node.account, context).identity
    request = _profile_request(node, role)
    if identity is None:
        return ()
    return tuple(
        policy
        for policy in identity.policies
        if decide(request, Layers(identity=Layer(policy.name, (policy,)))).is_allowed
    )


class _ProfileCaller:
    """Who sends a node's requests, with the keys they carry: the same for all its actions."""

    def __init__(self, node: Node, role: Role, context: Context) -> None:
        self._node = node
        self._session = role_session(node, role)
        self._layers = role_layers(role, node.account, context)
        self._own_keys = profile_keys(node, role, own_resource=True)
        self._other_keys = profile_keys(node, role, own_resource=False)
        self._resources: dict[Target, tuple[str, ...]] = {}

    def decisions(self, action: AgentAction, target: Target) -> tuple[Decision, ...]:
        """The action on each resource that may stand for the target."""
        if target not in self._resources:
            self._resources[target] = resources(target, self._node)
        keys = self._own_keys if target is Target.INSTANCE else self._other_keys
        return tuple(
            decide(Request(action.name, (resource,), self._session, keys), self._layers)
            for resource in self._resources[target]
        )


def _role_layers(role: Role, account: AccountFacts, context: Context) -> Layers:
    policies: list[Policy] = []
    unread: list[Unread] = [*role.unread]
    for inline in role.role_policy_list:
        name = f"inline policy {inline.policy_name}"
        if inline.policy_document is None:
            unread.append(Unread(Role.call, NOT_RECORDED, f"{role.role_name}: {name}"))
        else:
            policies.append(parse(inline.policy_document, name=name, grammar=Grammar.IDENTITY))
    for attached in role.attached_managed_policies:
        managed = _managed_policy(attached.policy_arn, account, context)
        if isinstance(managed, Unread):
            unread.append(managed)
        else:
            policies.append(managed)
    return Layers(
        identity=Layer("identity policies", tuple(policies), tuple(unread)),
        boundary=_boundary(role, account, context),
        scps=where_assumed(scp_levels(account, role), context),
    )


def _boundary(role: Role, account: AccountFacts, context: Context) -> Layer | None:
    name = "permissions boundary"
    if role.permissions_boundary is None:
        return None
    policy = _managed_policy(role.permissions_boundary.permissions_boundary_arn, account, context)
    return Layer.not_read(name, policy) if isinstance(policy, Unread) else Layer(name, (policy,))


def _managed_policy(arn: str, account: AccountFacts, context: Context) -> Policy | Unread:
    key = ("managed policy", account.account_id, arn)
    return context.once(key, lambda: _compiled(account.managed_policies.find(arn)))


def _compiled(found: ManagedPolicy | Unread) -> Policy | Unread:
    if isinstance(found, Unread):
        return found
    if found.document is None:
        return Unread(ManagedPolicy.call, NOT_RECORDED, f"{found.arn} has no version in force")
    return parse(found.document, name=found.arn, grammar=Grammar.IDENTITY)


def _profile_request(node: Node, role: Role) -> Request:
    return Request(
        HEARTBEAT,
        (instance_arn(node),),
        role_session(node, role),
        profile_keys(node, role, own_resource=True),
    )


def _profile_heartbeat(node: Node, role: Role, context: Context) -> Decision:
    request = _profile_request(node, role)
    layers = role_layers(role, node.account, context)
    layers = dataclasses.replace(layers, scps=where_witnessed(layers.scps, context))
    plain = decide(request, layers)
    if plain.is_denied:
        return plain

    def through(endpoint: Layer) -> Decision:
        return decide(request, dataclasses.replace(layers, endpoint=endpoint))

    account, region, _ = node.key
    key = ("ssm endpoint policies", account, region, node.instance.vpc_id)
    endpoints = context.once(key, lambda: _ssm_endpoints(node))
    if isinstance(endpoints, Unread):
        return through(Layer.not_read("ssm endpoint policy", endpoints))
    answers = [plain, *map(through, endpoints)]
    names = ", ".join(endpoint.name for endpoint in endpoints)
    return agreed(answers, Open(f"request:path, whether it leads through {names}"))


def _ssm_endpoints(node: Node) -> tuple[Layer, ...] | Unread:
    """The policies of the ssm endpoints that may serve the instance by private DNS (D1, D22)."""
    endpoints = node.region.vpc_endpoints
    if isinstance(endpoints, Unread):
        return endpoints
    vpc = node.region.vpcs.find(node.instance.vpc_id)
    if not isinstance(vpc, Unread) and vpc.owner_id not in ("", node.account.account_id):
        # A participant does not see the endpoints of a shared VPC (SH1, R-1.11).
        owner = f"{vpc.id} belongs to account {vpc.owner_id}"
        return Unread(VpcEndpoint.call, "OWNER_NOT_COLLECTED", owner)
    return tuple(
        Layer(
            f"endpoint policy of {one.id}",
            (parse(one.policy_document, name=one.id, grammar=Grammar.INTERFACE_ENDPOINT),),
        )
        for one in endpoints
        if one.vpc_id == node.instance.vpc_id
        and _answers_for_ssm(one, node.region.name)
        and one.state.casefold() == "available"
        and one.private_dns_enabled is not False
        # None set means full access (iam.md 6).
        and one.policy_document is not None
    )


def _answers_for_ssm(endpoint: VpcEndpoint, region: str) -> bool:
    """By the names it answers, falling back to its service's name (D22, EP2)."""
    names = (entry.dns_name.casefold() for entry in endpoint.dns_entries)
    answers = any(name.startswith(f"ssm.{region}.") for name in names)
    return answers or endpoint.service_name.endswith(f".{region}.ssm")
