"""Every built-in control, by id."""

from policies.control import Control, ControlModule, RegionControlModule
from policies.dhmc import management_role, profile_overrules
from policies.iam import (
    command_channel,
    core_actions,
    heartbeat,
    look_alikes,
    profile_attached,
    profile_role_exists,
    trust_policy,
)
from policies.imds import metadata_service_enabled
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
from policies.node import online, registered

#: Controls that judge each instance.
CONTROLS: tuple[ControlModule, ...] = (
    profile_overrules,
    profile_attached,
    profile_role_exists,
    trust_policy,
    heartbeat,
    command_channel,
    core_actions,
    look_alikes,
    metadata_service_enabled,
    name_resolution,
    egress_443,
    network_acls_443,
    routes,
    endpoints_in_subnet,
    endpoint_groups,
    endpoint_policies,
    path_to_ssm,
    path_to_ssmmessages,
    path_to_ec2messages,
    s3_buckets,
    registered,
    online,
)

#: Controls that judge each account and Region once.
REGION_CONTROLS: tuple[RegionControlModule, ...] = (management_role,)

#: The records of all of them.
RECORDS: tuple[Control, ...] = tuple(
    sorted(
        (*(one.CONTROL for one in CONTROLS), *(one.CONTROL for one in REGION_CONTROLS)),
        key=lambda record: record.id,
    )
)
