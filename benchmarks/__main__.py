"""Runs the benchmarks, all or one: ``python -m benchmarks [NAME [sizes …]]``; see ``--help``."""

import argparse

from benchmarks import collecting, iam, judging, network

_INSTANCES = (100, 1_000, 10_000)
_ROLES = (500, 5_000)
_CLIENTS = (25_000, 100_000)
_READ = ((1_000, 1), (10_000, 1), (1_000, 17))


def main() -> None:
    """Measure what is asked for and print a line for each size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="?", choices=("judging", "iam", "network", "collecting"))
    parser.add_argument("sizes", nargs="*", type=int, help="instances, or roles to decide")
    asked = parser.parse_args()
    if asked.name in ("judging", None):
        print(f"{'instances':>10} {'load s':>8} {'judge s':>8} {'us/finding':>11} {'peak MiB':>9}")
        for size in asked.sizes or _INSTANCES:
            print(judging.measure(size))
    if asked.name in ("iam", None):
        print(f"{'roles':>10} {'decisions':>10} {'allowed':>10} {'CPU s':>8} {'us/decision':>12}")
        for size in asked.sizes or _ROLES:
            print(iam.measure(size))
    if asked.name in ("network", None):
        print(network.heading())
        for size in asked.sizes or _CLIENTS:
            print(network.measure(size))
    if asked.name in ("collecting", None):
        print(collecting.heading())
        for size, regions in [(one, 1) for one in asked.sizes] or _READ:
            for line in collecting.measure(size, regions):
                print(line)


if __name__ == "__main__":
    main()
