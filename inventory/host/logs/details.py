"""What can be read out of a record beyond its signature: address, policy, skew, service."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from inventory.facts.host.signatures import POLICY_KIND

_HOST: Final = re.compile(
    r"\b(?P<service>ssmmessages|ec2messages|ssm|s3|sts|kms|logs|monitoring)(?:-fips)?"
    r"[.-][a-z0-9-]{1,60}\.(?:vpce\.)?(?:amazonaws|api\.aws|amazonwebservices|c2s|sc2s|csp)"
)
_ACTION: Final = re.compile(
    r"is not authorized to perform: ((?P<service>[a-z0-9]{2,20}):[A-Za-z]{2,60})"
)
_OPEN_CHANNEL: Final = re.compile(r"\[MGSInteractor\]|controlchannel|control channel|websocket")
_LONG_POLL: Final = re.compile(r"\[MDSInteractor\]|GetMessages|\[MessagingDeliveryService\]")
_DIALLED: Final = re.compile(
    r"dial tcp (?:\[(?P<six>[0-9a-fA-F:.]{2,45})\]|(?P<four>[\d.]{7,15})):"
)
_SERVER: Final = re.compile(r"lookup (?P<name>\S{1,255}?)(?: on (?P<server>\S{1,60}?):53)?: ")
_POLICY: Final = re.compile(POLICY_KIND)
_STAMP: Final = r"(\d{8}T\d{6}Z)"
_SKEW: Final = re.compile(
    rf"Signature (?:expired|not yet current): {_STAMP} is (?:now earlier|still later) than "
    rf"{_STAMP} \({_STAMP} [-+] \d{{1,3}} min\.?\)"
)
_PAUSE: Final = re.compile(r"Sleeping for (\S{1,40}) before")
_EXPIRED: Final = re.compile(r"current time (\S{1,40}) is (before|after) ([^\s,;)\"]{1,40})")
_NAMES: Final = re.compile(r"certificate is valid for ([^;\"]{1,200}?), not (\S{1,120})")
_PROXY: Final = re.compile(r"status code (\d{3})|proxyconnect tcp: ([^\"]{1,120})")
_STATUS: Final = re.compile(r"[Ss]tatus code:? (\d{3})")


def service_of(text: str) -> str:
    """The service that the record is about, ``ssmmessages``; ``""`` where it does not say."""
    host = _HOST.search(text)
    if host is not None:
        return host["service"]
    if _OPEN_CHANNEL.search(text):
        return "ssmmessages"
    if _LONG_POLL.search(text):
        return "ec2messages"
    action = _ACTION.search(text)
    return action["service"] if action else ""


def detail_of(signature: str, text: str) -> str:
    """What the record adds to that signature, ``private address 10.0.1.7``; ``""`` nothing."""
    read = _READERS.get(signature)
    return "" if read is None else read(text)


def skew_of(text: str) -> float | None:
    """Seconds by which the clock is ahead (+) or behind (-), as the service tells it (R-10.2)."""
    found = _SKEW.search(text)
    if found is None:
        return None
    signed, _, received = (_moment(stamp) for stamp in found.groups())
    return None if signed is None or received is None else (signed - received).total_seconds()


def signed_at(text: str) -> datetime | None:
    """The machine's own clock in UTC when it signed what was rejected for its time."""
    found = _SKEW.search(text)
    return _moment(found[1]) if found else None


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _address(text: str) -> str:
    found = _DIALLED.search(text)
    if found is None:
        return ""
    try:
        address = ipaddress.ip_address(found["six"] or found["four"])
    except ValueError:
        return ""
    return f"{'public' if address.is_global else 'private'} address {address}"


def _resolver(text: str) -> str:
    found = _SERVER.search(text)
    if found is None:
        return ""
    asked = f" by {found['server']}" if found["server"] else ""
    return f"{found['name']}{asked}"


def _policy(text: str) -> str:
    found = _POLICY.search(text)
    if found is None:
        return ""
    if found["denies"]:
        return f"explicit deny in a {found['denies']}"
    return f"no {found['lacks']} allows it"


def _action(text: str) -> str:
    found = _ACTION.search(text)
    return found[1] if found else ""


def _skew(text: str) -> str:
    skew = skew_of(text)
    return "" if skew is None else f"skew {skew:+.0f} s"


def _pause(text: str) -> str:
    found = _PAUSE.search(text)
    return f"waits {found[1]}" if found else ""


def _certificate_time(text: str) -> str:
    found = _EXPIRED.search(text)
    return f"its clock says {found[1]}, {found[2]} {found[3]}" if found else ""


def _certificate_names(text: str) -> str:
    found = _NAMES.search(text)
    return f"certificate of {found[1]}, asked {found[2]}" if found else ""


def _proxy(text: str) -> str:
    found = _PROXY.search(text)
    if found is None:
        return ""
    return f"status {found[1]}" if found[1] else found[2].strip()


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return f"status {found[1]}" if found else ""


_READERS: Final[Mapping[str, Callable[[str], str]]] = {
    "B2": _policy,
    "B11": _pause,
    "B12": _status,
    "B18": _action,
    "C1": _address,
    "C3": _resolver,
    "C4": _address,
    "C5": _address,
    "C6": _address,
    "C8": _certificate_names,
    "C9": _certificate_time,
    "C11": _proxy,
    "C12b": _address,
    "C14": _action,
    "C16": _resolver,
    "D3": _status,
    "E1": _skew,
    "E2": _skew,
}
