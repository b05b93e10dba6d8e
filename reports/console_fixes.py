"""What to fix first, on a terminal: the blocker, what its repair gives, and how it is repaired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policies.diagnosis import Fix, Together
from policies.finding import Blocker
from policies.iam.repairs import IN_TERRAFORM
from reports.console_lines import (
    INDENT,
    LISTED,
    Fragment,
    Line,
    Style,
    View,
    folded,
    heading,
)
from reports.standing import together_sentence
from reports.visible import columns, visible
from reports.wording import gain

#: How many fixes are told to whom wants to hear little.
_LISTED_QUIETLY: Final = 3
#: Lines that one repair may take; a whole trust policy would push the rest off the screen.
_REMEDY_LINES: Final = 6
_BLOCKER_LINES: Final = 3
_COLONS_OF_AN_ARN: Final = 5
#: How many sets of blockers are told; findings.json has them all.
_SETS: Final = 3
#: A blank between two members of a JSON document, never one inside a text.
_BETWEEN_MEMBERS: Final = re.compile(r"""(?<=[,:]) (?=["{\[])""")
#: What a shell runs, and not a sentence: a call, or a call whose answer is kept.
_COMMAND: Final = re.compile(r'(\w+="\$\()?aws ')
#: A sentence and the command that it introduces, on one line.
_INTRODUCED: Final = re.compile(r"(?P<sentence>.+?:) (?P<command>aws .+)")


def fix_lines(fixes: tuple[Fix, ...], together: tuple[Together, ...], view: View) -> Iterator[Line]:
    """The blockers by rank, then the sets of them that only help together."""
    if not fixes:
        return
    most = _LISTED_QUIETLY if view.is_quiet else LISTED
    yield heading("what to fix first")
    for rank, fix in enumerate(view.listed(fixes, most), start=1):
        yield from _fix(rank, fix, view)
    yield from view.more(len(fixes), most)
    if view.is_quiet:
        return
    for one in view.listed(together, _SETS):
        yield from view.paragraph(together_sentence(one), Style.FAINT, INDENT)


def _fix(rank: int, fix: Fix, view: View) -> Iterator[Line]:
    yield from _blocker(rank, fix.blocker, view)
    told = (
        f"{gain(len(fix.frees), len(fix.touches), len(fix.may_free))} · {', '.join(fix.controls)}"
    )
    yield from view.paragraph(told, Style.FAINT, INDENT)
    yield from _commands(fix.remediation, view)
    if fix.instead:
        yield (Fragment(f"{INDENT}or", Style.FAINT),)
        yield from _commands(fix.instead, view)


def _blocker(rank: int, blocker: Blocker, view: View) -> Iterator[Line]:
    """The resource in colour, then what is wrong with it."""
    # Many details are sentences about the resource: naming it once is enough.
    told = blocker.detail.removeprefix(f"{blocker.resource} ")
    return view.entry(
        _named(blocker.resource),
        f": {told}",
        Style.FAIL,
        margin=f"{rank:>3}  ",
        most=_BLOCKER_LINES,
    )


def _named(resource: str) -> str:
    """``role/web (111122223333)`` for an ARN, whose name would fall off the end."""
    if not resource.startswith("arn:") or resource.count(":") < _COLONS_OF_AN_ARN:
        return resource
    *_, account, name = resource.split(":", _COLONS_OF_AN_ARN)
    return f"{name} ({account})" if account else name


def _commands(remediation: str, view: View) -> Iterator[Line]:
    for told in remediation.partition(f"\n{IN_TERRAFORM}")[0].splitlines():
        for line in _remedy(told, view):
            yield (Fragment(INDENT + line, Style.COMMAND),)


def _remedy(told: str, view: View) -> list[str]:
    """A command so that it can be copied, a sentence wrapped; at most ``_REMEDY_LINES`` lines."""
    introduced = _INTRODUCED.fullmatch(told)
    if _COMMAND.match(told):
        lines = _command(told, view.room)
    elif introduced:
        sentence = folded(introduced["sentence"], view.room)
        lines = [*sentence, *_command(introduced["command"], view.room)]
    else:
        lines = folded(told, view.room)
    if view.lists_everything or len(lines) <= _REMEDY_LINES:
        return lines
    return [*lines[: _REMEDY_LINES - 1], "… (whole in the reports)"]


def _command(command: str, width: int) -> list[str]:
    r"""A command over several lines: broken before options, each such line ended with ``\``.

    What cannot be broken is wider than the view: half an argument could not be copied.
    """
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
        return [option]
    lines = [""]
    for piece in _BETWEEN_MEMBERS.split(option):
        if not lines[-1]:
            lines[-1] = piece
        elif columns(f"{lines[-1]} {piece}") <= width:
            lines[-1] += f" {piece}"
        else:
            lines.append(f"    {piece}")
    return lines
