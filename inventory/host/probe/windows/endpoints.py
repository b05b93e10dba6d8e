"""Whether Windows can reach the services' hosts (windows/request.ps1).

The script names what happened by .NET's own words: SocketError, SslPolicyErrors and
X509ChainStatusFlags.
"""

from __future__ import annotations

from typing import Final

from inventory.facts.host import EndpointTry
from inventory.host.probe.asking import Asked
from inventory.host.probe.windows.script import Said

_NAMES: Final = {
    "ok": "ok",
    "HostNotFound": "no-such-host",
    "NoData": "no-such-host",
    "TryAgain": "dns-timeout",
    "NoRecovery": "dns-failure",
}
_TCP: Final = {
    "ok": "ok",
    "TimedOut": "timeout",
    "ConnectionRefused": "refused",
    "ConnectionReset": "reset",
    "HostUnreachable": "unreachable",
    "NetworkUnreachable": "unreachable",
    "NetworkDown": "unreachable",
}
_BROKEN: Final = {
    "TimedOut": "timeout",
    "ConnectionReset": "reset",
    "ConnectionAborted": "reset",
    "IOException": "reset",
    "AuthenticationException": "failure",
}
_PROXY: Final = {"407": "proxy-407", "403": "proxy-403"}
_PROXIED: Final = "200"


def read_endpoints(said: Said, asked: Asked) -> tuple[EndpointTry, ...]:
    """One try a host, in the order asked; a host of which nothing was said has empty stages."""
    tries = {one.text("host"): one for one in said.many("tries")}
    return tuple(_try(tries.get(host, Said()), service, host) for service, host in asked.hosts)


def _try(said: Said, service: str, host: str) -> EndpointTry:
    proxy = said.text("proxy")
    names = _NAMES.get(said.text("names"), "dns-failure" if said.text("names") else "")
    certificate = certificate_word(said)
    is_trusted = certificate == "ok"
    status = said.number("status")
    return EndpointTry(
        service=service,
        host=host,
        # Behind a proxy the name that was resolved is the proxy's.
        names="" if proxy else names,
        addresses=() if proxy else said.texts("addresses"),
        tcp=_TCP.get(said.text("tcp"), "unreachable" if said.text("tcp") else ""),
        tls=certificate,
        http=_http(said) if is_trusted or proxy else "",
        http_status=int(status) if status and is_trusted else None,
        issuer=said.text("issuer"),
        proxy=proxy,
    )


def certificate_word(said: Said) -> str:
    """The handshake's word: the callback accepts any certificate, and tells what was wrong."""
    if said.text("tls") != "ok":
        return _BROKEN.get(said.text("tls"), "failure" if said.text("tls") else "")
    errors, chain = said.text("errors").split(", "), said.text("chain")
    if "NotTimeValid" in chain:
        return "expired"
    if "RemoteCertificateChainErrors" in errors:
        return "unknown-authority"
    if "RemoteCertificateNameMismatch" in errors:
        return "wrong-name"
    return "ok" if errors == ["None"] else "failure"


def _http(said: Said) -> str:
    proxied = said.text("proxied")
    if proxied and proxied != _PROXIED:
        return _PROXY.get(proxied, "failure")
    told = said.text("http")
    return "ok" if told == "ok" else _BROKEN.get(told, "failure" if told else "")
