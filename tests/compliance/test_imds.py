"""The instance metadata service."""

from fixtures.compliance import Subject, control, require
from policies.imds import metadata_service_enabled


@control(metadata_service_enabled)
def test_instance_metadata_service_is_enabled(instance: Subject) -> None:
    """SSM Agent learns who and where it is from IMDS."""
    require(metadata_service_enabled, instance)
