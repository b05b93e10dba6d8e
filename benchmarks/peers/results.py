"""What was measured, as rows: medians, with the versions and the machine they were measured on."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers.measure import Run
from benchmarks.peers.tools import Tool


@dataclasses.dataclass(frozen=True)
class Result:
    """Medians of a tool's runs on a fleet of so many instances."""

    tool: str
    does: str
    instances: int
    calls: int
    wall: float
    cpu: float
    peak_mib: float
    unanswered: int
    runs: int


def result_of(tool: Tool, instances: int, runs: Sequence[Run]) -> Result:
    """The medians of these runs."""
    return Result(
        tool=tool.name,
        does=tool.does,
        instances=instances,
        calls=round(median(sum(one.calls.values()) for one in runs)),
        wall=round(median(one.wall for one in runs), 2),
        cpu=round(median(one.cpu for one in runs), 2),
        peak_mib=round(median(one.peak_mib for one in runs)),
        unanswered=max(one.unanswered for one in runs),
        runs=len(runs),
    )


def write(results: Sequence[Result], tools: Sequence[Tool], folder: Path) -> None:
    """``peers.csv`` and ``peers.json``, which also says what was measured with and on."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [dataclasses.asdict(one) for one in results]
    table = io.StringIO()
    writer = csv.DictWriter(table, [one.name for one in dataclasses.fields(Result)])
    writer.writeheader()
    writer.writerows(rows)
    (folder / "peers.csv").write_text(table.getvalue(), encoding="utf-8")
    told = {"measured_on": _machine(), "versions": _versions(tools), "results": rows}
    (folder / "peers.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def read(folder: Path) -> tuple[Result, ...]:
    """The results that ``write`` left there."""
    told = json.loads((folder / "peers.json").read_text(encoding="utf-8"))
    return tuple(Result(**row) for row in told["results"])


def markdown(results: Sequence[Result]) -> str:
    """The table of docs/performance.md; a factor is CPU beside ours on the same fleet."""
    lines = [
        "| instances | tool | does | API calls | CPU s | × ours | wall s | peak MiB |",
        "|---:|---|---|---:|---:|---:|---:|---:|",
    ]
    ours = {one.instances: one.cpu for one in results if one.tool == "ssm-rollcall"}
    for one in results:
        base = ours.get(one.instances)
        factor = f"{one.cpu / base:.2g}" if base else "–"
        calls = f"{one.calls:,}" if one.calls else "–"
        lines.append(
            f"| {one.instances:,} | {one.tool} | {one.does} | {calls} | {one.cpu:.1f} | {factor} "
            f"| {one.wall:.1f} | {one.peak_mib:,.0f} |"
        )
    return "\n".join(lines) + "\n"


def _versions(tools: Sequence[Tool]) -> dict[str, str]:
    peers = dict(one.package.split("==") for one in tools if one.package)
    ours = {name: version(name) for name in ("boto3", "pytest", "pytest-html", "msgspec")}
    return {**peers, **ours, "python": platform.python_version()}


def _machine() -> dict[str, Any]:
    """What the numbers depend on, and nothing that tells whose machine it is."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.system(),
    }
