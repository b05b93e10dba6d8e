"""Default Host Management Configuration."""

from fixtures.compliance import RegionSubject, Subject, control, require
from policies.dhmc import (
    agent_new_enough,
    management_role,
    metadata_service_works,
    profile_overrules,
)


@control(management_role)
def test_role_of_default_host_management_serves(region: RegionSubject) -> None:
    """Where it is on, one role serves every node of the Region without credentials of its own."""
    require(management_role, region)


@control(profile_overrules)
def test_profile_leaves_the_heartbeat_to_default_host_management(instance: Subject) -> None:
    """A profile that allows ssm:UpdateInstanceInformation keeps the agent from DHMC."""
    require(profile_overrules, instance)


@control(agent_new_enough)
def test_agent_is_new_enough_for_default_host_management(instance: Subject) -> None:
    """An older agent never asks Default Host Management for credentials."""
    require(agent_new_enough, instance)


@control(metadata_service_works)
def test_metadata_service_gives_default_host_management_its_identity(instance: Subject) -> None:
    """The agent proves to Default Host Management which instance it is, by IMDSv2."""
    require(metadata_service_works, instance)
