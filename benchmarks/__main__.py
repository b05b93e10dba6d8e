"""Runs the benchmarks: ``python -m benchmarks [instances …]``."""

import sys

from benchmarks.judging import measure

SIZES = (100, 1_000, 10_000)

if __name__ == "__main__":
    print(f"{'instances':>10} {'load s':>8} {'judge s':>8} {'us/finding':>11} {'peak MiB':>9}")
    for size in [int(argument) for argument in sys.argv[1:]] or SIZES:
        print(measure(size))
