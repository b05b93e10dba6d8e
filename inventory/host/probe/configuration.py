"""What amazon-ssm-agent.json sets, in any system's folder (R-3.3; README of the agent)."""

from __future__ import annotations

import json
from typing import Any, Final

from inventory.facts.host import Configuration

#: Section of the file → AWS's name of the service whose endpoint it can replace.
_SERVICES: Final = {
    "Ssm": "ssm",
    "Mgs": "ssmmessages",
    "Mds": "ec2messages",
    "S3": "s3",
    "Kms": "kms",
}


def absent() -> Configuration:
    """There is no such file: the agent goes by its defaults."""
    return Configuration(note="no amazon-ssm-agent.json")


def denied(path: str) -> Configuration:
    """There is one that the probe may not read, or a folder that it may not look into."""
    return Configuration(path=path, readable=False, note="closed to the probe")


def configuration_of(path: str, text: str) -> Configuration:
    """The overrides in a file's text; names are the agent's own, in any letter case.

    [K] Where ``UseDualStackEndpoint`` stands in the file is not known from a source here: it is
    taken from the top, ``Agent`` or ``Identity``.
    """
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        return Configuration(path=path, readable=False, note="it is not JSON")
    if not isinstance(document, dict):
        return Configuration(path=path, readable=False, note="it is not a JSON object")
    agent = _member(document, "Agent")
    endpoints = {
        service: text
        for section, service in _SERVICES.items()
        if (text := _text(_member(document, section), "Endpoint"))
    }
    domain = _text(agent, "ServiceDomain")
    return Configuration(
        path=path,
        readable=True,
        endpoints=endpoints | ({"domain": domain} if domain else {}),
        region=_text(agent, "Region"),
        dual_stack=_dual_stack(document, agent),
    )


def _dual_stack(document: Any, agent: Any) -> bool | None:
    places = (document, agent, _member(document, "Identity"))
    found = (_member(one, "UseDualStackEndpoint") for one in places)
    return next((one for one in found if isinstance(one, bool)), None)


def _member(document: Any, name: str) -> Any:
    """A member by its name in any letter case, as Go reads JSON; ``None`` = there is none."""
    if not isinstance(document, dict):
        return None
    wanted = name.casefold()
    return next((value for key, value in document.items() if key.casefold() == wanted), None)


def _text(section: Any, name: str) -> str:
    value = _member(section, name)
    return value.strip()[:500] if isinstance(value, str) else ""
