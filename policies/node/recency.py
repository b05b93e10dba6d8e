"""How long ago: what launch and profile changes mean for a node that is not there yet (D13)."""

from __future__ import annotations

from datetime import timedelta

from inventory.facts import InstanceProfileAssociation, Node, Unread, moment
from policies import identity
from policies.control import Context, Verdict, not_applicable, undecidable, warned

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def as_of_missing(node: Node) -> Verdict:
    """A rule needs the time and the snapshot does not say when it was taken."""
    return undecidable(
        "AS_OF_MISSING",
        f"the snapshot does not say when it was taken, so nothing about {node.id} can be timed",
        settled_by="--as-of TIME",
    )


def launch_age(node: Node) -> timedelta | None:
    """Time since LaunchTime (of the latest start); ``None`` when either end is unknown."""
    launched = moment(node.instance.launch_time)
    if launched is None or node.as_of is None:
        return None
    return node.as_of - launched


def too_early(node: Node, context: Context) -> Verdict | None:
    """Not applicable while the instance is younger than the grace (T-08, R-7.6)."""
    age = launch_age(node)
    if age is None or age >= context.parameters.launch_grace:
        return None
    return not_applicable(
        "TOO_EARLY",
        f"launched {minutes(age)} ago; judged from {minutes(context.parameters.launch_grace)} on",
        node.instance.evidence("LaunchTime"),
    )


def propagating(node: Node, context: Context) -> Verdict | None:
    """A warning while a profile that permits the heartbeat is only just attached (D13, R-2.1)."""
    recent = _recent_association(node, context.parameters.profile_grace)
    if recent is None or not identity.profile_permits_heartbeat(node, context):
        return None
    return warned(
        "PROPAGATING",
        "the instance profile was attached a short while ago and permits the heartbeat; "
        "the agent may wait up to 30 minutes before it tries again",
        recent.evidence("Timestamp"),
        remediation="wait, or restart the agent: systemctl restart amazon-ssm-agent",
    )


def _recent_association(node: Node, grace: timedelta) -> InstanceProfileAssociation | None:
    associations = node.region.profile_associations
    if isinstance(associations, Unread) or node.as_of is None:
        return None
    for association in associations:
        attached = moment(association.timestamp)
        if (
            association.instance_id == node.id
            and association.state.casefold() in ("associating", "associated")
            and attached is not None
            and node.as_of - attached < grace
        ):
            return association
    return None


def minutes(span: timedelta) -> str:
    """A span as people say it: ``7 minutes``, ``3 hours``, ``2 days``."""
    if span < 2 * _HOUR:
        return f"{span // timedelta(minutes=1)} minutes"
    if span < 2 * _DAY:
        return f"{span // _HOUR} hours"
    return f"{span // _DAY} days"
