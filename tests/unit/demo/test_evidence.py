"""What people handed in of the demo's machines: files, times counted back, the story they tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest

from fixtures.demo.account import embedded_account
from fixtures.demo.evidence import file_demo_evidence, write_demo_evidence
from fixtures.demo.fleet import DEMO_REGIONS
from inventory.collect import AccountSpec, collect, open_account
from inventory.facts import Node, moment
from inventory.facts.host import HostFacts
from inventory.fleet import Fleet, load_fleet
from inventory.snapshot import Snapshot, SnapshotWriter
from tests.unit.demo.reading import instances

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def session() -> Iterator[boto3.Session]:
    with embedded_account(NOW) as session:
        yield session


@pytest.fixture(scope="module")
def folder(session: boto3.Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the demo with what its machines told."""
    folder = tmp_path_factory.mktemp("snapshot")
    account = open_account(AccountSpec(name="demo", embedded=True), session=session)
    collect([account], SnapshotWriter(folder), regions=DEMO_REGIONS, now=NOW)
    file_demo_evidence(folder, load_fleet(Snapshot.open(folder)), Snapshot.open(folder))
    return folder


@pytest.fixture(scope="module")
def fleet(folder: Path) -> Fleet:
    return load_fleet(Snapshot.open(folder))


def told(fleet: Fleet, name: str) -> HostFacts:
    (node,) = [one for one in fleet.nodes if one.instance.name == name]
    assert node.host is not None
    return node.host


def test_three_machines_tell_and_every_file_is_of_use(fleet: Fleet) -> None:
    assert {one.instance.name for one in fleet.nodes if one.host} == {
        "worker-1",
        "worker-4",
        "till-2",
    }
    assert not [one for one in fleet.coverage if one.call == "host:Evidence"]


def test_a_clock_is_ten_minutes_behind(fleet: Fleet) -> None:
    """R-10.2: the error text has the exact skew; its stamps say that the machine keeps UTC."""
    log = told(fleet, "worker-4").log
    assert log is not None
    assert (log.skew, log.utc_offset) == (-612.0, 0)
    last = moment(log.last)
    assert last is not None
    assert NOW - timedelta(hours=1) < last < NOW - timedelta(minutes=10)


def test_an_agent_is_dead(fleet: Fleet) -> None:
    """1.2 row 5; it ran in this boot and was heard of before: what was seen now still holds."""
    (reading,) = told(fleet, "worker-1").readings
    assert (reading.source, reading.taken_at) == ("ssm-cli", "2026-11-01T12:00:00Z")
    assert reading.service is not None
    assert reading.service.running is False


def test_a_log_times_out_at_the_very_endpoint_that_blocks(
    session: boto3.Session, fleet: Fleet
) -> None:
    """C1: the address in till-2's log is that of the interface endpoint of its own VPC."""
    log = told(fleet, "till-2").log
    assert log is not None
    (detail,) = {one.detail for one in log.hits if one.signature == "C1"}
    ec2 = session.client("ec2", region_name="eu-central-1")
    own = [{"Name": "vpc-id", "Values": [instances(session)["till-2"]["VpcId"]]}]
    (endpoint,) = ec2.describe_vpc_endpoints(Filters=own)["VpcEndpoints"]
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])
    addresses = [one["PrivateIpAddress"] for one in found["NetworkInterfaces"]]
    assert [detail] == [f"private address {one}" for one in addresses]


def test_times_are_counted_back_and_no_brace_is_left(fleet: Fleet, tmp_path: Path) -> None:
    (node,) = [one for one in fleet.nodes if one.instance.name == "worker-4"]
    write_demo_evidence(tmp_path, [node], NOW)
    text = (tmp_path / node.id / "amazon-ssm-agent.log").read_text()
    assert "2026-10-30 12:49:48.0000 ERROR" in text
    assert "20261030T124948Z is now earlier than 20261030T125500Z (20261030T130000Z - 5" in text
    assert "{" not in text


def test_a_machine_that_is_not_asked_for_leaves_no_file(fleet: Fleet, tmp_path: Path) -> None:
    others: list[Node] = [one for one in fleet.nodes if one.host is None]
    write_demo_evidence(tmp_path, others, NOW)
    assert not list(tmp_path.iterdir())
