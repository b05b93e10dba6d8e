"""Default Host Management Configuration."""

from fixtures.compliance import RegionSubject, Subject, control, require
from policies.dhmc import management_role, profile_overrules


@control(management_role)
def test_role_of_default_host_management_serves(region: RegionSubject) -> None:
    """Where it is on, one role serves every node of the Region without credentials of its own."""
    require(management_role, region)


@control(profile_overrules)
def test_profile_leaves_the_heartbeat_to_default_host_management(instance: Subject) -> None:
    """A profile that allows ssm:UpdateInstanceInformation keeps the agent from DHMC."""
    require(profile_overrules, instance)
