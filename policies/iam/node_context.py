"""Which condition keys of a node's requests are known, absent or unknown (iam.md 3).

Keys that are not named here are unknown: those of the network path (``aws:SourceIp``,
``aws:SourceVpce`` and their kin) and the tags of resources among them.
"""

from __future__ import annotations

from inventory.facts import Instance, Node, Place, Role, Unread
from inventory.facts.network import VpcEndpoint
from policies.iam.agent_actions import instance_arn
from policies.iam.evaluation import ConditionKeys, Known, RoleSession, State
from policies.iam.evaluation.keys import KeyValue

_ABSENT_FAMILIES: dict[str, KeyValue] = {
    "aws:PrincipalTag/": State.ABSENT,
    "aws:RequestTag/": State.ABSENT,
    "aws:CalledVia": State.ABSENT,
}
_ABSENT = (
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceOrgID",
    "aws:TagKeys",
    "aws:username",
)


def role_session(where: Node | Place, role: Role) -> RoleSession:
    """The session in which a node uses a role's credentials; it is named after the instance."""
    partition, account = where.partition, where.account.account_id
    instance_id = instance_arn(where).rpartition("/")[2]
    session = f"arn:{partition}:sts::{account}:assumed-role/{role.role_name}/{instance_id}"
    return RoleSession(role.arn, session, account)


def profile_keys(node: Node, role: Role, *, own_resource: bool) -> ConditionKeys:
    """The keys of a call that is signed with the instance profile's credentials.

    ``own_resource``: the call is about a resource of this account, such as the instance itself.
    """
    instance = node.instance
    values = _role_values(node, role, own_resource=own_resource) | {
        "ec2:SourceInstanceARN": Known.one(instance_arn(node)),
        "ssm:SourceInstanceARN": State.ABSENT,
        "aws:Ec2InstanceSourceVpc": _known(instance.vpc_id),
        "aws:Ec2InstanceSourcePrivateIPv4": _known(instance.private_ip_address),
        "ec2:RoleDelivery": _role_delivery(instance),
    }
    return ConditionKeys.of(values, _ABSENT_FAMILIES)


def dhmc_keys(where: Node | Place, role: Role, *, own_resource: bool) -> ConditionKeys:
    """The keys of a call that is signed with the DHMC role's credentials, by one node or any."""
    instance = Known.one(instance_arn(where)) if isinstance(where, Node) else State.PRESENT
    values = _role_values(where, role, own_resource=own_resource) | {
        "ssm:SourceInstanceARN": instance,
    }
    return ConditionKeys.of(values, _ABSENT_FAMILIES)


def instance_identity_session(node: Node) -> RoleSession:
    """Who makes DHMC's own calls: no role of the account, and not the profile's role (R-2.13)."""
    account = node.account.account_id
    session = f"arn:{node.partition}:sts::{account}:assumed-role/aws:ec2-instance/{node.id}"
    return RoleSession(role_arn="", session_arn=session, account=account)


def instance_identity_keys(node: Node) -> ConditionKeys:
    """The keys of DHMC's own calls; what aws:Principal… holds there is unknown (D6)."""
    values = _call_values(node) | {
        "ssm:NodeAccountId": Known.one(node.account.account_id),
        "ssm:NodeOrgId": _organization_id(node),
    }
    return ConditionKeys.of(values)


def call_keys(where: Node | Place) -> ConditionKeys:
    """The keys of a call of which it is not known who signs it."""
    return ConditionKeys.of(_call_values(where))


def through_endpoint(keys: ConditionKeys, endpoint: VpcEndpoint, address: str) -> ConditionKeys:
    """The keys of a call that is known to go through one endpoint, from a private address."""
    return keys.also(
        {
            "aws:SourceVpce": Known.one(endpoint.id),
            "aws:SourceVpc": _known(endpoint.vpc_id),
            "aws:VpcSourceIp": _known(address),
            "aws:SourceIp": State.ABSENT,
        }
    )


def trust_keys(where: Node | Place) -> ConditionKeys:
    """The keys of sts:AssumeRole as a service calls it.

    No document says which source keys a service sets, so they stay unknown, and a trust that is
    conditioned on them depends (iam.md 3 and 9).
    """
    values = _clock(where) | {
        "sts:ExternalId": State.ABSENT,
        "aws:PrincipalIsAWSService": Known.one("true"),
    }
    return ConditionKeys.of(values)


def _role_values(where: Node | Place, role: Role, *, own_resource: bool) -> dict[str, KeyValue]:
    organization_id = _organization_id(where)
    account = Known.one(where.account.account_id)
    tags: dict[str, KeyValue] = {
        f"aws:PrincipalTag/{tag.key}": Known.one(tag.value) for tag in role.tags
    }
    own: dict[str, KeyValue] = {
        "aws:ResourceAccount": account,
        "aws:ResourceOrgID": organization_id,
    }
    absent: dict[str, KeyValue] = dict.fromkeys(_ABSENT, State.ABSENT)
    return {
        **_call_values(where),
        **absent,
        **tags,
        **(own if own_resource else {}),
        "aws:PrincipalArn": Known.one(role.arn),
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": Known.one("AssumedRole"),
        "aws:PrincipalOrgID": organization_id,
        "aws:PrincipalOrgPaths": (
            State.ABSENT if organization_id is State.ABSENT else State.UNKNOWN
        ),
        "aws:userid": _user_id(where, role),
        "aws:PrincipalIsAWSService": Known.one("false"),
        # AWS describes it as absent in one place and as false in another.
        "aws:MultiFactorAuthPresent": Known(("false",), may_be_absent=True),
        "aws:TokenIssueTime": State.PRESENT,
    }


def _user_id(where: Node | Place, role: Role) -> KeyValue:
    if not role.role_id or isinstance(where, Place):
        return State.PRESENT
    return Known.one(f"{role.role_id}:{where.id}")


def _call_values(where: Node | Place) -> dict[str, KeyValue]:
    return {
        **_clock(where),
        "aws:RequestedRegion": Known.one(where.region.name),
        "aws:SecureTransport": Known.one("true"),
        "aws:ViaAWSService": Known.one("false"),
        "aws:UserAgent": State.PRESENT,
    }


def _clock(where: Node | Place) -> dict[str, KeyValue]:
    """The snapshot's time is the only "now"."""
    if where.as_of is None:
        return {"aws:CurrentTime": State.PRESENT, "aws:EpochTime": State.PRESENT}
    return {
        "aws:CurrentTime": Known.one(where.as_of.isoformat()),
        "aws:EpochTime": Known.one(str(int(where.as_of.timestamp()))),
    }


def _organization_id(where: Node | Place) -> KeyValue:
    organization = where.account.organization
    if organization is None:
        return State.ABSENT
    if isinstance(organization, Unread):
        return State.UNKNOWN
    return Known.one(organization.organization_id)


def _role_delivery(instance: Instance) -> KeyValue:
    """2.0 where credentials are only given out to IMDSv2, else present with either value."""
    options = instance.metadata_options
    if (
        options is not None
        and options.http_tokens.casefold() == "required"
        and options.state.casefold() == "applied"
    ):
        return Known.one("2.0")
    return State.PRESENT


def _known(value: str) -> KeyValue:
    return Known.one(value) if value else State.UNKNOWN
