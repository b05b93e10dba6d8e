"""What Systems Manager itself says about the node."""

from fixtures.compliance import Subject, control, require
from policies.node import online, registered


@control(registered)
def test_instance_is_registered(instance: Subject) -> None:
    """Systems Manager knows a node from its first heartbeat on."""
    require(registered, instance)


@control(online)
def test_ping_status_is_online_and_fresh(instance: Subject) -> None:
    """A node that fell silent stays listed, but takes no command."""
    require(online, instance)
