"""Runs the benchmarks: ``python -m benchmarks [judging|iam] [sizes …]``; both without a name."""

import argparse

from benchmarks import iam, judging

_INSTANCES = (100, 1_000, 10_000)
_ROLES = (500, 5_000)


def main() -> None:
    """Measure what is asked for and print a line for each size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="?", choices=("judging", "iam"), help="default: both")
    parser.add_argument("sizes", nargs="*", type=int, help="instances to judge, or roles to decide")
    asked = parser.parse_args()
    if asked.name != "iam":
        print(f"{'instances':>10} {'load s':>8} {'judge s':>8} {'us/finding':>11} {'peak MiB':>9}")
        for size in asked.sizes or _INSTANCES:
            print(judging.measure(size))
    if asked.name != "judging":
        print(f"{'roles':>10} {'decisions':>10} {'allowed':>10} {'CPU s':>8} {'us/decision':>12}")
        for size in asked.sizes or _ROLES:
            print(iam.measure(size))


if __name__ == "__main__":
    main()
