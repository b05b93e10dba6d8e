"""The way from the instance to Systems Manager, hop by hop and as a whole."""

from fixtures.compliance import Subject, control, require
from policies.network import (
    egress_443,
    endpoint_groups,
    endpoint_policies,
    endpoints_in_subnet,
    name_resolution,
    network_acls_443,
    path_to_ec2messages,
    path_to_ssm,
    path_to_ssmmessages,
    routes,
    s3_buckets,
)


@control(name_resolution)
def test_the_names_resolve(instance: Subject) -> None:
    """The VPC's resolver has to know the names, and answer with what can be reached."""
    require(name_resolution, instance)


@control(egress_443)
def test_security_groups_let_443_out(instance: Subject) -> None:
    """The agent only ever opens outbound connections, to port 443."""
    require(egress_443, instance)


@control(network_acls_443)
def test_network_acls_let_443_out_and_the_answers_back(instance: Subject) -> None:
    """ACLs keep no state: answers need a rule of their own, for the system's own ports."""
    require(network_acls_443, instance)


@control(routes)
def test_the_route_leads_to_the_endpoints(instance: Subject) -> None:
    """A route is worth what it points at: gateway, address, NAT, and their own routes."""
    require(routes, instance)


@control(endpoints_in_subnet)
def test_endpoints_serve_the_subnet(instance: Subject) -> None:
    """Where the names resolve to interface endpoints, those have to serve this subnet."""
    require(endpoints_in_subnet, instance)


@control(endpoint_groups)
def test_the_groups_of_the_endpoints_admit_the_instance(instance: Subject) -> None:
    """An endpoint takes over the name; if its group blocks, there is no way around it."""
    require(endpoint_groups, instance)


@control(endpoint_policies)
def test_the_policies_of_the_endpoints_allow_the_agent(instance: Subject) -> None:
    """A connection that is open may still be denied every call."""
    require(endpoint_policies, instance)


@control(path_to_ssm)
def test_ssm_can_be_reached(instance: Subject) -> None:
    """Registration and heartbeat."""
    require(path_to_ssm, instance)


@control(path_to_ssmmessages)
def test_ssmmessages_can_be_reached(instance: Subject) -> None:
    """Sessions, and the commands of present agents."""
    require(path_to_ssmmessages, instance)


@control(path_to_ec2messages)
def test_ec2messages_can_be_reached_where_it_is_needed(instance: Subject) -> None:
    """The commands of old agents."""
    require(path_to_ec2messages, instance)


@control(s3_buckets)
def test_the_buckets_of_agent_and_patches_can_be_reached(instance: Subject) -> None:
    """Advisory: updates and patches, not being managed."""
    require(s3_buckets, instance)
