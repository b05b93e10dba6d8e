"""What one source says of a machine from within: a probe, or the output of someone's tool.

Sections are what controls judge. A source that does not look at something has no section for it
(``None``); one that looked and could not tell has the section with ``""`` or ``None`` in it.
All of it is plain JSON, so that it lies in the snapshot and a replay judges the same.
"""

from __future__ import annotations

import msgspec


class AgentInstall(msgspec.Struct, frozen=True, kw_only=True):
    """The agent as installed. ``installed`` is ``None`` where the source could not tell.

    ``package`` is how: ``snap``, ``deb``, ``rpm``, ``msi``, ``pkg``, ``""`` unknown.
    """

    installed: bool | None = None
    version: str = ""
    package: str = ""
    note: str = ""


class AgentService(msgspec.Struct, frozen=True, kw_only=True):
    """Its service and processes.

    ``unit`` and ``system`` name what keeps it running (``amazon-ssm-agent``; ``systemd``, ``snap``,
    ``upstart``, ``launchd``, ``windows``); ``state`` is that system's own word, lower case
    (``active``, ``inactive``, ``failed``, ``running``, ``stopped``); ``user`` runs it. ``worker``
    tells whether ssm-agent-worker runs: it starts once there are credentials (T-104, T-105).
    """

    running: bool | None = None
    enabled: bool | None = None
    user: str = ""
    unit: str = ""
    system: str = ""
    state: str = ""
    worker: bool | None = None
    since: str = ""
    note: str = ""


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """IMDS as seen from the machine.

    ``token`` and ``identity`` are what came of asking: ``ok``, an HTTP status (``403``), or
    ``refused``, ``timeout``, ``unreachable``, ``reset``, ``failure`` = it did not work, and the
    source does not say how; ``""`` = not asked. ``credentials_code``
    is the ``Code`` of the role's credentials (``Success``, ``AssumeRoleUnauthorizedAccess``).
    The credentials themselves are never kept.
    """

    token: str = ""
    identity: str = ""
    instance_id: str = ""
    region: str = ""
    account: str = ""
    role: str = ""
    credentials: str = ""
    credentials_code: str = ""
    note: str = ""


class EndpointTry(msgspec.Struct, frozen=True, kw_only=True):
    """One try to reach a service's host on 443, as far as the source went.

    ``service`` is AWS's name (``ssm``, ``ssmmessages``, ``ec2messages``, ``s3``, …). Each stage is
    ``ok``, ``""`` = not tried, or how it ended: of ``names`` ``no-such-host``, ``dns-timeout``,
    ``dns-failure``; of ``tcp`` ``timeout``, ``refused``, ``unreachable``, ``reset``, ``failure``;
    of ``tls`` ``unknown-authority``, ``wrong-name``, ``expired``, ``reset``, ``timeout``,
    ``failure``; of ``http`` ``timeout``, ``reset``, ``failure``, ``proxy-407``, ``proxy-403``.
    ``addresses`` are what the name resolved to, ``resolver`` who said so, ``proxy`` what it went
    through.
    """

    service: str
    host: str = ""
    names: str = ""
    addresses: tuple[str, ...] = ()
    resolver: str = ""
    tcp: str = ""
    tls: str = ""
    http: str = ""
    http_status: int | None = None
    issuer: str = ""
    proxy: str = ""
    note: str = ""


class Proxy(msgspec.Struct, frozen=True, kw_only=True):
    """The proxy of the agent's own service; passwords in an URL are blotted out.

    ``origin`` is where it was read (``/proc/812/environ``, ``systemd drop-in``, ``registry``).
    """

    http: str = ""
    https: str = ""
    no_proxy: tuple[str, ...] = ()
    origin: str = ""
    note: str = ""


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds by which the machine's clock is ahead of (+) or behind (-) the reference.

    ``reference`` is what it was held against: the host whose ``Date`` header it was, ``chrony``, or
    the agent's log (R-10.2, R-10.5). ``uncertainty`` in seconds is the width of that reading.
    ``synchronized`` is what the machine itself says of its clock, ``verified`` whether the
    certificate of the reference held.
    """

    skew: float | None = None
    uncertainty: float = 1.0
    reference: str = ""
    synchronized: bool | None = None
    verified: bool | None = None
    note: str = ""


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """A file system that the agent writes to. Bytes; ``None`` = not told."""

    path: str
    free_bytes: int | None = None
    total_bytes: int | None = None
    free_inodes: int | None = None
    total_inodes: int | None = None
    read_only: bool | None = None


class Leftovers(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier life of the machine left behind.

    ``registration`` is the ``mi-`` id of a hybrid registration, ``""`` none; one in a file whose id
    could not be read has its ``registration_file`` alone. ``credentials_file`` is a path of shared
    credentials that the agent's user has, ``""`` none, ``None`` = nobody looked for one.
    """

    registration: str = ""
    registration_region: str = ""
    registration_file: str = ""
    credentials_file: str | None = None
    note: str = ""


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """What amazon-ssm-agent.json sets: service → endpoint override, and the Region it names.

    ``domain`` among the endpoints is ``Agent.ServiceDomain``, which stands for all services.
    ``readable``: ``False`` where the file of that path could not be read or is no JSON object.
    No ``path`` = there is no such file, and the agent goes by its defaults.
    """

    path: str = ""
    readable: bool | None = None
    endpoints: dict[str, str] = {}
    region: str = ""
    dual_stack: bool | None = None
    note: str = ""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """All that one source said of one machine.

    ``source`` is ``probe``, ``ssm-cli``, ``toolkit-linux``, ``toolkit-windows`` or ``runbook``;
    ``origin`` the file's name or the way in (``ssh``); ``taken_at`` ISO 8601 UTC, ``""`` unknown;
    ``system`` ``linux``, ``macos``, ``windows`` or ``""``. ``remarks`` is what it said beyond the
    sections, one line each; ``problems`` why parts of it could not be understood. ``unsourced``
    names what was read from a format that no source tells of ([K]), a section or a member of one
    (``proxy``, ``install.version``): it never fails a node.
    """

    instance_id: str
    source: str
    origin: str = ""
    taken_at: str = ""
    system: str = ""
    install: AgentInstall | None = None
    service: AgentService | None = None
    metadata: Metadata | None = None
    endpoints: tuple[EndpointTry, ...] | None = None
    proxy: Proxy | None = None
    clock: Clock | None = None
    volumes: tuple[Volume, ...] | None = None
    leftovers: Leftovers | None = None
    configuration: Configuration | None = None
    sysprep_state: str = ""
    remarks: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    unsourced: tuple[str, ...] = ()
