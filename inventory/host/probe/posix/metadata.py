"""The metadata service as the machine sees it (R-6.1, R-6.3, R-6.9; posix/metadata.sh)."""

from __future__ import annotations

from inventory.facts.host import Metadata
from inventory.host.probe.asking import Asked
from inventory.host.probe.curl import connection_word
from inventory.host.probe.shell import Told, at


def read_metadata(said: Told, _asked: Asked) -> Metadata | None:
    """What came of each question; ``None`` where the machine has nothing to ask with."""
    token = said.first("token")
    if token is None:
        return None
    identity = said.first("identity") or ()
    role, credentials = said.first("role") or (), said.first("credentials") or ()
    return Metadata(
        token=outcome(token),
        identity=outcome(identity),
        instance_id=at(identity, 3),
        region=at(identity, 4),
        account=at(identity, 5),
        role=at(role, 3),
        credentials=outcome(credentials or role),
        credentials_code=at(credentials, 3),
    )


def outcome(words: tuple[str, ...]) -> str:
    """``ok``, an HTTP status or how it ended, of curl's exit status, the status and its words."""
    code, status = at(words, 0), at(words, 1)
    match code:
        case "":
            return ""
        case "0":
            return "ok" if status == "200" else status
        case "7":
            return connection_word(at(words, 2).casefold())
        case "28":
            return "timeout"
        case _:
            return "reset"
