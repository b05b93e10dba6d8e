"""A console's output, as ``aws ec2 get-console-output`` prints it or as plain text.

Of it only the lines of the agent are kept, and of the kernel where it killed the agent; that a
console says nothing proves nothing (domain.md 2.7, T-116).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import datetime
from typing import Any, Final

from inventory.facts import moment
from inventory.facts.agent_lines import STARTED, AgentLine, agent_lines
from inventory.facts.host import AgentLog, LogHit
from inventory.host.evidence.piece import stamp
from inventory.host.evidence.text import text_of

_MEMBERS: Final = re.compile(r'"(?:InstanceId|Output)"\s*:')
_BOOT: Final = re.compile(r"^\[ +0\.000000\] (?:Linux version|Command line)", re.MULTILINE)
_NAME: Final = re.compile(r"console", re.IGNORECASE)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]++={0,2}+\s*+")
_VERSION: Final = re.compile(r"Amazon SSM Agent v(?P<version>\d+(?:\.\d+)+)")
#: The step of a healthy start that the console shows (domain.md 3.3).
_ON_CONSOLE: Final = 12


def is_console(name: str, text: str) -> bool:
    """Whether a file is a console's output: by what stands in it, or by its name."""
    if len(set(_MEMBERS.findall(text))) > 1:
        return True
    return _BOOT.search(text) is not None or _NAME.search(name) is not None


def told_instance(text: str) -> frozenset[str]:
    """The instance id in the answer of the API, none in plain text."""
    answer = _answer(text)
    told = None if answer is None else answer.get("InstanceId")
    return frozenset({told}) if isinstance(told, str) and told else frozenset()


def console_log(instance_id: str, text: str, *, origin: str) -> AgentLog:
    """The agent's lines of a console as signatures found.

    Its lines have no time of their own; what came before the agent's latest start did not
    keep it from starting (T-107).
    """
    answer = _answer(text)
    output = text if answer is None else answer.get("Output", "")
    if not isinstance(output, str) or not output.strip():
        return AgentLog(
            instance_id=instance_id,
            origin=origin,
            files=(origin,),
            problems=(f"{origin}: the console printed nothing, which proves nothing",),
        )
    lines = agent_lines(_decoded(output))
    starts = [at for at, line in enumerate(lines) if line.signature == STARTED]
    last_start = starts[-1] if starts else -1
    version = _VERSION.search(lines[last_start].text) if starts else None
    return AgentLog(
        instance_id=instance_id,
        origin=origin,
        files=(origin,),
        records=len(lines),
        version="" if version is None else version["version"],
        rungs=(_ON_CONSOLE,) if starts else (),
        collected_at="" if answer is None else stamp(_taken(answer)),
        hits=_hits(lines, last_start, origin),
    )


def _hits(lines: tuple[AgentLine, ...], last_start: int, origin: str) -> tuple[LogHit, ...]:
    """One for each signature: its latest line, and how often it came."""
    latest: dict[str, LogHit] = {}
    for at, line in enumerate(lines):
        if line.signature == STARTED:
            continue
        before = latest.get(line.signature)
        latest[line.signature] = LogHit(
            signature=line.signature,
            line=line.text,
            count=1 if before is None else before.count + 1,
            after_success=at > last_start,
            file=origin,
        )
    return tuple(latest.values())


def _taken(answer: dict[str, Any]) -> datetime | None:
    """When EC2 took the output from the machine (T-115)."""
    when = answer.get("Timestamp")
    return moment(when) if isinstance(when, str | int | float) else None


def _answer(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _decoded(output: str) -> str:
    """Plain text, also where the answer holds it in base64 as the API itself gives it."""
    if _BASE64.fullmatch(output) is None:
        return output
    try:
        return text_of(base64.b64decode(output, validate=False))
    except (binascii.Error, ValueError):
        return output
