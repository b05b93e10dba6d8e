"""What only the machine itself can tell: a probe (--probe), or what people collected there."""

from fixtures.compliance import Subject, control, require
from policies.host import (
    agent_installed,
    clock_skew,
    disk_space,
    endpoint_overrides,
    http_answers,
    leftovers,
    metadata_answers,
    names_resolve,
    role_credentials,
    runbook_findings,
    service_proxy,
    service_running,
    sysprep_state,
    tcp_443,
    tls_certificate,
    worker_running,
)


@control(agent_installed)
def test_agent_is_installed(instance: Subject) -> None:
    """Many images come without it, and nothing of AWS's side shows that."""
    require(agent_installed, instance)


@control(service_running)
def test_agent_runs_as_the_right_user(instance: Subject) -> None:
    """A service that is stopped, or not enabled, ends with the next boot at the latest."""
    require(service_running, instance)


@control(worker_running)
def test_worker_of_the_agent_runs(instance: Subject) -> None:
    """The agent starts it once it has credentials: without it nobody answers."""
    require(worker_running, instance)


@control(metadata_answers)
def test_metadata_service_answers(instance: Subject) -> None:
    """What is enabled in EC2 may still be blocked on the machine."""
    require(metadata_answers, instance)


@control(role_credentials)
def test_role_gives_credentials(instance: Subject) -> None:
    """The metadata service itself says why a role has none."""
    require(role_credentials, instance)


@control(names_resolve)
def test_names_resolve(instance: Subject) -> None:
    """By the machine's own resolver, whatever the VPC's would say."""
    require(names_resolve, instance)


@control(tcp_443)
def test_connections_to_443_open(instance: Subject) -> None:
    """Past the machine's own firewall, and whatever lies on the way."""
    require(tcp_443, instance)


@control(tls_certificate)
def test_certificates_are_amazons(instance: Subject) -> None:
    """Who inspects TLS on the way shows a certificate of its own."""
    require(tls_certificate, instance)


@control(http_answers)
def test_endpoints_answer(instance: Subject) -> None:
    """The last stage before a signature matters."""
    require(http_answers, instance)


@control(clock_skew)
def test_clock_is_right(instance: Subject) -> None:
    """Five minutes off, every signature is refused, and all else is in order."""
    require(clock_skew, instance)


@control(service_proxy)
def test_proxy_leaves_the_metadata_service_alone(instance: Subject) -> None:
    """The proxy of the agent's own service, not that of a shell."""
    require(service_proxy, instance)


@control(disk_space)
def test_disks_have_room(instance: Subject) -> None:
    """A full disk stops the agent without a word."""
    require(disk_space, instance)


@control(leftovers)
def test_nothing_is_left_of_an_earlier_life(instance: Subject) -> None:
    """A registration or credentials of an image outrank the instance's own."""
    require(leftovers, instance)


@control(endpoint_overrides)
def test_endpoints_are_the_regions_own(instance: Subject) -> None:
    """A forgotten override leads the agent elsewhere."""
    require(endpoint_overrides, instance)


@control(sysprep_state)
def test_windows_setup_is_complete(instance: Subject) -> None:
    """The agent waits for the end of Windows' own set-up."""
    require(sysprep_state, instance)


@control(runbook_findings)
def test_runbook_found_nothing_wrong(instance: Subject) -> None:
    """Advisory: what AWS Support runs first, by rules of its own."""
    require(runbook_findings, instance)
