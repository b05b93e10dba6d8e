"""What ``AWSSupport-TroubleshootManagedInstance`` found, in both generations of its text (1.1).

The runbook reads AWS's side only, so that nothing of it is a section of the reading: its findings
are remarks of the form ``WARNING route table: No route found for 0.0.0.0/0.``
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from inventory.facts import moment
from inventory.facts.host import Reading
from inventory.host.evidence.piece import stamp
from inventory.host.evidence.rows import bounded_lines, one_line
from inventory.host.evidence.secrets import without_secrets

SOURCE: Final = "runbook"

#: What a heading of either generation is about; the word stands in the remark.
_SECTIONS: Final = (
    (re.compile(r"VPC Endpoint", re.IGNORECASE), "endpoint"),
    (re.compile(r"Route Table", re.IGNORECASE), "route table"),
    (re.compile(r"NACL", re.IGNORECASE), "network ACL"),
    (re.compile(r"\bSGs?\b|security groups?", re.IGNORECASE), "security group"),
    (re.compile(r"Instance Profile|IAM profile", re.IGNORECASE), "instance profile"),
    (re.compile(r"Further Investigation|Additional Troubleshooting", re.IGNORECASE), ""),
)
_FIRST_GENERATION: Final = re.compile(r"Total Number of Tests\s*:", re.IGNORECASE)
_SECOND_GENERATION: Final = re.compile(
    r"(?:^|\")[ \t>]*1\.\s+Checks? for Amazon VPC Systems Manager VPC Endpoint",
    re.IGNORECASE | re.MULTILINE,
)
_HEADING: Final = re.compile(
    r"^\s*(?:\d+\s*[.)]\s*)?(?P<title>(?:Checking|Checks?|For Further|Additional)\b[^\[\]]{3,200})$"
)
_STATUS: Final = re.compile(
    r"^\s*+(?:(?:[-*]|[a-z][.)])\s*+)?"
    r"(?:\[(?P<tag>OK|INFO|WARNING|ERROR)\]|(?P<word>PASSED|WARNING|FAILED|ERROR)\s*+:)"
    r"\s*+(?P<text>.+)$",
    re.IGNORECASE,
)
_WORDS: Final = {"PASSED": "OK", "FAILED": "ERROR"}
_INSTANCE: Final = re.compile(r"\binstance '(?P<id>i-[0-9a-f]+)'", re.IGNORECASE)
_ID: Final = re.compile(r"\bi-(?:[0-9a-f]{8}|[0-9a-f]{17})\b")


def is_runbook(text: str) -> bool:
    """Whether the text is, or holds, the runbook's findings."""
    plain = _message(text)
    return any(one.search(plain) for one in (_FIRST_GENERATION, _SECOND_GENERATION))


def told_instance(text: str) -> frozenset[str]:
    """The instance ids that the output itself is about: the input, or what the text names."""
    document = _document(text)
    given = {
        one for inputs in _found(document, "InstanceId") for one in _ID.findall(json.dumps(inputs))
    }
    return frozenset(given or {one["id"] for one in _INSTANCE.finditer(_message(text))})


def runbook_reading(instance_id: str, text: str, *, origin: str, taken_at: str) -> Reading:
    """The reading of one output: remarks, in the runbook's order."""
    plain = _message(text)
    remarks = tuple(_remarks(plain))
    started = next(_found(_document(text), "ExecutionStartTime"), None)
    known = moment(started) if isinstance(started, str | int | float) else None
    return Reading(
        instance_id=instance_id,
        source=SOURCE,
        origin=origin,
        taken_at=stamp(known) or taken_at,
        remarks=remarks,
        problems=() if remarks else ("none of the runbook's findings can be read",),
    )


def _remarks(text: str) -> Iterator[str]:
    section = ""
    for line in bounded_lines(text):
        plain = line.lstrip("> ").rstrip()
        status = _STATUS.match(plain)
        if status is not None:
            word = (status["tag"] or status["word"]).upper()
            place = f" {section}" if section else ""
            yield without_secrets(f"{_WORDS.get(word, word)}{place}: {one_line(status['text'])}")
            continue
        heading = _HEADING.match(plain)
        if heading is not None:
            section = next(
                (name for about, name in _SECTIONS if about.search(heading["title"])), ""
            )


def _message(text: str) -> str:
    """The findings themselves: the text, or what lies in the answer of GetAutomationExecution."""
    document = _document(text)
    if document is None:
        return text.replace("\\n", "\n")
    found = [
        one
        for member in ("FinalOutput.Message", "Message")
        for one in _strings(_found(document, member))
    ]
    return "\n".join(found)


def _document(text: str) -> Any:
    """The JSON that the text is, ``None`` where it is none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _found(document: Any, member: str) -> Iterator[Any]:
    """Every value under that name, however deep."""
    pending = [document]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if member in one:
                yield one[member]
            pending += one.values()
        elif isinstance(one, list):
            pending += one


def _strings(values: Iterator[Any]) -> Iterator[str]:
    for value in values:
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str):
                yield one
