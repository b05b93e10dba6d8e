"""Measures ours beside its peers: ``python -m benchmarks.peers``; see ``--help``.

Every tool runs once so that the server has written each answer, then all take turns, so that a
busy neighbour weighs on each of them.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.fleets import REGION
from benchmarks.peers.measure import Run, measured, served, write_fleet_elsewhere
from benchmarks.peers.plot import bars
from benchmarks.peers.results import Result, markdown, result_of, write
from benchmarks.peers.tools import TOOLS, Environments, Tool, environment

_RESULTS = Path(__file__).parents[1] / "results"


def main() -> None:
    """Measure what is asked for; leave a table, a picture and the numbers."""
    asked = _arguments()
    tools = [one for one in TOOLS if not asked.tool or one.name in asked.tool]
    environments = Environments(asked.environments)
    paths = {one.name: environments.path_of(one) for one in tools}
    results: list[Result] = []
    for instances in asked.instances:
        able = [one for one in tools if instances <= one.largest]
        results += _results(able, paths, instances, asked.rounds)
        write(results, tools, asked.results)
    (asked.results / "peers.svg").write_text(bars(results), encoding="utf-8")
    print(markdown(results), end="")


def _arguments() -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("instances", nargs="*", type=int, default=[1000], help="default: 1000")
    parser.add_argument("--rounds", type=int, default=3, help="measured runs of each; default: 3")
    parser.add_argument("--tool", action="append", choices=[one.name for one in TOOLS])
    parser.add_argument("--results", type=Path, default=_RESULTS, help="folder of the results")
    parser.add_argument(
        "--environments",
        type=Path,
        default=cache / "ssm-rollcall" / "peers",
        help="where the peers are installed, and found again; default: the user's cache",
    )
    return parser.parse_args()


def _results(
    tools: Sequence[Tool], paths: dict[str, str], instances: int, rounds: int
) -> list[Result]:
    runs: dict[str, list[Run]] = {one.name: [] for one in tools}
    with TemporaryDirectory() as name, served(instances, REGION) as endpoint:
        scratch = Path(name)
        snapshot = scratch / "snapshot"
        write_fleet_elsewhere(snapshot, instances)
        for at in range(rounds + 1):
            for tool in tools:
                out = scratch / f"{tool.name}-{at}".replace(" ", "-")
                out.mkdir()
                run = measured(
                    tool.command(out, snapshot, instances),
                    environment=environment(scratch, endpoint, paths[tool.name]),
                    endpoint=endpoint,
                    log=out / "log",
                    exits=tool.exits,
                )
                told = f"{instances:,} {tool.name}: {run.cpu:.1f} s CPU, {run.wall:.1f} s"
                if run.unanswered:
                    told += f", {run.unanswered} requests without an honest answer"
                print(told if at else f"{told} (not counted)", file=sys.stderr)
                if at:
                    runs[tool.name].append(run)
    return [result_of(tool, instances, runs[tool.name]) for tool in tools]


if __name__ == "__main__":
    main()
