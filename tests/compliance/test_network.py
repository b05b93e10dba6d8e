"""The way from the instance to Systems Manager, hop by hop."""

from fixtures.compliance import Subject, control, require
from policies.network import egress_443, endpoints_in_subnet


@control(egress_443)
def test_security_groups_let_443_out(instance: Subject) -> None:
    """The agent only ever opens outbound connections, to port 443."""
    require(egress_443, instance)


@control(endpoints_in_subnet)
def test_endpoints_serve_the_subnet(instance: Subject) -> None:
    """Where the names resolve to interface endpoints, those have to serve this subnet."""
    require(endpoints_in_subnet, instance)
