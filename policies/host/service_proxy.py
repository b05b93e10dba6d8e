"""HOST-11: the proxy of the agent's service leaves the metadata service alone."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

from inventory.facts import Node
from inventory.facts.host import Proxy, Reading
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    warned,
)
from policies.host.commands import commands_for
from policies.host.readings import NEEDS, READS, judged, quoted, section_of, untold

CONTROL = Control(
    id="HOST-11",
    title="The proxy of the agent's service leaves the metadata service alone",
    severity=Severity.HIGH,
    category="host",
    why=(
        "The agent inherits the proxy of its own service, not of a shell: one without no_proxy for "
        "169.254.169.254 sends even the metadata service's token through the proxy."
    ),
    remediation=(
        "Set no_proxy=169.254.169.254 for the agent's service on {instance_id} and restart it"
    ),
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/configure-proxy-ssm-agent.html",
    ),
    reads=("proxies", *READS),
)
_METADATA: Final = ipaddress.ip_address("169.254.169.254")
#: What Go's url.Parse and the agent take as a proxy: a scheme may be missing.
_URL: Final = re.compile(
    r"(?:(?:https?|socks5)://)?(?:[^@/\s]*@)?[^\s/:@]+(?::\d{1,5})?/?", re.IGNORECASE
)
_IPV6_URL: Final = re.compile(
    r"(?:(?:https?|socks5)://)?(?:[^@/\s]*@)?\[[0-9a-f:]+\](?::\d{1,5})?/?"
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge http, https and no_proxy of the service (R-6.6, 1.2 row 6, C11, C12; T-121).

    Having no proxy is the normal case. What lies behind one is judged by HOST-06 to HOST-09.
    """
    install = section_of(node, "install")
    if install is not None and install.installed is False:
        return not_applicable("AFTER_HOST_01", "there is no agent: HOST-01 judges that")

    def judge(reading: Reading, proxy: Proxy) -> Verdict:
        return _judge(node, context, reading, proxy)

    return judged(node, context, "proxy", judge)


def _judge(node: Node, context: Context, reading: Reading, proxy: Proxy) -> Verdict:
    seen = quoted(reading, "proxy", "http", "https", "no_proxy", "origin")
    account = node.account.account_id
    tags = {tag.key: tag.value for tag in node.instance.tags}
    declared = context.parameters.proxy_of(account, node.instance.vpc_id, tags)
    if not proxy.http and not proxy.https and not proxy.origin:
        return untold(reading, "proxy", "whether the agent's service has a proxy")
    if not proxy.http and not proxy.https:
        if declared is None:
            return passed("NO_PROXY", "the agent's service has no proxy", *seen)
        told = f"the agent's service has no proxy, but parameters.yaml says {declared.place}"
        return warned("PROXY_MISSING", told, *seen)
    broken = next((one for one in (proxy.https, proxy.http) if one and not _is_url(one)), None)
    command = f"On {node.id}: {commands_for(node, reading).proxy}; then restart the service"
    if broken is not None:
        told = f"the proxy {broken!r} of the agent's service is no URL"
        blockers = (Blocker(node.id, told),)
        return failed("PROXY_MALFORMED", told, *seen, blockers=blockers)
    if proxy.http and not _leaves_out_metadata(proxy.no_proxy):
        return _catches_metadata(node, reading, proxy, command)
    if declared is None:
        told = f"the agent's service uses the proxy {proxy.https or proxy.http}"
        return warned(
            "PROXY_UNDECLARED",
            f"{told}, which parameters.yaml does not name: the NET controls judge a direct path",
            *seen,
            remediation=f"Declare it in parameters.yaml (proxies) for {node.id}",
        )
    return passed("PROXY_SPARES_METADATA", f"no_proxy of {proxy.http or proxy.https} is set", *seen)


def _catches_metadata(node: Node, reading: Reading, proxy: Proxy, command: str) -> Verdict:
    """A worker shows that the agent gets by all the same: it has credentials (T-105)."""
    told = f"the proxy {proxy.http} also catches requests to 169.254.169.254"
    seen = quoted(reading, "proxy", "http", "no_proxy", "origin")
    if reading.service is not None and reading.service.worker:
        return warned("PROXY_CATCHES_METADATA", told, *seen, remediation=command)
    return failed(
        "PROXY_CATCHES_METADATA",
        told,
        *seen,
        blockers=(Blocker(node.id, told),),
        remediation=command,
    )


def _leaves_out_metadata(no_proxy: Iterable[str]) -> bool:
    """Whether Go leaves the address out: itself, a network around it, or ``*``."""
    return any(one == "*" or _covers(one) for one in no_proxy)


def _covers(word: str) -> bool:
    try:
        return _METADATA in ipaddress.ip_network(word.partition(":")[0], strict=False)
    except ValueError:
        return False


def _is_url(text: str) -> bool:
    return bool(_URL.fullmatch(text) or _IPV6_URL.fullmatch(text.casefold()))
