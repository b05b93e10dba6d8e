"""Default Host Management Configuration."""

from fixtures.compliance import Subject, control, require
from policies.dhmc import profile_overrules


@control(profile_overrules)
def test_profile_leaves_the_heartbeat_to_default_host_management(instance: Subject) -> None:
    """A profile that allows ssm:UpdateInstanceInformation keeps the agent from DHMC."""
    require(profile_overrules, instance)
