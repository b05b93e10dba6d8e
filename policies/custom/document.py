"""What a policy of one's own looks at: an instance and everything around it, in AWS's own words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from inventory.facts import (
    Evidence,
    Image,
    InstanceProfileAssociation,
    ManagedNode,
    Node,
    Role,
    StateAssociation,
    Unread,
)
from policies.agent.kept_up_to_date import covers, may_cover, recurs
from policies.control import Context, Gap, Missing
from policies.custom.network_summary import NETWORK_CALLS, network_summary
from policies.custom.plain import plain
from policies.iam.evaluation import Malformed
from policies.iam.evaluation.document import decoded
from policies.identity import BrokenChain, ProfileChain, profile_chain

_INSTANCE: Final = "ec2:DescribeInstances"

#: Part of the document → the API calls it comes from, the one that evidence names first.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Account": (_INSTANCE,),
    "AgentUpdate": (StateAssociation.call,),
    "Image": (Image.call,),
    "Instance": (_INSTANCE,),
    "ManagedNode": (ManagedNode.call,),
    "Network": NETWORK_CALLS,
    "Region": (_INSTANCE,),
    "Role": (
        Role.call,
        "iam:ListInstanceProfiles",
        InstanceProfileAssociation.call,
        _INSTANCE,
    ),
    "Tag": (_INSTANCE,),
}


@dataclasses.dataclass
class Document:
    """The parts by name, each made when it is first asked for.

    A part is plain JSON, ``None`` where AWS says that there is none, or the reason why it is not
    known (``Unread``, ``Missing``). ``resource`` is the instance id that evidence is filed under.
    """

    resource: str
    makers: Mapping[str, Callable[[], Any]]
    made: dict[str, Any] = dataclasses.field(default_factory=dict)

    def get(self, name: str) -> Any:
        """The part of that name, ``None`` for any other name."""
        if name not in self.made:
            maker = self.makers.get(name)
            self.made[name] = maker() if maker else None
        return self.made[name]

    def evidence(self, path: str, value: Any) -> Evidence:
        """Quote what was found at a path that starts with a part's name."""
        part = next((name for name in PARTS if path.startswith(name)), "Instance")
        return Evidence(resource=self.resource, path=path, value=value, call=PARTS[part][0])


def document_of(node: Node, context: Context) -> Document:
    """Everything around a node, in these parts.

    ``Instance`` the row of DescribeInstances, ``Tag`` its tags by key, ``ManagedNode`` the row of
    DescribeInstanceInformation (null: not registered), ``Image`` its AMI, ``Role`` the instance
    profile's role (null: none), ``Network`` a summary, ``AgentUpdate`` the State Manager
    association that updates its agent (null: none), ``Account`` and ``Region`` by id and name.
    """
    return Document(
        node.id,
        {
            "Account": lambda: node.account.account_id,
            "AgentUpdate": lambda: _agent_update(node),
            "Image": lambda: _image(node),
            "Instance": lambda: _instance(node),
            "ManagedNode": lambda: _managed_node(node),
            "Network": lambda: network_summary(node, context),
            "Region": lambda: node.region.name,
            "Role": lambda: _role(node, context),
            "Tag": lambda: {tag.key: tag.value for tag in node.instance.tags},
        },
    )


def document_given(resource: str, given: Mapping[str, Any]) -> Document:
    """A document of given parts, as a scenario has them; a part that is not given is unread."""

    def part(name: str) -> Any:
        if name in given:
            return given[name]
        if name == "Tag" and given.get("Instance") is not None:
            tags = given["Instance"].get("Tags") or ()
            return {tag["Key"]: tag.get("Value", "") for tag in tags}
        return Unread(PARTS[name][0], "NOT_RECORDED", f"the scenario gives no {name}")

    return Document(resource, {name: lambda name=name: part(name) for name in PARTS})  # type: ignore[misc]


def _instance(node: Node) -> Any:
    recorded = node.region.recorded_instances.find(node.id)
    return plain(node.instance) if recorded is None else recorded


def _managed_node(node: Node) -> Any:
    row = node.region.managed_nodes.find(node.id)
    if isinstance(row, Unread):
        return None if row.has_vanished else row
    recorded = node.region.recorded_nodes.find(node.id)
    return plain(row) if recorded is None else recorded


def _image(node: Node) -> Any:
    """An image that is not listed is deregistered or no longer shared: AWS hides its owner."""
    image_id = node.instance.image_id
    image = node.region.images.find(image_id)
    if not isinstance(image, Unread):
        recorded = node.region.recorded_images.find(image_id)
        return plain(image) if recorded is None else recorded
    if not image.has_vanished:
        return image
    return Missing(
        Gap.UNDECIDABLE, f"{Image.call} of {image_id or 'the image'}, which AWS does not list"
    )


def _role(node: Node, context: Context) -> Any:
    chain = profile_chain(node)
    match chain:
        case ProfileChain(role=role):
            return context.once(("custom role", *node.key[:1], role.id), lambda: _described(role))
        case BrokenChain():
            return None
        case Unread():
            return chain
    return Missing(Gap.UNDECIDABLE, str(chain))


def _described(role: Role) -> Mapping[str, Any]:
    """The role in IAM's words; parts of it that nobody could read stay gaps."""
    boundary = role.permissions_boundary
    trust = decoded(role.assume_role_policy_document, f"trust policy of {role.role_name}")
    attached, inline = _unread_lists(role)
    return {
        "RoleName": role.role_name,
        "RoleId": role.role_id or None,
        "Arn": role.arn,
        "Path": role.path,
        "AttachedManagedPolicies": attached
        or [plain(one) for one in role.attached_managed_policies],
        "RolePolicyList": inline or [plain(one) for one in role.role_policy_list],
        "AssumeRolePolicyDocument": Missing(Gap.UNDECIDABLE, str(trust))
        if isinstance(trust, Malformed)
        else trust,
        "PermissionsBoundary": plain(boundary) if boundary else None,
        "Tag": {tag.key: tag.value for tag in role.tags},
    }


def _unread_lists(role: Role) -> tuple[Unread | None, Unread | None]:
    """Why the attached, and why the inline policies are not known; ``None``: they are."""
    attached = (one for one in role.unread if one.call == "iam:ListAttachedRolePolicies")
    inline = (one for one in role.unread if one.call != "iam:ListAttachedRolePolicies")
    return next(attached, None), next(inline, None)


def _agent_update(node: Node) -> Any:
    """The association that updates the node's agent, a recurring one before one that ran once."""
    listed = node.region.agent_updates
    if isinstance(listed, Unread):
        return listed
    covering = [one for one in listed if covers(one, node)]
    if covering:
        return plain(next((one for one in covering if recurs(one)), covering[0]))
    unclear = next((one for one in listed if may_cover(one, node)), None)
    if unclear is None:
        return None
    return Missing(
        Gap.UNDECIDABLE, f"the members of what association {unclear.association_id} targets"
    )
