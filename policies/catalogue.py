"""Every built-in control, by id."""

from policies.agent import image_carries_agent, kept_up_to_date, version_floor
from policies.control import Control, ControlModule, RegionControlModule
from policies.dhmc import (
    agent_new_enough,
    management_role,
    metadata_service_works,
    profile_overrules,
)
from policies.host import (
    agent_installed,
    clock_skew,
    disk_space,
    endpoint_overrides,
    http_answers,
    leftovers,
    log_clock,
    log_credentials,
    log_endpoints,
    log_ladder,
    log_machine,
    log_metadata,
    log_service,
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
from policies.iam import (
    command_channel,
    core_actions,
    heartbeat,
    look_alikes,
    profile_attached,
    profile_role_exists,
    trust_policy,
)
from policies.imds import metadata_service_enabled, token_mode
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
from policies.node import (
    hybrid_shadow,
    online,
    operating_system,
    registered,
    session_channel,
    status_checks,
)

#: Controls that judge each instance.
CONTROLS: tuple[ControlModule, ...] = (
    version_floor,
    image_carries_agent,
    kept_up_to_date,
    profile_overrules,
    agent_new_enough,
    metadata_service_works,
    profile_attached,
    profile_role_exists,
    trust_policy,
    heartbeat,
    command_channel,
    core_actions,
    look_alikes,
    metadata_service_enabled,
    token_mode,
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
    status_checks,
    registered,
    online,
    session_channel,
    operating_system,
    hybrid_shadow,
)

#: Controls that judge each account and Region once.
REGION_CONTROLS: tuple[RegionControlModule, ...] = (management_role,)

#: Controls that judge a machine by what is known of it from within, where anything is.
HOST_CONTROLS: tuple[ControlModule, ...] = (
    agent_installed,
    service_running,
    worker_running,
    metadata_answers,
    role_credentials,
    names_resolve,
    tcp_443,
    tls_certificate,
    http_answers,
    clock_skew,
    service_proxy,
    disk_space,
    leftovers,
    endpoint_overrides,
    sysprep_state,
    runbook_findings,
    log_ladder,
    log_metadata,
    log_credentials,
    log_endpoints,
    log_service,
    log_clock,
    log_machine,
)

#: The records of all of them.
RECORDS: tuple[Control, ...] = tuple(
    sorted(
        (
            *(one.CONTROL for one in CONTROLS),
            *(one.CONTROL for one in HOST_CONTROLS),
            *(one.CONTROL for one in REGION_CONTROLS),
        ),
        key=lambda record: record.id,
    )
)
