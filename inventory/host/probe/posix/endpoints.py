"""Whether the services' hosts can be reached: names, TCP, TLS and HTTP (posix/endpoints.sh)."""

from __future__ import annotations

from typing import Final

from inventory.facts.host import EndpointTry
from inventory.host.probe.asking import Asked
from inventory.host.probe.curl import VERIFY_WORDS, Course, connection_word, course, times_of
from inventory.host.probe.shell import Told, at, whole

#: Exit statuses of timeout(1).
_TIMED_OUT: Final = frozenset({"124", "137"})
#: Seconds that resolvers wait for one server by default (resolv.conf(5)); a failure that takes as
#: long was no answer.
_RESOLVER_PATIENCE: Final = 5
_NO_SUCH_HOST: Final = ("not known", "no address associated", "does not resolve", "unknown host")
_WITHOUT_CURL: Final = "no curl on the machine"


def read_endpoints(said: Told, asked: Asked) -> tuple[EndpointTry, ...]:
    """One try a host, in the order asked; a host of which nothing was said has empty stages."""
    return tuple(_try(said, service, host) for service, host in asked.hosts)


def _try(said: Told, service: str, host: str) -> EndpointTry:
    names, https = _of(said, "names", host), _of(said, "https", host)
    proxy = at(https, 4) or at(_of(said, "untried", host), 0)
    found = _resolved(names)
    way, note = _way(said, host)
    if found != "ok" and way.names == "ok" and not proxy:
        # The request itself resolved it: getent is missing, or the name came back meanwhile.
        found = "ok"
    times = times_of(at(https, 1))
    told = tuple(dict.fromkeys(at(names, 2).split()))
    status = whole(times.status) or _status(said, host)
    return EndpointTry(
        service=service,
        host=host,
        names=found,
        addresses=told or ((times.address,) if times.address and not proxy else ()),
        resolver=at(names, 4) or " ".join(said.word("resolver").split()),
        tcp=way.tcp,
        tls=way.tls,
        http=way.http,
        http_status=status or None,
        issuer=at(https, 3),
        proxy=proxy,
        note=note or way.note.strip(),
    )


def _way(said: Told, host: str) -> tuple[Course, str]:
    """How far the request came, by whatever the machine has to send one with, and a note."""
    https = _of(said, "https", host)
    if https:
        return course(at(https, 0), times_of(at(https, 1)), at(https, 2)), ""
    tcp = _of(said, "tcp", host)
    if not tcp:
        return Course(), f"{_WITHOUT_CURL}: nothing beyond the name was tried"
    if at(tcp, 0) in _TIMED_OUT:
        return Course("ok", "timeout"), _WITHOUT_CURL
    if at(tcp, 0) != "0":
        return Course("ok", connection_word(at(tcp, 1).casefold())), _WITHOUT_CURL
    openssl = _of(said, "openssl", host)
    if not openssl:
        return Course("ok", "ok"), "neither curl nor openssl on the machine: TLS was not tried"
    return _by_openssl(openssl), f"{_WITHOUT_CURL}: openssl was used"


def _by_openssl(words: tuple[str, ...]) -> Course:
    """How far openssl s_client(1) came.

    Its exit status, the last and the first verification number, the HTTP status, and how many
    certificates it named: without any it verifies as 0.
    """
    problem = VERIFY_WORDS.get(at(words, 2)) or VERIFY_WORDS.get(at(words, 1))
    if problem is not None:
        return Course("ok", "ok", problem)
    if at(words, 3):
        return Course("ok", "ok", "ok", "ok")
    if at(words, 1) == "0" and (whole(at(words, 4)) or 0) > 0:
        return Course("ok", "ok", "ok", "reset")
    return Course("ok", "ok", "timeout" if at(words, 0) in _TIMED_OUT else "failure")


def _status(said: Told, host: str) -> int:
    word = at(_of(said, "openssl", host), 3)
    return whole(word) or 0


def _resolved(words: tuple[str, ...]) -> str:
    """Exit status, seconds, addresses, the resolver's words."""
    code, took, trouble = at(words, 0), at(words, 1), at(words, 3).casefold()
    if code == "0" and at(words, 2):
        return "ok"
    if code in ("", "127"):
        return ""
    if code in _TIMED_OUT or ((whole(took) or 0) >= _RESOLVER_PATIENCE):
        return "dns-timeout"
    if any(one in trouble for one in _NO_SUCH_HOST):
        return "no-such-host"
    return "dns-failure"


def _of(said: Told, name: str, host: str) -> tuple[str, ...]:
    """The words after the host of the line of that name."""
    return next((words[1:] for words in said.every(name) if at(words, 0) == host), ())
