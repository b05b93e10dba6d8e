"""Hosts that the agent itself is set to: tries of others say nothing of it (R-3.3, R-4.4, D30)."""

from __future__ import annotations

from typing import Final

from inventory.facts.host import Configuration, EndpointTry, Reading

#: Ends of dual-stack names (2.4.2).
_DUAL_STACK: Final = (".api.aws", ".api.amazonwebservices.com.cn")


def asked_instead(reading: Reading, one: EndpointTry) -> str:
    """What the agent asks in the place of the host that was tried, ``""`` = that very host.

    A tool that does not name the host it tried (``host`` is ``""``) asks as the agent does.
    """
    configuration = reading.configuration or Configuration()
    override = configuration.endpoints.get(one.service, "")
    if not one.host or host_in(override) == one.host.casefold():
        return ""
    return override or _elsewhere(configuration, one.host.casefold())


def host_in(endpoint: str) -> str:
    """The host of ``https://ssm.eu-central-1.amazonaws.com/``, or of the name alone."""
    return (endpoint.partition("//")[2] or endpoint).partition("/")[0].casefold()


def _elsewhere(configuration: Configuration, host: str) -> str:
    """What the whole agent is set to: a Region, a domain or dual-stack names."""
    domain = configuration.endpoints.get("domain", "").casefold()
    if configuration.region and f".{configuration.region.casefold()}." not in host:
        return f"hosts of {configuration.region}"
    if domain and not host.endswith(f".{domain}"):
        return f"hosts of {domain}"
    if configuration.dual_stack and not host.endswith(_DUAL_STACK):
        return "dual-stack hosts"
    return ""
