"""Writes a snapshot of N instances: ``python -m benchmarks.fleets DIR N [--region NAME …]``."""

import argparse
from pathlib import Path

from benchmarks.fleets import REGION, write_fleet


def main() -> None:
    """Write what is asked for and say how it is judged."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleets", description=__doc__)
    parser.add_argument("folder", type=Path, help="of the snapshot; must not exist, or be empty")
    parser.add_argument("instances", type=int, help="in all Regions together")
    parser.add_argument("--region", nargs="+", default=[REGION], help=f"default: {REGION}")
    asked = parser.parse_args()
    if asked.folder.exists() and any(asked.folder.iterdir()):
        parser.error(f"{asked.folder}: is not empty")
    write_fleet(asked.folder, asked.instances, regions=asked.region)
    print(f"pytest --snapshot {asked.folder}")


if __name__ == "__main__":
    main()
