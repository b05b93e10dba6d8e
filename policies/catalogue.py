"""Every built-in control, by id."""

from policies.control import ControlModule
from policies.dhmc import profile_overrules
from policies.iam import trust_policy
from policies.imds import metadata_service_enabled
from policies.network import egress_443, endpoints_in_subnet
from policies.node import online, registered

CONTROLS: tuple[ControlModule, ...] = (
    profile_overrules,
    trust_policy,
    metadata_service_enabled,
    egress_443,
    endpoints_in_subnet,
    registered,
    online,
)
