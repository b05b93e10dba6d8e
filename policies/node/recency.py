"""How long ago: what launch and profile changes mean for a node that is not there yet (D13)."""

from __future__ import annotations

from datetime import timedelta

from inventory.facts import (
    Evidence,
    InstanceProfileAssociation,
    ManagedNode,
    Node,
    Timestamp,
    Unread,
    moment,
)
from policies import identity
from policies.control import Context, Verdict, not_applicable, undecidable, warned
from policies.profile_associations import associations_of

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def as_of_missing(node: Node) -> Verdict:
    """A rule needs the time and the snapshot does not say when it was taken."""
    return undecidable(
        "AS_OF_MISSING",
        f"the snapshot does not say when it was taken, so nothing about {node.id} can be timed",
        settled_by="--as-of TIME",
    )


def untimed(node: Node, context: Context) -> Verdict:
    """The launch of the instance cannot be timed: no clock, no LaunchTime, or one in the future."""
    if node.as_of is None:
        return as_of_missing(node)
    return clocks_disagree(node.instance.evidence("LaunchTime"), context)


def clocks_disagree(seen: Evidence, context: Context) -> Verdict:
    """A time that is missing, or lies further ahead of the snapshot than collecting explains."""
    ahead = exactly(context.parameters.clock_tolerance)
    return undecidable(
        "CLOCKS_DISAGREE",
        f"{seen.path} is {seen.value!r}: no time, or more than {ahead} after the snapshot's",
        seen,
        settled_by="--as-of TIME, the time the answers were recorded",
    )


def age_of(stamp: Timestamp, node: Node, context: Context) -> timedelta | None:
    """Time from the stamp to the snapshot; ``None`` when it cannot be told or is in the future."""
    then = moment(stamp)
    if then is None or node.as_of is None:
        return None
    age = node.as_of - then
    return age if age >= -context.parameters.clock_tolerance else None


def launch_age(node: Node, context: Context) -> timedelta | None:
    """Time since LaunchTime (of the latest start)."""
    return age_of(node.instance.launch_time, node, context)


def precedes_start(row: ManagedNode, node: Node) -> bool:
    """Whether the last ping is known to be older than the latest start of the instance (T-09)."""
    pinged, launched = moment(row.last_ping_date_time), moment(node.instance.launch_time)
    return pinged is not None and launched is not None and pinged < launched


def too_early(node: Node, context: Context) -> Verdict | None:
    """Not applicable while the instance is younger than the grace (T-08, R-7.6)."""
    age = launch_age(node, context)
    if age is None or age >= context.parameters.launch_grace:
        return None
    return not_applicable(
        "TOO_EARLY",
        f"launched {minutes(age)} ago; judged from {exactly(context.parameters.launch_grace)} on",
        node.instance.evidence("LaunchTime"),
    )


def propagating(node: Node, context: Context) -> Verdict | None:
    """A warning while what gives the node its credentials is only just there (D13, R-2.1).

    A profile that permits the heartbeat and was attached, or Default Host Management that serves
    the node and was switched on, within the grace (R-2.11).
    """
    recent = _recent_association(node, context)
    if recent is not None and identity.profile_permits_heartbeat(node, context):
        return _waiting(
            "the instance profile was attached a short while ago and permits the heartbeat",
            recent.evidence("Timestamp"),
            node,
        )
    setting = node.region.dhmc_setting
    if isinstance(setting, Unread) or not _is_recent(setting.last_modified_date, node, context):
        return None
    if not _waits_for_dhmc(node, context):
        return None
    return _waiting(
        "Default Host Management was switched on a short while ago and may serve the node",
        setting.evidence("LastModifiedDate"),
        node,
    )


def _waiting(reason: str, seen: Evidence, node: Node) -> Verdict:
    return warned(
        "PROPAGATING",
        f"{reason}; the agent may wait up to 30 minutes before it tries again",
        seen,
        remediation=f"wait, or restart the agent: {restart_command(node)}",
    )


def restart_command(node: Node) -> str:
    """What restarts the agent on the node's kind of system."""
    if node.instance.is_windows:
        return "Restart-Service AmazonSSMAgent"
    return "systemctl restart amazon-ssm-agent"


def _waits_for_dhmc(node: Node, context: Context) -> bool:
    """Whether DHMC serves the node, or would with an agent new enough: nothing else is open."""
    found = identity.credentials(node, context)
    if found.source is identity.Source.DHMC:
        return True
    return found.source is identity.Source.UNKNOWN and found.needs == (identity.AGENT_VERSION,)


def _is_recent(stamp: Timestamp, node: Node, context: Context) -> bool:
    age = age_of(stamp, node, context)
    return age is not None and age < context.parameters.profile_grace


def _recent_association(node: Node, context: Context) -> InstanceProfileAssociation | None:
    associations = associations_of(node)
    for association in () if isinstance(associations, Unread) else associations:
        is_there = association.state.casefold() in ("associating", "associated")
        if is_there and _is_recent(association.timestamp, node, context):
            return association
    return None


def exactly(span: timedelta) -> str:
    """A threshold: ``15 minutes``; in seconds where that is no whole number of minutes."""
    return f"{span // timedelta(seconds=1)} seconds" if span % _MINUTE else minutes(span)


def minutes(span: timedelta) -> str:
    """A span as people say it: ``7 minutes``, ``3 hours``, ``2 days``."""
    span = max(span, timedelta())
    if span < 2 * _HOUR:
        return f"{span // _MINUTE} minutes"
    if span < 2 * _DAY:
        return f"{span // _HOUR} hours"
    return f"{span // _DAY} days"
