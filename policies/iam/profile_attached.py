"""IAM-01: an instance profile is attached, or Default Host Management stands in."""

from __future__ import annotations

from inventory.facts import InstanceProfileAssociation, Node, Unread
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
from policies.iam.profile_role import stand_in
from policies.iam.repairs import new_profile
from policies.identity import CREDENTIAL_CALLS
from policies.profile_associations import associations_of

CONTROL = Control(
    id="IAM-01",
    title="Instance profile is attached, or Default Host Management stands in",
    severity=Severity.CRITICAL,
    category="iam",
    why=(
        "The agent signs its heartbeat with the credentials of the instance profile's role. "
        "Without a profile it has none, unless Default Host Management is on in the Region and "
        "the node can use it."
    ),
    remediation=(
        "Attach an instance profile whose role may do what AmazonSSMManagedInstanceCore allows: "
        "aws ec2 associate-iam-instance-profile --instance-id {instance_id} --region {region}"
    ),
    needs=CREDENTIAL_CALLS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/attach-iam-role.html",
    ),
    entailed_by_online=True,
    rests_on=RestsOn.IDENTITY,
)

#: The states of an association, best first: a replacement shows the old one and the new one.
_STATES = ("associated", "associating", "disassociating", "disassociated")


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the profile and the state of its association (R-1.6, D2; T-23, T-24)."""
    associations = associations_of(node)
    reference = node.instance.iam_instance_profile
    if reference is None:
        coming = _coming(associations)
        return _none_attached(node, context) if coming is None else coming
    if isinstance(associations, Unread):
        return unread(associations, evidence=(node.instance.evidence("IamInstanceProfile"),))
    if not associations:
        gap = Unread(
            InstanceProfileAssociation.call,
            "CHANGED_DURING_COLLECTION",
            f"no association of {node.id} is listed",
        )
        return unread(gap, evidence=(node.instance.evidence("IamInstanceProfile"),))
    strange = next((one for one in associations if one.state.casefold() not in _STATES), None)
    best = min(associations, key=_rank)
    if strange is not None and best.state.casefold() != "associated":
        return undecidable(
            "ASSOCIATION_STATE_UNRECOGNIZED",
            f"association state {strange.state!r} is none this version knows",
            strange.evidence("State"),
            settled_by=f"State of {InstanceProfileAssociation.call}",
        )
    return _by_state(node, reference.name, best, context)


def _by_state(
    node: Node, profile: str, association: InstanceProfileAssociation, context: Context
) -> Verdict:
    evidence = (node.instance.evidence("IamInstanceProfile"), association.evidence("State"))
    state = association.state.casefold()
    if state == "associated":
        return passed("PROFILE_ATTACHED", f"{profile} is attached", *evidence)
    if state == "associating":
        return warned("PROFILE_ASSOCIATING", f"{profile} is only just being attached", *evidence)
    reason = f"{profile} is being detached: the association is {state}"
    repair = new_profile(node)
    return stand_in(node, context, reason, *evidence, remediation=repair) or failed(
        "PROFILE_DISASSOCIATING",
        reason,
        *evidence,
        blockers=(Blocker(association.id, reason),),
        remediation=repair,
    )


def _coming(associations: tuple[InstanceProfileAssociation, ...] | Unread) -> Verdict | None:
    """A profile on its way that the instance itself does not show yet."""
    if isinstance(associations, Unread):
        return None
    coming = next((one for one in associations if one.state.casefold() == "associating"), None)
    if coming is None:
        return None
    return warned(
        "PROFILE_ASSOCIATING",
        "an instance profile is only just being attached",
        coming.evidence("State"),
    )


def _none_attached(node: Node, context: Context) -> Verdict:
    reason = "no instance profile is attached"
    evidence = node.instance.evidence("IamInstanceProfile")
    repair = new_profile(node)
    return stand_in(node, context, reason, evidence, remediation=repair) or failed(
        "NO_PROFILE",
        f"{reason}, and Default Host Management does not serve the node",
        evidence,
        blockers=(Blocker(node.id, reason),),
        remediation=repair,
    )


def _rank(association: InstanceProfileAssociation) -> int:
    state = association.state.casefold()
    return _STATES.index(state) if state in _STATES else len(_STATES)
