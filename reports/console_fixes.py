"""What to fix first, on a terminal: the blocker, what its repair gives, and how it is repaired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policies.diagnosis import Fix, Together
from policies.finding import Blocker
from policies.iam.repairs import IN_TERRAFORM
from reports.console_lines import (
    COLUMNS,
    INDENT,
    LISTED,
    Fragment,
    Line,
    Style,
    heading,
    more,
    paragraph,
)
from reports.standing import together_sentence
from reports.visible import columns, shortened, visible, wrapped
from reports.wording import gain

#: Lines that one repair may take; a whole trust policy would push the rest off the screen.
_REMEDY_LINES: Final = 6
_BLOCKER_LINES: Final = 3
_COLONS_OF_AN_ARN: Final = 5
#: How many sets of blockers are told; findings.json has them all.
_SETS: Final = 3
#: A blank between two members of a JSON document, never one inside a text.
_BETWEEN_MEMBERS: Final = re.compile(r"""(?<=[,:]) (?=["{\[])""")


def fix_lines(fixes: tuple[Fix, ...], together: tuple[Together, ...]) -> Iterator[Line]:
    """The blockers by rank, then the sets of them that only help together."""
    if not fixes:
        return
    yield heading("what to fix first")
    for rank, fix in enumerate(fixes[:LISTED], start=1):
        yield from _fix(rank, fix)
    yield from more(len(fixes))
    for one in together[:_SETS]:
        yield from paragraph(together_sentence(one), Style.FAINT, INDENT)


def _fix(rank: int, fix: Fix) -> Iterator[Line]:
    yield from _blocker(rank, fix.blocker)
    told = (
        f"{gain(len(fix.frees), len(fix.touches), len(fix.may_free))} · {', '.join(fix.controls)}"
    )
    yield (Fragment(INDENT + shortened(told, COLUMNS - len(INDENT)), Style.FAINT),)
    yield from _commands(fix.remediation)
    if fix.instead:
        yield (Fragment(f"{INDENT}or", Style.FAINT),)
        yield from _commands(fix.instead)


def _commands(remediation: str) -> Iterator[Line]:
    for told in remediation.partition(f"\n{IN_TERRAFORM}")[0].splitlines():
        for line in _remedy(told, COLUMNS - len(INDENT)):
            yield (Fragment(INDENT + line, Style.COMMAND),)


def _blocker(rank: int, blocker: Blocker) -> Iterator[Line]:
    """The resource in colour, then what is wrong with it, in at most ``_BLOCKER_LINES`` lines."""
    resource = shortened(_named(blocker.resource), COLUMNS // 2)
    # Many details are sentences about the resource: naming it once is enough.
    told = blocker.detail.removeprefix(f"{blocker.resource} ")
    room = COLUMNS - len(INDENT)
    rest = room * _BLOCKER_LINES - columns(resource) - len(": ") - room // 4
    first, *rest_of_it = wrapped(f"{resource}: {shortened(told, rest)}", room)[:_BLOCKER_LINES]
    head = resource if first.startswith(resource) else ""
    yield (
        Fragment(f"{rank:>3}  "),
        Fragment(head, Style.FAIL),
        Fragment(first.removeprefix(head)),
    )
    for line in rest_of_it:
        yield (Fragment(INDENT + line),)


def _named(resource: str) -> str:
    """``role/web (111122223333)`` for an ARN, whose name would fall off the end."""
    if not resource.startswith("arn:") or resource.count(":") < _COLONS_OF_AN_ARN:
        return resource
    *_, account, name = resource.split(":", _COLONS_OF_AN_ARN)
    return f"{name} ({account})" if account else name


def _remedy(told: str, width: int) -> list[str]:
    """A command so that it can be copied, a sentence wrapped; at most ``_REMEDY_LINES`` lines."""
    lines = _command(told, width) if told.startswith("aws ") else wrapped(told, width)
    if len(lines) <= _REMEDY_LINES:
        return lines
    return [*lines[: _REMEDY_LINES - 1], "… (whole in the reports)"]


def _command(command: str, width: int) -> list[str]:
    r"""A command over several lines: broken before options, each such line ended with ``\``."""
    continued = " \\"
    lines: list[str] = []
    for part in visible(command).split(" --"):
        option = f"--{part}" if lines else part
        if lines and columns(f"{lines[-1]} {option}") <= width - len(continued):
            lines[-1] += f" {option}"
        elif lines:
            lines.append(f"  {option}")
        else:
            lines.append(option)
    *broken, last = [_json_lines(line, width - len(continued)) for line in lines]
    kept = [line for chunk in broken for line in (*chunk[:-1], chunk[-1] + continued)]
    return [*kept, *last]


def _json_lines(option: str, width: int) -> list[str]:
    """An option broken between the members of the quoted JSON it holds, which changes nothing."""
    if columns(option) <= width or "'{" not in option:
        return [shortened(option, width)]
    lines = [""]
    for piece in _BETWEEN_MEMBERS.split(option):
        if not lines[-1]:
            lines[-1] = piece
        elif columns(f"{lines[-1]} {piece}") <= width:
            lines[-1] += f" {piece}"
        else:
            lines.append(f"    {piece}")
    return [shortened(line, width) for line in lines]
