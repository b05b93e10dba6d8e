"""Accounts of any size, made up: snapshots to replay and answers to serve, without asking moto."""

from benchmarks.fleets.answers import ACCOUNT, REGION, fleet_answers
from benchmarks.fleets.snapshots import write_fleet

__all__ = ["ACCOUNT", "REGION", "fleet_answers", "write_fleet"]
