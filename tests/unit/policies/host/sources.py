"""What each source of a reading looks at, and what each tool prints where nothing is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.unit.policies.nodes import ID

WHEN: Final = "2026-11-01T11:50:00Z"
_STAGES: Final = ("names", "addresses", "tcp")
#: What each source can tell beside notes and remarks, by spec domain.md 1.1 to 1.4. A probe looks
#: at all that there is.
TELLS: Final[Mapping[str, frozenset[str]]] = {
    "ssm-cli": frozenset(
        {
            *("install.installed", "install.version", "install.package"),
            *("service.running", "service.user", "service.system", "service.state"),
            *("metadata.token", "metadata.identity", "metadata.instance_id", "metadata.region"),
            *("metadata.account", "metadata.role", "metadata.credentials"),
            "metadata.credentials_code",
            *(f"endpoints.{one}" for one in ("service", "host", *_STAGES, "http")),
            *("endpoints.resolver", "endpoints.proxy"),
            *("proxy.http", "proxy.https", "proxy.no_proxy", "proxy.origin"),
            *("leftovers.registration", "leftovers.registration_region"),
            "sysprep_state",
        }
    ),
    "toolkit-linux": frozenset(
        {
            *("install.installed", "service.running", "service.state"),
            *("metadata.identity", "metadata.role"),
            *(f"endpoints.{one}" for one in ("service", "host", *_STAGES)),
            *("proxy.http", "proxy.https", "proxy.no_proxy", "proxy.origin"),
            "leftovers.registration",
        }
    ),
    "toolkit-windows": frozenset(
        {
            *("install.installed", "install.version", "install.package"),
            *("service.running", "service.enabled", "service.user", "service.unit"),
            *("service.system", "service.state"),
            *("metadata.token", "metadata.identity", "metadata.instance_id", "metadata.region"),
            "metadata.role",
            *(f"endpoints.{one}" for one in ("service", "host", *_STAGES)),
            *("proxy.http", "proxy.https", "proxy.no_proxy", "proxy.origin"),
            *("leftovers.registration", "leftovers.registration_region"),
            "sysprep_state",
        }
    ),
    "runbook": frozenset(),
}
#: What the pass of a control names, one of each alternative: without it, nothing may pass.
NAMED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "HOST-01": (("install.installed",), ("install.version",)),
    "HOST-02": (("service.running",), ("service.user",), ("service.enabled",)),
    "HOST-03": (("service.worker",),),
    "HOST-04": (("metadata.token", "metadata.identity"),),
    "HOST-05": (("metadata.credentials", "metadata.credentials_code"),),
    "HOST-06": (("endpoints.names", "endpoints.tcp"),),
    "HOST-07": (("endpoints.tcp",),),
    "HOST-08": (("endpoints.tls",),),
    "HOST-09": (("endpoints.http",),),
    "HOST-10": (("clock.skew",),),
    "HOST-11": (("proxy.origin",),),
    "HOST-12": (("volumes.free_bytes",),),
    "HOST-13": (("leftovers.registration",), ("leftovers.credentials_file",)),
    "HOST-14": (("configuration.path",),),
    "HOST-15": (("sysprep_state",),),
}
#: Later stages of a try show the earlier ones.
LATER: Final = {
    "endpoints.names": ("endpoints.tcp", "endpoints.tls", "endpoints.http"),
    "endpoints.tcp": ("endpoints.tls", "endpoints.http"),
    "endpoints.tls": ("endpoints.http",),
}
#: Told by the section: where it is there, this was looked at.
WHOLE: Final = frozenset({"leftovers.registration", "configuration.path"})

LINUX_ENDPOINTS = tuple(
    (f"Testing {shown} endpoint Connectivity", "Pass", f"Connected to {name}.eu-central-1.{end}")
    for shown, name, end in (
        ("ec2messages", "ec2messages", "amazonaws.com."),
        ("SSM", "ssm", "amazonaws.com."),
        ("ssmmessages", "ssmmessages", "amazonaws.com."),
    )
)
_ARN = f"arn:aws:sts::111122223333:assumed-role/node-role/{ID}"
#: 1.2, nothing wrong: eight checks, one of them for each of seven services.
SSM_CLI = (
    ("EC2 IMDS", "Success", f"IMDS is accessible and has instance id {ID} in region eu-central-1"),
    ("Hybrid instance registration", "Skipped", "Instance does not have hybrid registration"),
    *(
        (
            f"Connectivity to {one} endpoint",
            "Success",
            f"{one}.eu-central-1.amazonaws.com is reachable",
        )
        for one in ("ssm", "ec2messages", "ssmmessages", "s3", "kms", "logs", "monitoring")
    ),
    ("AWS Credentials", "Success", f"Credentials are for {_ARN} and will expire at 2026-11-01"),
    ("Agent service", "Success", "Agent service is running and is running as expected user"),
    ("Proxy configuration", "Skipped", "No proxy configuration detected"),
    ("SSM Agent version", "Success", "SSM Agent version is 3.3.4851.0"),
)
SYSPREP = (
    "Windows sysprep image state",
    "Success",
    "Windows image state value is at desired value IMAGE_STATE_COMPLETE",
)
STOPPED = (
    "Agent service",
    "Failed",
    "Agent is installed as a systemctl service but is not running",
)
#: 1.3, nothing wrong.
TOOLKIT_LINUX = (
    ("Testing metadata endpoint", "Pass", "Connected to http://169.254.169.254"),
    ("Getting IAM Role Attached", "node-role", "Ensure the policy is attached to the Role."),
    *LINUX_ENDPOINTS,
    ("SSM agent service status", "Active", "N/A"),
    ("SSM Agent Proxy Settings", "http_proxy=NULL,https_proxy=NULL,no_proxy=NULL", "none"),
    ("System Wide Proxy Settings", "http_proxy=NULL,https_proxy=NULL,no_proxy=NULL", "N/A"),
    ("Nameservers(DNS) configured on the server", "10.0.0.2", "in /etc/resolv.conf"),
    ("Resolving ssm.eu-central-1.amazonaws.com", "10.0.1.7", "N/A"),
    ("Checking for Hybrid Activation", "Instance not registered with Hybrid Activation.", "N/A"),
)
#: 1.4, nothing wrong.
TOOLKIT_WINDOWS = (
    ("Windows sysprep image state complete", "Pass", "Image state is IMAGE_STATE_COMPLETE."),
    ("Amazon SSM agent service running", "Pass", "amazonssmagent service is in Running state."),
    ("Amazon SSM service account", "LocalSystem", "This is the recommended account to use"),
    ("Amazon SSM service startup mode", "Auto", "This is the recommended startup mode to use"),
    ("Managed(hybrid) Instance Registration", "Skip", "not configured as Managed(hybrid) Instance"),
    ("EC2 instance metadata accessible", "Pass", f"EC2 InstanceID = {ID}, Region = eu-central-1"),
    ("IAM instance profile", "node-role", "IAM instance profile node-role is attached"),
    ("IAM profile credential valid", "Pass", "IAM instance profile's credential is up to date."),
    ("LocalSystem account user API assume role", "N/A", "of another user"),
    *(
        (f"{one}.eu-central-1.amazonaws.com accessible", "Pass", "Endpoint IP address is 10.0.1.7")
        for one in ("ssm", "ec2messages", "ec2", "ssmmessages", "s3", "kms", "logs", "monitoring")
    ),
    ("SSM Agent Proxy Setting", "N/A", "There is no proxy setting for SSM Agent"),
    ("System-wide environment variable proxy", "N/A", "There is no proxy"),
    ("LocalSystem account user environment variable proxy", "N/A", "There is no proxy"),
    ("WinHTTP system-wide proxy", "Direct access (no proxy server).", "netsh winhttp show proxy"),
    ("LocalSystem account user Internet Explorer proxy", "N/A", "There is no proxy"),
    ("SSMAgent version", "Pass", "The install SSM Agent version is 3.3.4851.0"),
    ("Session Manager plugin version", "N/A", "not installed"),
)
