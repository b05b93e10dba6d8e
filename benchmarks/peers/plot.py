"""The picture of the results: a bar of CPU for each tool and fleet, as plain SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.peers.results import Result

_WIDTH: Final = 760
_LEFT: Final = 220
_RIGHT: Final = 150
_TOP: Final = 10
_BAR: Final = 18
_STEP: Final = 26
#: Between two fleets, where the number of instances is told.
_HEADING: Final = 34
_OURS: Final = "#1a7f5a"
_THEIRS: Final = "#8a94a3"
_STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#57606a}.head{font-weight:600}"
    "@media(prefers-color-scheme:dark){text{fill:#9da7b3}}"
)


def bars(results: Sequence[Result]) -> str:
    """CPU seconds, ours in colour, each fleet on a scale of its own; for light and dark pages."""
    fleets = sorted({one.instances for one in results})
    height = _TOP + len(fleets) * _HEADING + len(results) * _STEP + 8
    parts: list[str] = []
    y = _TOP
    for instances in fleets:
        y += _HEADING
        parts.append(f'<text class="head" x="0" y="{y - 10}">{instances:,} instances</text>')
        same_fleet = [one for one in results if one.instances == instances]
        most = max(one.cpu for one in same_fleet)
        for one in same_fleet:
            parts += _bar(one, y, one.cpu / most * (_WIDTH - _LEFT - _RIGHT))
            y += _STEP
    title = "CPU seconds of a whole run"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{title}"><style>{_STYLE}</style>'
        f'<text x="{_LEFT}" y="14">{title}</text>{"".join(parts)}</svg>\n'
    )


def _bar(one: Result, y: int, width: float) -> Iterator[str]:
    colour = _OURS if one.tool.startswith("ssm-rollcall") else _THEIRS
    baseline = y + _BAR - 5
    calls = f" · {one.calls:,} calls" if one.calls else ""
    yield f'<text x="{_LEFT - 8}" y="{baseline}" text-anchor="end">{escape(one.tool)}</text>'
    yield f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>'
    yield f'<text x="{_LEFT + width + 6:.1f}" y="{baseline}">{one.cpu:.1f} s{calls}</text>'
