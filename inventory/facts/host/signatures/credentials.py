"""Group B: credentials and permissions (domain.md 3.4)."""

from typing import Final

from inventory.facts.host.signatures.signature import NEVER, Signature, Weight

#: How an AWS error names the kind of policy that decided.
POLICY_KIND: Final = (
    r"(?:with an explicit deny in an? (?P<denies>[A-Za-z -]{3,40}?policy|permissions boundary)"
    r"|because no (?P<lacks>[A-Za-z -]{3,40}?policy|permissions boundary) allows)"
)
_RESTART: Final = "sudo systemctl restart amazon-ssm-agent"
_RESTART_ON_WINDOWS: Final = "Restart-Service AmazonSSMAgent"
_ATTACH_CORE: Final = (
    "aws iam attach-role-policy --role-name ROLE --policy-arn "
    "arn:{partition}:iam::aws:policy/AmazonSSMManagedInstanceCore\n"
)
_ATTACH_PROFILE: Final = (
    "aws ec2 associate-iam-instance-profile --region {region} --instance-id {instance_id} "
    "--iam-instance-profile Name=PROFILE\n"
)
_ALLOW_DHMC: Final = (
    "let the ssm endpoint's policy and the organization's policies allow "
    "ssm:RegisterManagedInstance and ssm:RequestManagedInstanceRoleToken, and the role trust "
    "ssm.amazonaws.com"
)
_BY_CAUSE: Final = "repair what the error behind it names"

_PERMISSIONS: Final = (
    Signature(
        "B1",
        Weight.HIGH,
        ("is not authorized to perform: ssm:UpdateInstanceInformation",),
        "the role may not send the heartbeat (ssm:UpdateInstanceInformation)",
        f"{_ATTACH_CORE}{_RESTART}   # or wait up to 30 minutes",
        f"{_ATTACH_CORE}{_RESTART_ON_WINDOWS}   # or wait up to 30 minutes",
        pattern=r"AccessDenied",
        unless=POLICY_KIND,
        sources=("SD1",),
    ),
    Signature(
        "B2",
        Weight.HIGH,
        ("is not authorized to perform: ssm:UpdateInstanceInformation",),
        "a policy, which the error names, keeps the role from sending the heartbeat",
        "change the policy that the error names so that it allows ssm:UpdateInstanceInformation; "
        f"then {_RESTART}",
        "change the policy that the error names so that it allows ssm:UpdateInstanceInformation; "
        f"then {_RESTART_ON_WINDOWS}",
        pattern=POLICY_KIND,
        sources=("spec",),
    ),
    Signature(
        "B18",
        Weight.MEDIUM,
        ("is not authorized to perform: ssm:", "no identity-based policy allows the ssm:"),
        "a permission for a feature is missing; the node can be managed without it",
        "extend the role's policy by the action that the error names",
        pattern=r"(?:is not authorized to perform:|policy allows the) "
        r"ssm:(?!UpdateInstanceInformation\b|RequestManagedInstanceRoleToken\b"
        r"|RegisterManagedInstance\b)",
        unless=r"UpdateInstanceInformation|RequestManagedInstanceRoleToken",
        settled_by=NEVER,
        sources=("spec",),
    ),
)

_PROFILE: Final = (
    Signature(
        "B3",
        Weight.HIGH,
        ("NoCredentialProviders: no valid providers in chain",),
        "the agent has no credentials: no instance profile",
        _ATTACH_PROFILE,
        versions="old agents",
        sources=("SD1",),
    ),
    Signature(
        "B4",
        Weight.HIGH,
        ("AssumeRoleUnauthorizedAccess", "EC2 cannot assume the role"),
        "EC2 cannot assume the profile's role: its trust policy, or the role was deleted and made "
        "again",
        "let the role's trust policy name ec2.amazonaws.com; if the role is new under an old name, "
        "disassociate the instance profile and associate it again",
        sources=("SD1",),
    ),
    Signature(
        "B10",
        Weight.LOW,
        ("Failed to connect to Systems Manager with instance profile role credentials. Err:",),
        "the profile's role was not accepted, Default Host Management is tried next: expected "
        "where that serves the node",
        _BY_CAUSE,
        wraps=True,
        sources=("C",),
    ),
    Signature(
        "B13",
        Weight.HIGH,
        (
            "ExpiredTokenException",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "security token included in the request is",
        ),
        "AWS does not know the credentials: a stale shared credentials file, a clock that is "
        "behind, or an endpoint of another partition",
        f"sudo mv /root/.aws/credentials /root/.aws/credentials.unused; {_RESTART}",
        "Rename-Item C:\\Windows\\System32\\config\\systemprofile\\.aws\\credentials "
        f"credentials.unused; {_RESTART_ON_WINDOWS}",
        sources=("I #368", "I #157", "I #91"),
    ),
    Signature(
        "B17",
        Weight.HIGH,
        (
            "Credentials are not available when they should be",
            "Failed to write credentials to disk even with force",
            "Failed to save new expiration",
        ),
        "the agent cannot keep its credentials: the disk is full or read-only, or its folder is "
        "not its own",
        "df -h /var/lib/amazon; df -i /var/lib/amazon; ls -ld /var/lib/amazon/ssm",
        "Get-Volume; Get-Acl C:\\ProgramData\\Amazon\\SSM",
        sources=("C",),
    ),
)

_HOST_MANAGEMENT: Final = (
    Signature(
        "B6",
        Weight.HIGH,
        ("instance management role is not configured for account",),
        "Default Host Management is off in this account and Region, and no profile serves the node",
        f"{_ATTACH_PROFILE}# or: aws ssm update-service-setting --region {{region}} --setting-id "
        "/ssm/managed-instance/default-ec2-instance-management-role --setting-value "
        "service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole",
        sources=("C", "hashicorp-education/learn-nomad #21"),
    ),
    Signature(
        "B7",
        Weight.HIGH,
        ("error calling RequestManagedInstanceRoleToken",),
        "Systems Manager does not hand out the role of Default Host Management: its trust or "
        "permissions, the endpoint's policy, or an organization's policy",
        _ALLOW_DHMC,
        pattern=r"RequestManagedInstanceRoleToken: AccessDenied",
        unless=r"instance management role is not configured",
        sources=("C",),
    ),
    Signature(
        "B8",
        Weight.HIGH,
        ("ec2 instance not yet registered with Systems Manager",),
        "the registration that Default Host Management needs has not been done",
        f"{_ALLOW_DHMC}; then {_RESTART}",
        f"{_ALLOW_DHMC}; then {_RESTART_ON_WINDOWS}",
        sources=("C",),
    ),
    Signature(
        "B14",
        Weight.LOW,
        (
            "error calling RegisterManagedInstance API",
            "failed to register identity:",
            "before retrying registration",
        ),
        "the registration for Default Host Management fails: harmless where the profile's "
        "credentials work",
        _ALLOW_DHMC,
        wraps=True,
        sources=("C",),
    ),
    Signature(
        "B15",
        Weight.MEDIUM,
        ("Instance appears to already be registered",),
        "the agent's vault was wiped after the instance had been registered",
        f"{_ATTACH_PROFILE}# or launch the instance anew",
        versions="with Default Host Management",
        sources=("C",),
    ),
    Signature(
        "B16",
        Weight.MEDIUM,
        ("unable to build RSA signature",),
        "the key in the agent's vault cannot be used",
        f"{_RESTART}   # if it stays: register the node again",
        f"{_RESTART_ON_WINDOWS}   # if it stays: register the node again",
        sources=("C",),
    ),
)

_WRAPPERS: Final = (
    Signature(
        "B5",
        Weight.HIGH,
        ("no valid credentials could be retrieved for ec2 identity",),
        "neither the instance profile nor Default Host Management gave the agent credentials",
        _BY_CAUSE,
        wraps=True,
        sources=("SD1", "C"),
    ),
    Signature(
        "B9",
        Weight.HIGH,
        ("unexpected error getting instance profile role credentials or calling",),
        "the heartbeat failed by something other than permissions: network, DNS, TLS, the clock, "
        "or throttling",
        _BY_CAUSE,
        wraps=True,
        sources=("C",),
    ),
    Signature(
        "B11",
        Weight.LOW,
        ("before retrying retrieve credentials",),
        "the agent waits before it asks for credentials again",
        f"repair the cause, then {_RESTART}   # or wait",
        f"repair the cause, then {_RESTART_ON_WINDOWS}   # or wait",
        pattern=r"Sleeping for \S{1,40} before retrying retrieve credentials",
        sources=("SD1", "C"),
    ),
    Signature(
        "B11b",
        Weight.HIGH,
        ("SSM Agent unable to acquire credentials",),
        "the agent got no credentials",
        _BY_CAUSE,
        wraps=True,
        versions="newer agents",
        sources=("PaloAltoNetworks/lab-aws-gwlb-vmseries #60",),
    ),
    Signature(
        "B12",
        Weight.BENIGN,
        ("returned from AWS API. RequestId:",),
        "the service answered: names, path and TLS are in order, its message says what is not",
        _BY_CAUSE,
        pattern=r"Status code \d{3} returned from AWS API",
        wraps=True,
        sources=("C",),
    ),
)

CREDENTIALS: Final = (*_PERMISSIONS, *_PROFILE, *_HOST_MANAGEMENT, *_WRAPPERS)
