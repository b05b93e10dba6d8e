"""The instance metadata service."""

from fixtures.compliance import Subject, control, require
from policies.imds import metadata_service_enabled, token_mode


@control(metadata_service_enabled)
def test_instance_metadata_service_is_enabled(instance: Subject) -> None:
    """SSM Agent learns who and where it is from IMDS."""
    require(metadata_service_enabled, instance)


@control(token_mode)
def test_token_mode_works_with_the_agent(instance: Subject) -> None:
    """Where tokens are required, the agent has to know how to ask for one."""
    require(token_mode, instance)
