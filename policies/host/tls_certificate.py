"""HOST-08: the services' certificates hold on the machine."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from policies.control import Context, Control, Severity, Verdict
from policies.host.host_stage import StageRule, judge_stage
from policies.host.readings import NEEDS, READS
from policies.host.stages import Stage

CONTROL = Control(
    id="HOST-08",
    title="TLS to the endpoints works and their certificates hold",
    severity=Severity.CRITICAL,
    category="host",
    why=(
        "TLS inspection, hardened certificate stores and firewalls that dislike large handshakes "
        "let TCP through and still break every request of the agent."
    ),
    remediation="Exempt the endpoints of {instance_id} from TLS inspection, or install its CA",
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html",
    ),
    reads=READS,
)
_RULE: Final = StageRule(
    Stage.TLS,
    "CERTIFICATE_HOLDS",
    "the certificate of {host} holds",
    {
        "unknown-authority": (
            "Exempt {host} from TLS inspection, or install its CA; else bring back Amazon Root CA "
            "1 and Starfield Services Root CA - G2: update-ca-trust or update-ca-certificates"
        ),
        "wrong-name": (
            "Something else answers for {host}: see the hosts file, private hosted zones and "
            "captive proxies"
        ),
        "expired": (
            "The certificate of {host} is not valid at the machine's time: set the clock first "
            "(HOST-10), then look for TLS inspection with an old certificate"
        ),
        "reset": (
            "Something cuts the handshake with {host}: a firewall that inspects, or drops large "
            "ClientHello messages; exempt the endpoints, or set GODEBUG=tlskyber=0 for the agent"
        ),
        "timeout": "The handshake with {host} hangs: see MTU, and firewalls that inspect TLS",
        "failure": "The handshake with {host} fails: see curl -v https://{host}, TLS 1.2 is needed",
    },
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge handshake and chain (1.5 step 7, 2.10, C6 to C9)."""
    return judge_stage(node, context, _RULE)
