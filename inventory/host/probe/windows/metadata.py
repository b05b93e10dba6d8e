"""The metadata service as Windows sees it (1.4; windows/metadata.ps1)."""

from __future__ import annotations

from typing import Final

from inventory.facts.host import Metadata
from inventory.host.probe.asking import Asked
from inventory.host.probe.windows.script import Said

#: .NET's WebExceptionStatus → our word for it.
_WORDS: Final = {
    "Timeout": "timeout",
    "ConnectFailure": "unreachable",
    "NameResolutionFailure": "unreachable",
    "ReceiveFailure": "reset",
    "ConnectionClosed": "reset",
    "SendFailure": "reset",
}
_OK: Final = 200


def read_metadata(said: Said, _asked: Asked) -> Metadata | None:
    """What came of each question; ``None`` where not even the first one was put."""
    token = said.one("token")
    if token is None:
        return None
    return Metadata(
        token=_outcome(token),
        identity=_outcome(said.one("identity")),
        instance_id=said.text("instance"),
        region=said.text("region"),
        account=said.text("account"),
        role=said.text("name"),
        credentials=_outcome(said.one("credentials") or said.one("role")),
        credentials_code=said.text("code"),
    )


def _outcome(answer: Said | None) -> str:
    if answer is None:
        return ""
    status = int(answer.number("status") or 0)
    if status:
        return "ok" if status == _OK else str(status)
    return _WORDS.get(answer.text("outcome"), "")
