"""What the SSMAgent toolkit for Windows says of a machine, by the rules of domain.md 1.4.

Its proxies other than the agent's own are remarks: which of them serves the agent is a matter of
precedence that it does not tell (1.2). What it says of credentials rests on the guest's clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from inventory.facts.host import (
    AgentInstall,
    AgentService,
    EndpointTry,
    Leftovers,
    Metadata,
    Proxy,
    Reading,
)
from inventory.host.evidence.endpoint_names import is_made_up
from inventory.host.evidence.network_errors import UNTOLD
from inventory.host.evidence.rows import Row, may_have_heading, row_of
from inventory.host.evidence.secrets import without_secrets, without_user
from inventory.host.evidence.windows_rows import windows_rows

SOURCE: Final = "toolkit-windows"

#: How many of its checks a text has to show to be its output.
_ENOUGH: Final = 3
_INSTANCE: Final = re.compile(
    r"EC2 InstanceID = (?P<id>i-[0-9a-f]+)(?:, Region = (?P<region>[\w-]+))?"
)
_MANAGED: Final = re.compile(
    r"ManagedInstanceID = (?P<id>mi-[0-9a-f]+), Region = (?P<region>[\w-]+)"
)
_ACCESSIBLE: Final = re.compile(r"^(?P<host>(?P<service>[\w-]+)\..*amazonaws\.com) accessible$")
_ADDRESS: Final = re.compile(r"Endpoint IP address is (?P<address>[0-9a-fA-F:.]*[0-9a-fA-F])")
_VERSION: Final = re.compile(r"install(?:ed)? SSM Agent version is (?P<version>\d+(?:\.\d+)+)")
_VERSION_IS_LATEST: Final = re.compile(
    r"install and the latest agent version in \S+ is (?P<version>\d+(?:\.\d+)+)"
)
_IMAGE_STATE: Final = re.compile(r"\bIMAGE_STATE_\w+")
_SETTING: Final = re.compile(r"\b(?P<name>https?_proxy|no_proxy)=(?P<value>\S*)", re.IGNORECASE)
_ROLE: Final = re.compile(r"[\w+=,.@-]{1,64}")
_SKIPPED: Final = ("skip", "skipped")
_PLACES_OF_A_PROXY: Final = 5


def is_toolkit_windows(text: str) -> bool:
    """Whether the text is, or holds, what the toolkit for Windows prints."""
    return may_have_heading(text) and len({row.check for row in windows_rows(text)}) >= _ENOUGH


def told_instance(text: str) -> frozenset[str]:
    """The instance ids that the output itself is about."""
    row = row_of(windows_rows(text), "EC2 instance metadata accessible")
    known = None if row is None else _INSTANCE.search(row.note)
    return frozenset() if known is None else frozenset({known["id"]})


def toolkit_windows_reading(instance_id: str, text: str, *, origin: str, taken_at: str) -> Reading:
    """The reading of one output."""
    rows = windows_rows(text)
    return Reading(
        instance_id=instance_id,
        source=SOURCE,
        origin=origin,
        taken_at=taken_at,
        system="windows",
        install=_install(rows),
        service=_service(rows),
        metadata=_metadata(rows),
        endpoints=_endpoints(rows),
        proxy=_proxy(rows),
        leftovers=_leftovers(rows),
        sysprep_state=_sysprep(rows),
        remarks=tuple(without_secrets(f"{row.check}: {row.value}: {row.note}") for row in rows),
    )


def _install(rows: Iterable[Row]) -> AgentInstall | None:
    """Installed where Windows knows the service; the version where it could be read."""
    service, version = (
        row_of(rows, "Amazon SSM agent service running"),
        row_of(rows, "SSMAgent version"),
    )
    note = "" if version is None else version.note
    known = _VERSION.search(note) or _VERSION_IS_LATEST.search(note)
    if known is not None:
        return AgentInstall(installed=True, version=known["version"], package="msi")
    if service is None:
        return None
    if "agent is installed" in service.note and service.says("fail"):
        return AgentInstall(installed=False, note="Windows knows no service AmazonSSMAgent")
    return AgentInstall(installed=True if service.says("pass", "fail") else None)


def _service(rows: Iterable[Row]) -> AgentService | None:
    row = row_of(rows, "Amazon SSM agent service running")
    if row is None:
        return None
    account = row_of(rows, "Amazon SSM service account")
    mode = row_of(rows, "Amazon SSM service startup mode")
    running = {"pass": True, "fail": False}.get(row.value.casefold())
    return AgentService(
        running=running,
        enabled=None if mode is None else _enabled(mode),
        user="" if account is None or account.says(*_SKIPPED) else account.value,
        unit="AmazonSSMAgent",
        system="windows",
        state="running" if running else "",
        note=row.note,
    )


def _enabled(mode: Row) -> bool | None:
    if mode.says("auto", "automatic"):
        return True
    return False if mode.says("manual", "disabled") else None


def _metadata(rows: Iterable[Row]) -> Metadata | None:
    """A token and the id by it (IMDSv2). Expired credentials may be a wrong clock (T-123).

    ``N/A`` as the profile is what any refusal leaves: it proves no missing role.
    """
    row, role = (
        row_of(rows, "EC2 instance metadata accessible"),
        row_of(rows, "IAM instance profile"),
    )
    if row is None and role is None:
        return None
    notes = [one.note for one in (row, role) if one is not None and one.note]
    valid = row_of(rows, "IAM profile credential valid")
    if valid is not None and valid.says("fail"):
        notes.append("its credentials look expired by the guest's own clock, which may be wrong")
    known = None if row is None else _INSTANCE.search(row.note)
    has_role = role is not None and _ROLE.fullmatch(role.value) and not role.says("n/a", *_SKIPPED)
    return Metadata(
        token=_came(row),
        identity="ok" if known is not None else "",
        instance_id="" if known is None else known["id"],
        region="" if known is None else known["region"] or "",
        role=role.value if has_role and role is not None else "",
        note="; ".join(notes),
    )


def _came(row: Row | None) -> str:
    """Fail tells that no token came, not why: no route, a firewall, a refusal."""
    if row is None:
        return ""
    return {"pass": "ok", "fail": UNTOLD}.get(row.value.casefold(), "")


def _endpoints(rows: Iterable[Row]) -> tuple[EndpointTry, ...] | None:
    tries = tuple(
        _endpoint(found["service"].casefold(), found["host"], row, rows)
        for row in rows
        if (found := _ACCESSIBLE.match(row.check)) is not None
    )
    return tries or None


def _endpoint(service: str, host: str, row: Row, rows: Iterable[Row]) -> EndpointTry:
    """``Test-NetConnection`` of the user who ran it: TCP, and never through a proxy."""
    note = without_secrets(row.note)
    if is_made_up(host):
        why = "the toolkit built a host name that the agent does not use"
        return EndpointTry(service=service, host=host, note=f"{why}; {note}")
    known = _ADDRESS.search(row.note)
    addresses = () if known is None else (known["address"],)
    if row.says("pass"):
        return EndpointTry(
            service=service, host=host, names="ok", tcp="ok", addresses=addresses, note=note
        )
    if not row.says("fail"):
        return EndpointTry(service=service, host=host, note=note)
    if _may_use_proxy(rows):
        why = "tried directly, and the agent may go through a proxy"
        return EndpointTry(service=service, host=host, note=f"{why}; {note}")
    return EndpointTry(
        service=service,
        host=host,
        names="ok" if addresses else "",
        tcp=UNTOLD,
        addresses=addresses,
        note=note,
    )


def _proxy_rows(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if "proxy" in row.check.casefold()]


def _may_use_proxy(rows: Iterable[Row]) -> bool:
    """Whether any of the five places of a proxy holds one, or was not looked at (T-78)."""
    found = _proxy_rows(rows)
    free = [row for row in found if row.says("n/a") or "Direct access" in row.value]
    return not found or len(free) < len(found)


def _proxy(rows: Iterable[Row]) -> Proxy | None:
    """The agent's own setting in the registry, the first that counts."""
    row = row_of(rows, "SSM Agent Proxy Setting")
    if row is None or row.says(*_SKIPPED):
        return None
    if row.says("n/a"):
        if _may_use_proxy(rows):
            return None
        is_all = len(_proxy_rows(rows)) == _PLACES_OF_A_PROXY
        return Proxy(origin="registry" if is_all else "", note=row.note)
    found = {one["name"].casefold(): one["value"] for one in _SETTING.finditer(row.value)}
    if not found:
        return None
    return Proxy(
        http=without_user(found.get("http_proxy", "")),
        https=without_user(found.get("https_proxy", "")),
        no_proxy=tuple(one for one in found.get("no_proxy", "").split(",") if one),
        origin="registry",
    )


def _leftovers(rows: Iterable[Row]) -> Leftovers | None:
    row = row_of(rows, "Managed(hybrid) Instance Registration")
    if row is None:
        return None
    known = _MANAGED.search(row.note)
    if known is not None:
        return Leftovers(registration=known["id"], registration_region=known["region"])
    return Leftovers(note=row.note) if row.says(*_SKIPPED) else None


def _sysprep(rows: Iterable[Row]) -> str:
    row = row_of(rows, "Windows sysprep image state complete")
    if row is None:
        return ""
    state = _IMAGE_STATE.search(row.note)
    if state is not None:
        return state[0]
    return "IMAGE_STATE_COMPLETE" if row.says("pass") else ""
