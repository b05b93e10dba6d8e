"""The peers' server answers as the fleet's account would; results tell what was measured."""

import dataclasses
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from werkzeug.serving import make_server

from benchmarks.fleets import ACCOUNT, REGION, write_fleet
from benchmarks.peers import floor
from benchmarks.peers.measure import Run, calls_of
from benchmarks.peers.plot import bars
from benchmarks.peers.results import Result, markdown, read, write
from benchmarks.peers.server import Account, QuietHandler
from benchmarks.peers.tools import TOOLS
from inventory.collect import AccountSpec, collect, open_account
from inventory.facts import AccountFacts, RegionFacts, Table, Unread
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot, SnapshotWriter

#: So many roles are in use that a run reads them all at once.
INSTANCES = 400


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = make_server(
        "127.0.0.1", 0, Account(INSTANCES, REGION), threaded=True, request_handler=QuietHandler
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def session(endpoint: str) -> Iterator[boto3.Session]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        yield boto3.Session()


@dataclasses.dataclass(frozen=True)
class Collected:
    """What a run collects of the server, and the requests it takes."""

    folder: Path
    calls: Mapping[str, int]


@pytest.fixture(scope="module")
def collected(
    session: boto3.Session, endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> Collected:
    folder = tmp_path_factory.mktemp("collected")
    calls_of(endpoint)
    account = open_account(AccountSpec(name="fleet"), session=session)
    collect([account], SnapshotWriter(folder), now=datetime.now(UTC))
    return Collected(folder, calls_of(endpoint))


def rows(facts: RegionFacts | AccountFacts) -> dict[str, Any]:
    """Every table; why a source is not there is told in other words."""
    return {
        name: None if isinstance(value, Unread) else list(value)
        for name, value in vars(facts).items()
        if isinstance(value, Table | Unread)
    }


def test_what_is_collected_from_the_server_is_the_fleet(
    collected: Collected, tmp_path: Path
) -> None:
    write_fleet(tmp_path, INSTANCES)
    one, other = (load_fleet(Snapshot.open(folder)) for folder in (collected.folder, tmp_path))
    assert len(one.nodes) == INSTANCES
    assert rows(one.regions[0]) == rows(other.regions[0])
    assert rows(one.accounts[ACCOUNT]) == rows(other.accounts[ACCOUNT])
    assert one.accounts[ACCOUNT].organization is None


def test_filters_ids_and_pages_are_heeded(session: boto3.Session) -> None:
    ec2, ssm = session.client("ec2"), session.client("ssm")
    listed = ec2.describe_instances()["Reservations"]
    instances = [one["Instances"][0] for one in listed]
    stopped = [one["InstanceId"] for one in instances if one["State"]["Name"] == "stopped"]
    by_state = ec2.describe_instances(
        Filters=[{"Name": "instance-state-name", "Values": ["stopped"]}]
    )
    found = [one["Instances"][0]["InstanceId"] for one in by_state["Reservations"]]
    assert found == stopped
    assert len(stopped) > 1
    by_id = ec2.describe_instances(InstanceIds=stopped)
    assert [one["Instances"][0]["InstanceId"] for one in by_id["Reservations"]] == stopped
    assert len(ssm.describe_instance_information()["InstanceInformationList"]) == 50
    pages = list(ssm.get_paginator("describe_instance_information").paginate())
    known = {one["InstanceId"] for page in pages for one in page["InstanceInformationList"]}
    assert len(pages) == -(-len(known) // 50)
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert ec2.describe_volumes()["Volumes"] == []


def test_what_it_cannot_answer_is_an_error_and_counted(
    session: boto3.Session, endpoint: str
) -> None:
    calls_of(endpoint)
    ec2 = session.client("ec2")
    for refused in (
        lambda: ec2.describe_instances(Filters=[{"Name": "hypervisor", "Values": ["xen"]}]),
        lambda: ec2.get_managed_prefix_list_entries(PrefixListId="pl-0"),
        lambda: session.client("ssm").get_service_setting(SettingId="/ssm/else"),
    ):
        with pytest.raises(ClientError, match="NotAnswered"):
            refused()
    ec2.describe_vpcs()
    calls = calls_of(endpoint)
    assert calls["ec2.DescribeVpcs"] == 1
    assert Run(1, 1, 1, calls).unanswered == 3


def test_the_plain_way_asks_as_often_as_a_run_does(collected: Collected, endpoint: str) -> None:
    calls_of(endpoint)
    floor.main()
    assert calls_of(endpoint) == collected.calls


def result(tool: str, instances: int, cpu: float) -> Result:
    return Result(tool, "some <checks>", instances, 41, 2.5, cpu, 120, 0, 3)


RESULTS = (
    result("ssm-rollcall", 1000, 2.0),
    result("A & B", 1000, 30.0),
    result("ssm-rollcall", 10_000, 16.0),
)


def test_results_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    write(RESULTS, TOOLS, tmp_path)
    assert read(tmp_path) == RESULTS
    lines = (tmp_path / "peers.csv").read_text().splitlines()
    assert lines[0].startswith("tool,does,instances,calls,wall,cpu")
    assert len(lines) == 1 + len(RESULTS)


def test_the_table_sets_each_beside_ours_on_the_same_fleet() -> None:
    told = markdown(RESULTS).splitlines()
    assert "| 1,000 | A & B | some <checks> | 41 | 30.0 | 15 | 2.5 | 120 |" in told
    assert "| 10,000 | ssm-rollcall | some <checks> | 41 | 16.0 | 1 | 2.5 | 120 |" in told


def test_the_picture_is_sound_and_its_bars_are_in_proportion() -> None:
    root = ET.fromstring(bars(RESULTS))
    widths = [float(one.attrib["width"]) for one in root.iter("{http://www.w3.org/2000/svg}rect")]
    ours, theirs, ours_in_another_fleet = widths
    assert theirs / ours == pytest.approx(30.0 / 2.0, rel=0.01)
    assert ours_in_another_fleet == theirs
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "A & B" in texts
