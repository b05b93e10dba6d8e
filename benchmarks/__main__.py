"""Runs the benchmarks, all or one: ``python -m benchmarks [NAME [sizes …]]``; see ``--help``."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence

from benchmarks import (
    cells,
    collecting,
    iam,
    judging,
    loading,
    logs,
    network,
    organization,
    report,
)

_INSTANCES = (100, 1_000, 10_000)
_LOADED = (1_000, 10_000, 100_000)
_ROLES = (500, 5_000)
_CLIENTS = (25_000, 100_000)
_MEGABYTES = (100, 1_000)
_READ = ((1_000, 1), (10_000, 1), (1_000, 17))


def _judging(sizes: Sequence[int]) -> Iterator[object]:
    yield f"{'instances':>10} {'load s':>8} {'judge s':>8} {'us/finding':>11} {'peak MiB':>9}"
    yield from map(judging.measure, sizes or _INSTANCES)


def _loading(sizes: Sequence[int]) -> Iterator[object]:
    yield loading.heading()
    yield from map(loading.measure, sizes or _LOADED)


def _iam(sizes: Sequence[int]) -> Iterator[object]:
    yield f"{'roles':>10} {'decisions':>10} {'allowed':>10} {'CPU s':>8} {'us/decision':>12}"
    yield from map(iam.measure, sizes or _ROLES)


def _network(sizes: Sequence[int]) -> Iterator[object]:
    yield network.heading()
    yield from map(network.measure, sizes or _CLIENTS)


def _collecting(sizes: Sequence[int]) -> Iterator[object]:
    yield collecting.heading()
    for size, regions in [(one, 1) for one in sizes] or _READ:
        yield from collecting.measure(size, regions)
    yield "the reduced set of calls:"
    for size in sizes or (1_000, 10_000):
        yield from collecting.measure(size, 1, collecting.REDUCED)


def _logs(sizes: Sequence[int]) -> Iterator[object]:
    yield logs.heading()
    for size in sizes or _MEGABYTES:
        yield from logs.measure(size)


def _report(sizes: Sequence[int]) -> Iterator[object]:
    yield report.heading()
    yield from map(report.measure, sizes or _INSTANCES)


def _cells(sizes: Sequence[int]) -> Iterator[object]:
    yield cells.heading()
    yield from cells.measure(sizes)


def _organization(sizes: Sequence[int]) -> Iterator[object]:
    for size in sizes or (organization.ACCOUNTS,):
        yield from organization.measure(size)


_BENCHMARKS: Mapping[str, Callable[[Sequence[int]], Iterator[object]]] = {
    "loading": _loading,
    "judging": _judging,
    "iam": _iam,
    "network": _network,
    "collecting": _collecting,
    "logs": _logs,
    "report": _report,
    "cells": _cells,
    "organization": _organization,
}


def main() -> None:
    """Measure what is asked for and print a line for each size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="?", choices=_BENCHMARKS, help="default: all of them")
    parser.add_argument("sizes", nargs="*", type=int, help="instances, roles, or MB of logs")
    asked = parser.parse_args()
    for name in [asked.name] if asked.name else _BENCHMARKS:
        for line in _BENCHMARKS[name](asked.sizes):
            print(line)


if __name__ == "__main__":
    main()
