"""Group A: the agent and the instance metadata service (domain.md 3.4)."""

from typing import Final

from inventory.facts.host.signatures.signature import IDENTIFIED, Signature, Weight

_OPEN_IMDS: Final = (
    "sudo systemctl show amazon-ssm-agent -p Environment   # NO_PROXY must hold 169.254.169.254\n"
    "ip route get 169.254.169.254\n"
    "aws ec2 modify-instance-metadata-options --region {region} --instance-id {instance_id} "
    "--http-endpoint enabled"
)
_OPEN_IMDS_ON_WINDOWS: Final = (
    "route print 169.254.169.254\n"
    "Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent   "
    "# Environment: no_proxy must hold 169.254.169.254\n"
    "Import-Module C:\\ProgramData\\Amazon\\EC2-Windows\\Launch\\Module\\Ec2Launch.psm1; Add-Routes"
)

METADATA: Final = (
    Signature(
        "A1",
        Weight.HIGH,
        ("Failed to fetch instance ID. Data from vault is empty",),
        "the metadata service did not tell the instance id: a proxy without no_proxy, a stale "
        "route, or it is disabled",
        _OPEN_IMDS,
        _OPEN_IMDS_ON_WINDOWS,
        pattern=r"169\.254\.169\.254/latest/meta-data/instance-id",
        settled_by=IDENTIFIED,
        versions="before 3.2",
        sources=("SD1",),
    ),
    Signature(
        "A2",
        Weight.HIGH,
        ("Failed to fetch region. Data from vault is empty",),
        "the metadata service did not tell the Region: a proxy without no_proxy, a stale route, or "
        "it is disabled",
        _OPEN_IMDS,
        _OPEN_IMDS_ON_WINDOWS,
        settled_by=IDENTIFIED,
        versions="before 3.2",
        sources=("C",),
    ),
    Signature(
        "A3",
        Weight.HIGH,
        ("Failed to get instance info from IMDS. Err:",),
        "the metadata service did not answer the agent",
        _OPEN_IMDS,
        _OPEN_IMDS_ON_WINDOWS,
        wraps=True,
        settled_by=IDENTIFIED,
        versions="3.2 and later",
        sources=("C",),
    ),
    Signature(
        "A4",
        Weight.HIGH,
        ("EC2MetadataError: failed to get IMDSv2 token and fallback to IMDSv1 is disabled",),
        "the request for an IMDSv2 token is blocked: a proxy, a firewall, a hop limit of 1 in "
        "front of a container, or the service is disabled",
        f"{_OPEN_IMDS} --http-put-response-hop-limit 2",
        _OPEN_IMDS_ON_WINDOWS,
        settled_by=IDENTIFIED,
        sources=("C",),
    ),
    Signature(
        "A5",
        Weight.HIGH,
        (
            "failed to find identity, retrying",
            "Agent failed to assume any identity",
            "failed to find agent identity",
            "Error occurred when starting amazon-ssm-agent",
        ),
        "the agent found no identity at boot, as when the network is not up yet, and ended",
        "sudo systemctl restart amazon-ssm-agent   # at boot: order it after "
        "network-online.target, and update the agent",
        "Restart-Service AmazonSSMAgent",
        wraps=True,
        settled_by=IDENTIFIED,
        sources=("C", "I #32", "I #637"),
    ),
    Signature(
        "A6",
        Weight.HIGH,
        ("EC2RoleRequestError: no EC2 instance role found",),
        "the metadata service has no role: no instance profile is attached, or it was lost",
        "aws ec2 associate-iam-instance-profile --region {region} --instance-id {instance_id} "
        "--iam-instance-profile Name=PROFILE",
        sources=("C", "I #609"),
    ),
    Signature(
        "A7",
        Weight.HIGH,
        ("failed to retrieve instance identity role",),
        "the metadata service does not hand out the instance-identity credentials that Default "
        "Host Management needs",
        "TOKEN=$(curl -sX PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "
        "http://169.254.169.254/latest/api/token)\n"
        'curl -s -o /dev/null -w "%{http_code}\\n" -H "X-aws-ec2-metadata-token: $TOKEN" '
        "http://169.254.169.254/latest/meta-data/identity-credentials/ec2/info\n"
        "update the agent",
        sources=("C",),
    ),
    Signature(
        "A8",
        Weight.HIGH,
        ("169.254.169.254:80:", "[fd00:ec2::254]:80:"),
        "the guest has no way to the metadata service: no route, a firewall, or its network is "
        "not up",
        "ip route get 169.254.169.254; sudo nft list ruleset || sudo iptables -S OUTPUT",
        "route print 169.254.169.254; Get-NetFirewallProfile",
        pattern=r"network is unreachable|no route to host|i/o timeout|unreachable network",
        settled_by=IDENTIFIED,
        sources=("I #609", "I #249"),
    ),
)
