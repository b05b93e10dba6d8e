"""What curl's exit status, times and words say of how far a request came (curl(1))."""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.host.probe.shell import at, whole

_NO_PROXY_NAME: Final = 5
_NO_NAME: Final = 6
_NO_CONNECTION: Final = 7
_TIMEOUT: Final = 28
_TLS_FAILED: Final = 35
_NO_AUTHORITIES: Final = 77
_CERTIFICATE: Final = frozenset({51, 60})
_PROXY_REFUSED: Final = {"407": "proxy-407", "403": "proxy-403"}
#: OpenSSL's numbers of X509_verify_cert_error_string(3).
VERIFY_WORDS: Final = {
    "2": "unknown-authority",
    "18": "unknown-authority",
    "19": "unknown-authority",
    "20": "unknown-authority",
    "21": "unknown-authority",
    "9": "expired",
    "10": "expired",
    "62": "wrong-name",
}
_CERTIFICATE_WORDS: Final = (
    ("no alternative certificate subject name", "wrong-name"),
    ("does not match", "wrong-name"),
    ("expired", "expired"),
    ("not yet valid", "expired"),
    ("issuer", "unknown-authority"),
    ("self signed", "unknown-authority"),
    ("self-signed", "unknown-authority"),
    ("unable to verify", "unknown-authority"),
)
#: Seconds beyond which a time of curl's is none.
_LONGEST: Final = 1e6
_RESET_WORDS: Final = ("reset", "unexpected eof", "syscall", "unexpectedly")


@dataclasses.dataclass(frozen=True)
class Times:
    """The line of ``-w`` in posix/https.sh: times in seconds since the start, 0 = not reached."""

    status: str = ""
    connect_status: str = ""
    names: float = 0.0
    connected: float = 0.0
    secured: float = 0.0
    sent: float = 0.0
    answered: float = 0.0
    ended: float = 0.0
    verified: str = ""
    address: str = ""


def times_of(line: str) -> Times:
    """The line read; whatever is missing or no number stays at its default."""
    words = line.split()
    return Times(
        status=at(words, 0),
        connect_status=at(words, 1),
        names=_seconds(at(words, 2)),
        connected=_seconds(at(words, 3)),
        secured=_seconds(at(words, 4)),
        sent=_seconds(at(words, 5)),
        answered=_seconds(at(words, 6)),
        ended=_seconds(at(words, 7)),
        verified=at(words, 8),
        address=at(words, 9),
    )


def _seconds(word: str) -> float:
    """Some languages write a comma; the scripts ask for the C locale, old versions do not care."""
    try:
        value = float(word.replace(",", "."))
    except ValueError:
        return 0.0
    return value if 0.0 <= value < _LONGEST else 0.0


@dataclasses.dataclass(frozen=True)
class Course:
    """How far a request came: words of ``EndpointTry``, and a note where they do not tell all."""

    names: str = ""
    tcp: str = ""
    tls: str = ""
    http: str = ""
    note: str = ""


def course(code: str, times: Times, trouble: str) -> Course:
    """How a request of curl went.

    ``code`` is its exit status as printed; one that is none of those named here is told in the
    note, and its stage stays ``""``.
    """
    number = whole(code)
    words = trouble.casefold()
    if number == 0:
        return Course("ok", "ok", "ok", "ok")
    if number == _NO_NAME:
        return Course(names="dns-failure")
    if number == _NO_CONNECTION:
        return Course("ok", connection_word(words))
    if number == _TIMEOUT:
        return _timed_out(times, words)
    if number in _CERTIFICATE:
        return Course("ok", "ok", _certificate_word(times, words))
    if number == _TLS_FAILED:
        is_reset = any(one in words for one in _RESET_WORDS)
        return Course("ok", "ok", "reset" if is_reset else "failure", note=trouble)
    return _after_connecting(number, times, trouble)


def _after_connecting(number: int | None, times: Times, trouble: str) -> Course:
    if times.connect_status in _PROXY_REFUSED:
        return Course(http=_PROXY_REFUSED[times.connect_status])
    if number == _NO_PROXY_NAME:
        return Course(http="failure", note=f"the name of the proxy does not resolve: {trouble}")
    if number == _NO_AUTHORITIES:
        return Course("ok", "ok", note=f"curl cannot read its own certificates: {trouble}")
    if times.secured > 0.0:
        return Course("ok", "ok", "ok", "reset", note=trouble)
    if times.connected > 0.0 and any(one in trouble.casefold() for one in _RESET_WORDS):
        return Course("ok", "ok", "reset", note=trouble)
    return Course(note=f"curl ended with {number}: {trouble}")


def connection_word(words: str) -> str:
    """What kept a connection from coming about, out of the system's own words in lower case."""
    if "refused" in words:
        return "refused"
    if "timed out" in words or "timeout" in words:
        return "timeout"
    if "reset" in words:
        return "reset"
    return "unreachable"


def _timed_out(times: Times, words: str) -> Course:
    if times.secured > 0.0:
        return Course("ok", "ok", "ok", "timeout")
    if times.connected > 0.0:
        return Course("ok", "ok", "timeout")
    if times.names > 0.0 and "resolving" not in words:
        return Course("ok", "timeout")
    return Course(names="dns-timeout")


def _certificate_word(times: Times, words: str) -> str:
    """The library's number where it is OpenSSL's, else its words (GnuTLS, NSS, LibreSSL)."""
    told = VERIFY_WORDS.get(times.verified)
    if told is not None:
        return told
    return next((word for part, word in _CERTIFICATE_WORDS if part in words), "failure")
