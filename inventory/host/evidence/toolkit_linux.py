"""What the SSMAgent toolkit for Linux says of a machine, by domain.md 1.3 and its known defects.

It prints eleven checks in columns. Its tries come from a shell, not from the agent: they prove
nothing where the agent uses a proxy (T-78), and none of its defects may fail a node.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
from inventory.host.evidence.endpoint_names import is_made_up, region_of
from inventory.host.evidence.network_errors import UNTOLD
from inventory.host.evidence.rows import (
    Row,
    bounded_lines,
    cells_to_row,
    may_have_heading,
    one_line,
)
from inventory.host.evidence.secrets import without_secrets, without_user

SOURCE: Final = "toolkit-linux"

_NO_METADATA: Final = "Metadata URL is not accessible. Possible issue could be proxy"
_COLUMNS: Final = re.compile(r"\s*\|\s*|\s{2,}")
_METADATA: Final = re.compile(r"metadata endpoint|IMDS accessible", re.IGNORECASE)
_ROLE: Final = re.compile(r"IAM role attached", re.IGNORECASE)
_ENDPOINT: Final = re.compile(
    r"(?P<service>ssmmessages|ec2messages|ssm)\b.*\b(?:connectivity|reachable)", re.IGNORECASE
)
_AGENT: Final = re.compile(r"SSM agent service|agent running", re.IGNORECASE)
_AGENT_PROXY: Final = re.compile(r"agent proxy", re.IGNORECASE)
_SHELL_PROXY: Final = re.compile(r"system(?:[- ]wide)? proxy", re.IGNORECASE)
_SERVERS: Final = re.compile(r"nameservers|DNS servers", re.IGNORECASE)
_RESOLVING: Final = re.compile(r"resolving\s+(?P<host>\S+)", re.IGNORECASE)
_HYBRID: Final = re.compile(r"hybrid", re.IGNORECASE)
_CHECKS: Final = (
    _METADATA,
    _ROLE,
    _ENDPOINT,
    _AGENT,
    _AGENT_PROXY,
    _SHELL_PROXY,
    _SERVERS,
    _RESOLVING,
    _HYBRID,
)
#: How many of its checks a text has to show to be its output: words alone stand in many files.
_ENOUGH: Final = 3

_HOST: Final = re.compile(r"\b(?P<host>(?:ssm|ssmmessages|ec2messages)\.[\w.-]*amazonaws\.com)\b")
_ADDRESS: Final = re.compile(r"^(?=[0-9a-fA-F]*+[:.])[0-9a-fA-F:.]++$")
_MANAGED: Final = re.compile(r"\bmi-[0-9a-f]{8,}\b")
_SETTING: Final = re.compile(
    r"\b(?P<name>https?_proxy|no_proxy)s?=(?P<value>.*?)(?=,(?:https?_proxys?|no_proxy)=|$)"
)
#: The label of the check on systems with rpm. On the others a deb is overlooked where snap is.
_RPM_LABEL: Final = "ssm agent service status"


def is_toolkit_linux(text: str) -> bool:
    """Whether the text is, or holds, what the toolkit for Linux prints."""
    if _NO_METADATA in text:
        return True
    rows = toolkit_rows(text) if may_have_heading(text) else ()
    return sum(any(check.search(row.check) for row in rows) for check in _CHECKS) >= _ENOUGH


def toolkit_rows(text: str) -> tuple[Row, ...]:
    """The lines below the heading ``Check Value Note``, cut at two blanks or more, or at ``|``."""
    rows = []
    below = False
    for line in bounded_lines(text):
        cells = [cell for cell in _COLUMNS.split(line.strip()) if cell]
        if [cell.casefold() for cell in cells] == ["check", "value", "note"]:
            below = True
        elif below and cells and set(line) - set("-| "):
            rows.append(
                cells_to_row(cells[0], cells[1] if len(cells) > 1 else "", " ".join(cells[2:]))
            )
    return tuple(rows)


def toolkit_linux_reading(instance_id: str, text: str, *, origin: str, taken_at: str) -> Reading:
    """The reading of one output."""
    rows = toolkit_rows(text)
    return Reading(
        instance_id=instance_id,
        source=SOURCE,
        origin=origin,
        taken_at=taken_at,
        system="linux",
        install=_install(rows),
        service=_service(rows),
        metadata=_metadata(rows, no_metadata=_NO_METADATA in text),
        endpoints=_endpoints(rows),
        proxy=_proxy(rows),
        leftovers=_leftovers(rows),
        remarks=tuple(
            without_secrets(one_line(f"{row.check}: {row.value}: {row.note}")) for row in rows
        ),
    )


def _find(rows: Iterable[Row], check: re.Pattern[str]) -> Row | None:
    return next((row for row in rows if check.search(row.check)), None)


def _metadata(rows: Sequence[Row], *, no_metadata: bool) -> Metadata | None:
    """IMDS by its root path, which answers without a token: a Pass proves no more (T-95)."""
    reached, role = _find(rows, _METADATA), _find(rows, _ROLE)
    if reached is None and role is None and not no_metadata:
        return None
    if no_metadata or (reached is not None and reached.says("fail")):
        if _shell_uses_proxy(rows):
            return Metadata(note="asked through the proxy of the shell, which is not the agent's")
        return Metadata(identity=UNTOLD, note="no connection to 169.254.169.254 from a shell")
    note = "its root path answers, which asks for no token"
    return Metadata(role="" if role is None else _role(role.value), note=note)


def _role(value: str) -> str:
    """The role's name; IMDSv1 refused prints a page of HTML in its place (domain.md 1.3)."""
    is_name = re.fullmatch(r"[\w+=,.@-]{1,64}", value) is not None
    return value if is_name else ""


def _shell_uses_proxy(rows: Iterable[Row]) -> bool:
    row = _find(rows, _SHELL_PROXY)
    settings = {} if row is None else _settings(row.value)
    return bool(settings.get("http_proxy")) and "169.254.169.254" not in settings.get(
        "no_proxy", ""
    )


def _endpoints(rows: Sequence[Row]) -> tuple[EndpointTry, ...] | None:
    tries = tuple(
        _endpoint(found["service"].casefold(), row, rows)
        for row in rows
        if (found := _ENDPOINT.search(row.check)) is not None
    )
    return tries or None


def _endpoint(service: str, row: Row, rows: Sequence[Row]) -> EndpointTry:
    """A TCP connection of a shell. Which name it went to may stand in another row only."""
    resolved = _resolved(rows)
    region = next((region_of(host) for host in (*resolved, *_hosts(rows))), "")
    own = _HOST.search(row.note)
    host = own["host"] if own is not None else f"{service}.{region}.amazonaws.com"
    note = without_secrets(row.note)
    if is_made_up(host):
        why = "the toolkit built a host name that the agent does not use"
        return EndpointTry(service=service, host=host, note=f"{why}; {note}")
    addresses = resolved.get(host, ())
    if row.says("pass"):
        return EndpointTry(
            service=service, host=host, names="ok", tcp="ok", addresses=addresses, note=note
        )
    if not row.says("fail"):
        return EndpointTry(service=service, host=host, note=note)
    if not _goes_directly(rows):
        why = "tried from a shell, and the agent may go through a proxy"
        return EndpointTry(service=service, host=host, note=f"{why}; {note}")
    # Its time is up (exit 124), or it failed in another way and the toolkit guesses at DNS.
    tcp = "timeout" if own is not None else UNTOLD
    names = "ok" if addresses else ""
    return EndpointTry(
        service=service, host=host, names=names, tcp=tcp, addresses=addresses, note=note
    )


def _resolved(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """What ``dig`` gave for the name of ssm. ``Null`` proves nothing: dig may not be installed."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        named = _RESOLVING.search(row.check)
        if named is not None:
            found[named["host"]] = tuple(
                one for one in row.value.split() if _ADDRESS.fullmatch(one)
            )
    return found


def _hosts(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(found["host"] for row in rows if (found := _HOST.search(row.note)) is not None)


def _install(rows: Iterable[Row]) -> AgentInstall | None:
    row = _find(rows, _AGENT)
    if row is None:
        return None
    if row.says("not installed"):
        if row.check.casefold() == _RPM_LABEL:
            return AgentInstall(installed=False, note="rpm knows no amazon-ssm-agent")
        return AgentInstall(note="the toolkit overlooks a deb where snap is installed")
    return AgentInstall(installed=True) if _runs(row) is not None else AgentInstall(note=row.value)


def _service(rows: Iterable[Row]) -> AgentService | None:
    row = _find(rows, _AGENT)
    if row is None or row.says("not installed"):
        return None
    return AgentService(running=_runs(row), state=row.value.casefold(), note=row.check)


def _runs(row: Row) -> bool | None:
    """Its own words, or those of ``systemctl is-active``."""
    if row.says("active", "pass", "running"):
        return True
    return False if row.says("inactive", "failed", "fail") else None


def _agent_settings(rows: Iterable[Row]) -> dict[str, str]:
    row = _find(rows, _AGENT_PROXY)
    return {} if row is None else _settings(row.value)


def _goes_directly(rows: Iterable[Row]) -> bool:
    """Whether it looked at the agent's process and found no variable of a proxy."""
    settings = _agent_settings(rows)
    return bool(settings) and not any(settings.values())


def _proxy(rows: Iterable[Row]) -> Proxy | None:
    """The agent's own. It reads lower-case variables only, so that none is not proven (1.3)."""
    settings = _agent_settings(rows)
    if not settings.get("http_proxy") and not settings.get("https_proxy"):
        return None
    return Proxy(
        http=without_user(settings.get("http_proxy", "")),
        https=without_user(settings.get("https_proxy", "")),
        no_proxy=tuple(one for one in settings.get("no_proxy", "").split(",") if one),
        origin="/proc/<pid>/environ",
    )


def _settings(value: str) -> dict[str, str]:
    """``http_proxy=…,https_proxy=…,no_proxy=…``: ``NULL`` is the toolkit's word for none."""
    found = {one["name"]: one["value"].strip() for one in _SETTING.finditer(value)}
    return {name: "" if value == "NULL" else value for name, value in found.items()}


def _leftovers(rows: Iterable[Row]) -> Leftovers | None:
    row = _find(rows, _HYBRID)
    if row is None:
        return None
    known = _MANAGED.search(row.value)
    if known is not None:
        return Leftovers(registration=known[0])
    is_none = "not registered" in row.value.casefold()
    return Leftovers(note=row.value) if is_none else None
