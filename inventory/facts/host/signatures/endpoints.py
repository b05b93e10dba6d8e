"""Group C: reaching the service endpoints (domain.md 3.4)."""

from typing import Final

from inventory.facts.host.signatures.signature import CHANNEL, Signature, Weight

_METADATA: Final = r"169\.254\.169\.254|fd00:ec2::254"
_PATH: Final = (
    "private address: let the interface endpoint's security group admit 443 from the instance; "
    "public address: security group, network ACL and route to a NAT or internet gateway (NET-02 to "
    "NET-06 say which)"
)
_TRY: Final = "curl -sv https://{ssm}/ -o /dev/null"
_TRY_ON_WINDOWS: Final = (
    "Test-NetConnection {ssm} -Port 443; Invoke-WebRequest https://{ssm}/ -UseBasicParsing"
)
_PROXY: Final = (
    "sudo systemctl show amazon-ssm-agent -p Environment   # correct http_proxy, https_proxy and "
    "no_proxy=169.254.169.254\nsudo systemctl restart amazon-ssm-agent"
)
_PROXY_ON_WINDOWS: Final = (
    "Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent\n"
    "netsh winhttp show proxy\nRestart-Service AmazonSSMAgent"
)
_TRUST: Final = (
    "except the AWS endpoints from TLS inspection, or install the inspecting CA; Amazon's roots: "
    "sudo update-ca-trust || sudo update-ca-certificates"
)
_TRUST_ON_WINDOWS: Final = (
    "except the AWS endpoints from TLS inspection, or install the inspecting CA: "
    "Import-Certificate -FilePath ca.cer -CertStoreLocation Cert:\\LocalMachine\\Root"
)

_CONNECTING: Final = (
    Signature(
        "C1",
        Weight.HIGH,
        (
            ":443: i/o timeout",
            ":443: connectex:",
            "failed because the connected party did not properly respond",
        ),
        "connecting to the endpoint times out: a security group, a network ACL, a route, or the "
        "endpoint's security group",
        _PATH,
        pattern=r"dial tcp [^\s]{2,80}:443: (?:i/o timeout|connectex:)",
        unless=r"actively refused|unreachable (?:network|host)",
        sources=("SD1",),
    ),
    Signature(
        "C2",
        Weight.HIGH,
        (
            "Client.Timeout exceeded while awaiting headers",
            "net/http: request canceled",
        ),
        "the endpoint does not answer in time: path, firewall or proxy",
        _PATH,
        unless=rf"GetMessages|ec2messages|{_METADATA}",  # a long poll ends like that (T-108)
        sources=("SD1",),
    ),
    Signature(
        "C3",
        Weight.HIGH,
        (
            "no such host",
            "server misbehaving",
            ":53: read: i/o timeout",
            ":53: i/o timeout",
            "Temporary failure in name resolution",
            "getaddrinfow:",
        ),
        "the endpoint's name does not resolve: the VPC's DNS support, DHCP options, a DNS server "
        "of one's own, or a firewall on port 53",
        "cat /etc/resolv.conf; getent hosts {ssm}; dig +short {ssm} @169.254.169.253",
        "Get-DnsClientServerAddress; Resolve-DnsName {ssm}",
        pattern=r"lookup (?!ec2messages\.)",
        sources=("spec",),
    ),
    Signature(
        "C4",
        Weight.HIGH,
        ("connect: connection refused", "actively refused it"),
        "something refuses the connection: a proxy's closed port, an appliance, or a hosts file",
        f"getent hosts {{ssm}}; grep -n amazonaws /etc/hosts; {_TRY}",
        "Select-String amazonaws C:\\Windows\\System32\\drivers\\etc\\hosts; " + _TRY_ON_WINDOWS,
        unless=rf"{_METADATA}|proxyconnect|dial unix",
        sources=("spec",),
    ),
    Signature(
        "C5",
        Weight.HIGH,
        (
            "connect: network is unreachable",
            "connect: no route to host",
            "unreachable network",
            "unreachable host",
        ),
        "the guest has no route: no default route, or its network is not up",
        "ip route; ip address; sudo systemctl restart amazon-ssm-agent",
        "route print; Restart-Service AmazonSSMAgent",
        unless=_METADATA,
        sources=("spec",),
    ),
)

_SPEAKING: Final = (
    Signature(
        "C6",
        Weight.HIGH,
        (
            "read: connection reset by peer",
            "forcibly closed by the remote host",
            "tls: handshake failure",
            '": EOF',
            "/: EOF",
            "unexpected EOF",
        ),
        "a firewall or an inspecting appliance breaks the TLS handshake, often since the agent "
        "updated itself: it drops the larger ClientHello",
        "correct the firewall's rule; until then set GODEBUG=tlskyber=0 for the service "
        "(agents built with Go 1.23)",
        unless=_METADATA,
        sources=("I #640",),
    ),
    Signature(
        "C7",
        Weight.HIGH,
        ("x509: certificate signed by unknown authority",),
        "the certificate's authority is not trusted: TLS inspection, or Amazon's roots are missing",
        _TRUST,
        _TRUST_ON_WINDOWS,
        sources=("I #195",),
    ),
    Signature(
        "C8",
        Weight.HIGH,
        ("x509: certificate is valid for",),
        "someone else answers for the endpoint: a wrong record in a private zone, DNS hijacking, "
        "or a captive proxy",
        "getent hosts {ssm}   # correct the record that leads there",
        "Resolve-DnsName {ssm}   # correct the record that leads there",
        sources=("spec",),
    ),
    Signature(
        "C9",
        Weight.HIGH,
        ("x509: certificate has expired or is not yet valid",),
        "the clock is off by more than a certificate's life, or an inspecting proxy's certificate "
        "has expired",
        "sudo chronyc makestep; timedatectl",
        "w32tm /resync /force; w32tm /query /status",
        sources=("spec",),
    ),
    Signature(
        "C10",
        Weight.LOW,
        ("Failed to read system certificate pool",),
        "the system's store of certificate authorities cannot be read",
        "ls -l /etc/ssl/certs /etc/pki/tls/certs",
        "Get-ChildItem Cert:\\LocalMachine\\Root",
        sources=("spec",),
    ),
    Signature(
        "C11",
        Weight.HIGH,
        ("proxyconnect tcp:", "failed to connect to http proxy with status code"),
        "the proxy is down, asks for a login, or does not let the endpoint through",
        _PROXY,
        _PROXY_ON_WINDOWS,
        sources=("spec",),
    ),
    Signature(
        "C12",
        Weight.HIGH,
        ("SetProxySettings invalid URL",),
        "the proxy's URL is malformed",
        _PROXY,
        _PROXY_ON_WINDOWS,
        sources=("spec",),
    ),
)

_HIBERNATING: Final = (
    Signature(
        "C12b",
        Weight.HIGH,
        ("Entering SSM Agent hibernate - error occurred in RequestManagedInstanceRoleToken",),
        "the agent hibernates; where the address is public although endpoints exist in the VPC, a "
        "second interface or a DNS server of one's own leads past them",
        "ip route; getent hosts {ssm}; sudo systemctl restart amazon-ssm-agent",
        "route print; Resolve-DnsName {ssm}; Restart-Service AmazonSSMAgent",
        wraps=True,
        sources=("I #449",),
    ),
    Signature(
        "C13",
        Weight.HIGH,
        (
            "Entering SSM Agent hibernate - ",
            "Agent is in hibernate mode. Reducing logging",
            "Health ping failed with error - ",
            "Backing off health check to every",
        ),
        "the agent's first ping failed and it hibernates: it tries again within an hour",
        "repair the cause, then sudo systemctl restart amazon-ssm-agent   # or wait up to an hour",
        "repair the cause, then Restart-Service AmazonSSMAgent   # or wait up to an hour",
        unless=r"hibernate - error occurred in RequestManagedInstanceRoleToken",
        wraps=True,
        sources=("C",),
    ),
)

_CHANNELS: Final = (
    Signature(
        "C14",
        Weight.MEDIUM,
        (
            "CreateControlChannel failed with error:",
            "Failed to get controlchannel token",
            "failed to connect controlchannel",
            "Failed to dial websocket",
            "failed to initialize websocket channel for controlchannel",
            "Error setting up control channel",
        ),
        "the session channel does not open: permission for ssmmessages, its endpoint, or a proxy "
        "that passes no WebSocket",
        "allow ssmmessages:* of AmazonSSMManagedInstanceCore, and reach "
        "{ssmmessages} on 443 (NET-09)",
        wraps=True,
        settled_by=CHANNEL,
        sources=("C",),
    ),
    Signature(
        "C15",
        Weight.MEDIUM,
        ("GetMessages Error:", "[MessagingDeliveryService]"),
        "the ec2messages endpoint does not serve; agents from 3.3.40.0 on do without it",
        "update the agent, or reach {ec2messages} on 443 (NET-10)",
        pattern=r"GetMessages Error:|\[MessagingDeliveryService\] (?:[^\n]{0,80} )?RequestError",
        unless=r"Client\.Timeout exceeded",
        wraps=True,
        settled_by=CHANNEL,
        sources=("SD1",),
    ),
    Signature(
        "C16",
        Weight.MEDIUM,
        ("lookup ec2messages.",),
        "the name of ec2messages does not resolve: expected in Regions that never had it",
        "update the agent to 3.3.40.0 or later: it does without ec2messages",
        pattern=r"lookup ec2messages\.\S{1,80}(?: on \S{1,60})?: (?:no such host|getaddrinfow:)",
        settled_by=CHANNEL,
        sources=("spec",),
    ),
)

ENDPOINTS: Final = (*_CONNECTING, *_SPEAKING, *_HIBERNATING, *_CHANNELS)
