"""What the agent's own log says, where people handed one in (--host-evidence)."""

from fixtures.compliance import Subject, control, require
from policies.host import (
    log_clock,
    log_credentials,
    log_endpoints,
    log_ladder,
    log_machine,
    log_metadata,
    log_service,
)


@control(log_ladder)
def test_the_agent_came_up(instance: Subject) -> None:
    """Each step of a healthy start leaves a line; the first that is missing says where it ended."""
    require(log_ladder, instance)


@control(log_metadata)
def test_the_log_tells_of_no_trouble_with_metadata(instance: Subject) -> None:
    """Without identity and Region the agent does not even start to ask."""
    require(log_metadata, instance)


@control(log_credentials)
def test_the_log_tells_of_no_refused_credentials(instance: Subject) -> None:
    """What was denied, by whom, stands in the agent's own words."""
    require(log_credentials, instance)


@control(log_endpoints)
def test_the_log_tells_of_no_unreachable_endpoint(instance: Subject) -> None:
    """The address in a timeout says whose rule it was."""
    require(log_endpoints, instance)


@control(log_service)
def test_the_log_tells_of_no_quarrel_with_the_service(instance: Subject) -> None:
    """Throttling, and registrations that contradict each other."""
    require(log_service, instance)


@control(log_clock)
def test_the_log_tells_of_no_wrong_clock(instance: Subject) -> None:
    """The refusal of a signature has both times in it."""
    require(log_clock, instance)


@control(log_machine)
def test_the_log_tells_of_no_trouble_of_the_machine(instance: Subject) -> None:
    """Disks, permissions, crashes: what ends the agent itself."""
    require(log_machine, instance)
