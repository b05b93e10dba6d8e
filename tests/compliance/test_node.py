"""What Systems Manager itself says about the node."""

from fixtures.compliance import Subject, control, require
from policies.node import (
    hybrid_shadow,
    online,
    operating_system,
    registered,
    session_channel,
    status_checks,
)


@control(status_checks)
def test_status_checks_pass(instance: Subject) -> None:
    """On an impaired host, or in a guest that does not boot, no agent answers."""
    require(status_checks, instance)


@control(registered)
def test_instance_is_registered(instance: Subject) -> None:
    """Systems Manager knows a node from its first heartbeat on."""
    require(registered, instance)


@control(online)
def test_ping_status_is_online_and_fresh(instance: Subject) -> None:
    """A node that fell silent stays listed, but takes no command."""
    require(online, instance)


@control(session_channel)
def test_session_channel_is_connected(instance: Subject) -> None:
    """Sessions travel through a channel that the agent has to hold open (--deep)."""
    require(session_channel, instance)


@control(operating_system)
def test_operating_system_is_supported(instance: Subject) -> None:
    """At its vendor's end of life a system loses the support of Systems Manager too."""
    require(operating_system, instance)


@control(hybrid_shadow)
def test_no_hybrid_registration_shadows_the_instance(instance: Subject) -> None:
    """A hybrid registration left in an image outranks the instance's own identity."""
    require(hybrid_shadow, instance)
