"""Clients are kept while they are needed, and never more than a run can hold."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import boto3
import pytest
from botocore.loaders import JSONFileLoader

from inventory.collect import AccountSpec, Clients, OpenAccount, collect, collector
from inventory.facts import Status
from inventory.snapshot import SnapshotWriter
from tests.unit.inventory.collect.scripted import ACCOUNT, ScriptedAws, with_one_instance

EAST, WEST, NORTH = "us-east-1", "us-west-2", "eu-north-1"


def test_the_client_used_longest_ago_makes_room() -> None:
    account, clients = ScriptedAws().account(), Clients(most=2)
    east, west = (clients.client(account, "ec2", one) for one in (EAST, WEST))
    assert clients.client(account, "ec2", EAST) is east
    clients.client(account, "ec2", NORTH)
    assert clients.client(account, "ec2", EAST) is east
    assert clients.client(account, "ec2", WEST) is not west


def test_a_client_that_made_room_still_answers_whoever_has_it() -> None:
    aws = ScriptedAws()
    account, clients = aws.account(), Clients(most=1)
    east = clients.client(account, "ec2", EAST)
    clients.client(account, "ec2", WEST)
    assert east.describe_vpcs()["Vpcs"] == []  # type: ignore[attr-defined]


def test_a_run_with_hardly_any_clients_reads_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept says nothing about what is asked: the coverage is that of any other run."""
    aws = ScriptedAws({"ec2.DescribeInstances": with_one_instance()})
    accounts = [aws.account(f"name-{number}", f"{number:012}") for number in range(1, 5)]
    now = datetime(2026, 11, 1, tzinfo=UTC)
    plenty = collect(accounts, SnapshotWriter(tmp_path / "plenty"), now=now)
    monkeypatch.setattr(collector, "Clients", partial(Clients, most=2))
    scarce = collect(accounts, SnapshotWriter(tmp_path / "scarce"), now=now)
    assert scarce.calls == plenty.calls
    assert Status.FAILED not in {one.status for one in scarce.calls}


def test_a_service_s_model_is_loaded_once_for_all_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    """EC2's takes 24 MB and most of the time that a client takes (spec moto.md 3)."""
    loaded: list[str] = []
    load = JSONFileLoader.load_file

    def note(self: JSONFileLoader, file_path: str) -> object:
        found: object = load(self, file_path)
        if found is not None and "/ec2/" in file_path and "service-2" in file_path:
            loaded.append(file_path)
        return found

    monkeypatch.setattr(JSONFileLoader, "load_file", note)
    session = boto3.Session("AKIDEXAMPLE", "example", region_name=EAST)
    account = OpenAccount("prod", ACCOUNT, "", session, AccountSpec(name="prod"))
    clients = Clients()
    for region in (EAST, WEST, NORTH):
        clients.client(account, "ec2", region)
    assert len(loaded) == 1
