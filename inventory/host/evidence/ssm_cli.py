"""What ``ssm-cli get-diagnostics`` says of a machine, by domain.md 1.2 (T-117 … T-122).

Skipped is the normal answer of two checks; of credentials neither answer says anything about
permissions; a check that is absent crashed, and nothing is known of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from inventory.facts.host import (
    AgentInstall,
    AgentService,
    EndpointTry,
    Leftovers,
    Metadata,
    Proxy,
    Reading,
)
from inventory.host.evidence.network_errors import UNTOLD, network_error
from inventory.host.evidence.rows import Row, row_of
from inventory.host.evidence.secrets import without_secrets, without_user
from inventory.host.evidence.ssm_cli_output import is_refusal, ssm_cli_rows

SOURCE: Final = "ssm-cli"

_WINDOWS_ONLY: Final = "Windows sysprep image state"
_IDENTITY: Final = re.compile(r"instance id (?P<id>m?i-[0-9a-f]+) in region (?P<region>[\w-]+)")
_ROLE: Final = re.compile(
    r"arn:[\w-]+:sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/\s]+)/i-[0-9a-f]+"
)
_CREDENTIAL_CODE: Final = re.compile(r"\b(AssumeRoleUnauthorizedAccess)\b")
_CANNOT_ASSUME: Final = re.compile(r"EC2 cannot assume the role", re.IGNORECASE)
_NO_ROLE: Final = re.compile(r"no EC2 instance role found", re.IGNORECASE)
_STATUS: Final = re.compile(r"status code: (?P<code>\d{3})")
_CONNECTIVITY: Final = re.compile(r"^Connectivity to (?P<service>[\w-]+) endpoint$", re.IGNORECASE)
_HOST: Final = re.compile(r"(?<![\w.-])(?P<host>(?:[\w-]++\.(?=[\w-])){2,}+[a-z]{2,}+)\b")
_VERSION: Final = re.compile(r"SSM Agent version is (?P<version>\d+(?:\.\d+)+)")
_OTHER_USER: Final = re.compile(r"is running as (?P<user>.+?) instead of expected user")
_OTHER_STATE: Final = re.compile(r"not running, state is: (?P<state>\S.*)$")
_INSTALLED_AS: Final = re.compile(
    r"installed as a? ?(?P<system>snap|systemctl|upstart|\w+) service"
)
_IMAGE_STATE: Final = re.compile(r"\bIMAGE_STATE_\w+")
_PROXIES: Final = re.compile(r"\b(https?_proxy|no_proxy):\s*(\S*)", re.IGNORECASE)


def ssm_cli_reading(instance_id: str, text: str, *, origin: str, taken_at: str) -> Reading:
    """The reading of one output; what could not be understood of it stands in ``problems``."""
    empty = Reading(instance_id=instance_id, source=SOURCE, origin=origin, taken_at=taken_at)
    rows = ssm_cli_rows(text)
    if rows is None:
        why = (
            "ssm-cli was run without root or administrator rights and checked nothing; "
            "run it again with sudo"
            if is_refusal(text)
            else "its list of checks cannot be read"
        )
        return msgspec.structs.replace(empty, problems=(why,))
    is_windows = row_of(rows, _WINDOWS_ONLY) is not None
    service = _service(rows, "NT AUTHORITY\\SYSTEM" if is_windows else "root")
    is_running = service is not None and service.running is True
    proxy = _proxy(rows, is_known=is_windows or is_running)
    return msgspec.structs.replace(
        empty,
        system="windows" if is_windows else "",
        install=_install(rows),
        service=service,
        metadata=_metadata(rows),
        endpoints=_endpoints(rows, proxy),
        proxy=proxy,
        leftovers=_leftovers(rows),
        sysprep_state=_sysprep(rows),
        remarks=tuple(
            without_secrets(f"{row.check}: {row.value}: {row.note}") for row in rows if row.check
        ),
    )


def told_instance(text: str) -> frozenset[str]:
    """The instance ids that the output itself is about."""
    rows = ssm_cli_rows(text) or ()
    metadata = row_of(rows, "EC2 IMDS")
    known = _IDENTITY.search(metadata.note) if metadata is not None else None
    return frozenset({known["id"]}) if known is not None else frozenset()


def _metadata(rows: Iterable[Row]) -> Metadata | None:
    """IMDS and the credentials it gives; a timeout of sts alone says nothing (T-118)."""
    metadata, credentials = row_of(rows, "EC2 IMDS"), row_of(rows, "AWS Credentials")
    if metadata is None and credentials is None:
        return None
    seen = {} if metadata is None else _identity(metadata)
    used = {} if credentials is None else _credentials(credentials)
    notes = "; ".join(one.note for one in (metadata, credentials) if one is not None and one.note)
    return Metadata(**(seen | used), note=without_secrets(notes))


def _identity(row: Row) -> dict[str, str]:
    known = _IDENTITY.search(row.note)
    if row.says("success"):
        found = {} if known is None else {"instance_id": known["id"], "region": known["region"]}
        return {"identity": "ok"} | found
    if not row.says("failed"):
        return {}
    status = _STATUS.search(row.note)
    if status is not None:
        came = status["code"]
    elif "timeout" in row.note.casefold():
        came = "timeout"
    else:
        came = network_error(row.note).tcp or UNTOLD
    about_token = "token" in row.note.casefold()
    return {"token": came} if about_token else {"identity": came}


def _credentials(row: Row) -> dict[str, str]:
    """Success names the role, and no permission (T-119); Failed counts where IMDS is to blame."""
    role = _ROLE.search(row.note)
    if row.says("success") and role is not None:
        return {"credentials": "ok", "role": role["role"], "account": role["account"]}
    if not row.says("failed"):
        return {}
    code = _CREDENTIAL_CODE.search(row.note)
    if code is not None or _CANNOT_ASSUME.search(row.note):
        return {"credentials": "ok", "credentials_code": "AssumeRoleUnauthorizedAccess"}
    return {"credentials": "404"} if _NO_ROLE.search(row.note) else {}


def _endpoints(rows: Iterable[Row], proxy: Proxy | None) -> tuple[EndpointTry, ...] | None:
    """A TCP connection each, and no more: TLS and HTTP are not tried (T-77)."""
    via = "" if proxy is None else proxy.https or proxy.http
    is_agents_way = bool(via) or proxy is None or bool(proxy.origin)
    tries = tuple(
        _endpoint(found["service"].casefold(), row, via, is_agents_way=is_agents_way)
        for row in rows
        if (found := _CONNECTIVITY.match(row.check)) is not None
    )
    return tries or None


def _endpoint(service: str, row: Row, via: str, *, is_agents_way: bool) -> EndpointTry:
    named = _HOST.search(row.note)
    host = "" if named is None else named["host"]
    note = without_secrets(row.note)
    if row.says("success"):
        # Through a proxy it is the proxy that looks the name up.
        return EndpointTry(
            service=service, host=host, names="" if via else "ok", tcp="ok", proxy=via, note=note
        )
    if not row.says("failed"):
        return EndpointTry(service=service, host=host, note=note)
    if not is_agents_way:
        why = "tried directly, and the agent may go through a proxy once it runs"
        return EndpointTry(service=service, host=host, note=f"{why}; {note}")
    if row.note.startswith("Failed to initialize proxy client"):
        return EndpointTry(service=service, tcp=UNTOLD, proxy=via, note=note)
    error = network_error(row.note)
    return EndpointTry(
        service=service,
        host=host,
        names=error.names,
        tcp="ok" if error.http else error.tcp,
        http=error.http,
        addresses=(error.address,) if error.address else (),
        resolver=error.resolver,
        proxy=via or error.via,
        note=note,
    )


def _service(rows: Iterable[Row], expected_user: str) -> AgentService | None:
    row = row_of(rows, "Agent service")
    if row is None:
        return None
    if row.says("success"):
        return AgentService(running=True, user=expected_user, note=row.note)
    user, state = _OTHER_USER.search(row.note), _OTHER_STATE.search(row.note)
    if user is not None:
        return AgentService(running=True, user=user["user"], note=row.note)
    if row.says("failed") and state is not None:
        return AgentService(running=False, state=state["state"].casefold(), note=row.note)
    if row.says("failed") and "is not running" in row.note:
        return AgentService(running=False, system=_system(row.note), note=row.note)
    return AgentService(note=row.note)


def _system(note: str) -> str:
    found = _INSTALLED_AS.search(note)
    system = "" if found is None else found["system"]
    return {"systemctl": "systemd", "launchctl": "launchd"}.get(system, system)


def _install(rows: Iterable[Row]) -> AgentInstall | None:
    version, service = row_of(rows, "SSM Agent version"), row_of(rows, "Agent service")
    known = None if version is None else _VERSION.search(version.note)
    note = "" if service is None else service.note
    package = "snap" if "installed as snap" in note else ""
    if known is not None:
        return AgentInstall(installed=True, version=known["version"], package=package, note=note)
    if package or "installed as a systemctl" in note:
        return AgentInstall(installed=True, package=package, note=note)
    # ssm-cli comes with the agent: that it finds no service is odd, and no proof of absence.
    return AgentInstall(note=note) if "Unable to find ssm agent" in note else None


def _proxy(rows: Iterable[Row], *, is_known: bool) -> Proxy | None:
    """Success means that there is one, Skipped that there is none: the normal case (T-121).

    On Linux it looks into the environment of the agent's process: where none runs, it saw nothing.
    """
    row = row_of(rows, "Proxy configuration")
    if row is None:
        return None
    if not row.says("success"):
        is_none = row.says("skipped") and is_known
        note = row.note if is_known else "no agent runs whose environment would tell"
        return Proxy(origin=SOURCE if is_none else "", note=without_secrets(note))
    found = {name.casefold(): value for name, value in _PROXIES.findall(row.note)}
    values = {name: "" if value == "NULL" else value for name, value in found.items()}
    return Proxy(
        http=without_user(values.get("http_proxy", "")),
        https=without_user(values.get("https_proxy", "")),
        no_proxy=tuple(one for one in values.get("no_proxy", "").split(",") if one),
        origin=SOURCE,
    )


def _leftovers(rows: Iterable[Row]) -> Leftovers | None:
    row = row_of(rows, "Hybrid instance registration")
    if row is None:
        return None
    known = _IDENTITY.search(row.note)
    if row.says("success") and known is not None:
        return Leftovers(registration=known["id"], registration_region=known["region"])
    return Leftovers(note=row.note) if row.says("skipped") else None


def _sysprep(rows: Iterable[Row]) -> str:
    """The state it has. Where it is wrong, the text names first the one it should have."""
    row = row_of(rows, _WINDOWS_ONLY)
    states = [] if row is None else _IMAGE_STATE.findall(row.note)
    return str(states[-1]) if states else ""
