"""Facts from within: out of a snapshot and back into one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from inventory.errors import SnapshotError
from inventory.facts import Node, Status
from inventory.facts.host import AgentLog, HostFacts, Reading, Unreached
from inventory.fleet import load_fleet
from inventory.host_answers import host_answers
from inventory.snapshot import MANIFEST, Snapshot, SnapshotWriter, add_answers
from tests.unit.world import ACCOUNT, NOW, REGION, fleet_of

LISTED = {"Reservations": [{"Instances": [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}]}]}


def reading(instance_id: str = "i-1", source: str = "probe", origin: str = "") -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(
        Reading(instance_id=instance_id, source=source, origin=origin)
    )
    return told


def nodes_of(**answers: Any) -> dict[str, Node]:
    regional = {f"host.{name}": answer for name, answer in answers.items()}
    fleet = fleet_of({"ec2.DescribeInstances": LISTED, **regional})
    return {node.id: node for node in fleet.nodes}


def facts_of(**answers: Any) -> HostFacts:
    host = nodes_of(**answers)["i-1"].host
    assert host is not None
    return host


def test_a_node_that_nobody_looked_at_has_no_host_facts() -> None:
    nodes = nodes_of(Readings=[reading("i-1")])
    assert (nodes["i-1"].host is None, nodes["i-2"].host is None) == (False, True)


def test_the_strongest_source_comes_first_and_equal_ones_as_they_are() -> None:
    """domain.md 1.1–1.4: what each of them sees; a live look outweighs all files."""
    told = [("runbook", "a"), ("ssm-cli", "new"), ("later", ""), ("probe", ""), ("ssm-cli", "old")]
    host = facts_of(Readings=[reading("i-1", *one) for one in told])
    assert [(one.source, one.origin) for one in host.readings] == [
        ("probe", ""),
        ("ssm-cli", "new"),
        ("ssm-cli", "old"),
        ("runbook", "a"),
        ("later", ""),
    ]


def test_a_log_and_an_unreached_machine_are_told() -> None:
    gone = Unreached(instance_id="i-1", way="ssh", code="UNREACHABLE", detail="timed out")
    host = facts_of(
        Logs=[msgspec.to_builtins(AgentLog(instance_id="i-1", version="3.3.1.0"))],
        Unreached=[msgspec.to_builtins(gone)],
    )
    assert host.log is not None
    assert host.log.version == "3.3.1.0"
    assert str(host.unreached) == "host:ssh (UNREACHABLE): timed out"
    assert host.is_probed


def test_what_is_told_of_others_than_the_listed_instances_is_left() -> None:
    assert set(nodes_of(Readings=[reading("i-9")])) == {"i-1", "i-2"}


def test_where_ec2_was_not_asked_the_machines_seen_from_within_are_the_fleet() -> None:
    """``--probe local`` knows of nothing but the machine that it runs on."""
    (node,) = fleet_of({"host.Readings": [reading("i-7")]}).nodes
    assert (node.id, node.is_listed, node.host is None) == ("i-7", False, False)


def test_where_ec2_refused_the_list_nobody_stands_in_for_it() -> None:
    fleet = fleet_of(
        {"host.Readings": [reading("i-7")]}, denied={"ec2.DescribeInstances": "AccessDenied"}
    )
    assert fleet.nodes == ()


@pytest.mark.parametrize(
    ("name", "broken", "told"),
    [
        ("Readings", {}, "Expected `array`"),
        ("Readings", 1, "Expected `array`"),
        ("Readings", [{"source": "probe"}], "instance_id"),
        ("Readings", [{"instance_id": "i-1", "source": "probe", "clock": 3}], "clock"),
        ("Logs", [{"instance_id": "i-1", "rungs": "all"}], "rungs"),
        ("Unreached", [{"instance_id": "i-1"}], "way"),
    ],
)
def test_a_broken_entry_names_the_file_and_the_place(name: str, broken: Any, told: str) -> None:
    with pytest.raises(SnapshotError, match=rf"{ACCOUNT}/{REGION}/host\.{name}\.json") as caught:
        nodes_of(**{name: broken})
    assert told in str(caught.value)


def test_a_file_that_could_not_be_used_is_a_line_of_the_coverage() -> None:
    problem = {"file": "i-1/odd.txt", "problem": "is nothing that this reads"}
    fleet = fleet_of({"ec2.DescribeInstances": LISTED}, {"host.Problems": [problem]})
    (line,) = [one for one in fleet.coverage if one.call == "host:Evidence"]
    assert (line.status, line.code) == (Status.FAILED, "i-1/odd.txt")
    assert line.detail == "is nothing that this reads"


def test_facts_written_out_are_read_as_they_were() -> None:
    gone = Unreached(instance_id="i-1", way="winrm", code="UNREACHABLE", detail="")
    log = msgspec.to_builtins(AgentLog(instance_id="i-1", skew=-600.5))
    nodes = nodes_of(Readings=[reading()], Logs=[log], Unreached=[msgspec.to_builtins(gone)])
    written = host_answers(nodes.values(), Snapshot({}, as_of=NOW))
    again = facts_of(**{name.removeprefix("host."): told for (_, _, name), told in written.items()})
    before = nodes["i-1"].host
    assert before is not None
    assert again.readings == before.readings
    assert (again.log, again.unreached) == (before.log, before.unreached)


def test_an_answer_without_entries_replaces_one_and_is_else_left_out() -> None:
    key = (ACCOUNT, REGION, "host.Unreached")
    nodes = nodes_of(Readings=[reading()]).values()
    assert key not in host_answers(nodes, Snapshot({}, as_of=NOW))
    assert host_answers(nodes, Snapshot({key: [{}]}, as_of=NOW))[key] == []


def snapshot_in(folder: Path) -> Snapshot:
    writer = SnapshotWriter(folder)
    writer.keep(ACCOUNT, REGION, "ec2.DescribeInstances", LISTED)
    writer.close(
        tool="test", collected_at=NOW, callers={}, accounts={ACCOUNT: (REGION,)}, parameters={}
    )
    return Snapshot.open(folder)


def test_answers_added_later_are_part_of_the_snapshot(tmp_path: Path) -> None:
    snapshot_in(tmp_path)
    for told in ([reading("i-1")], [reading("i-2")]):
        add_answers(tmp_path, {(ACCOUNT, REGION, "host.Readings"): told})
    opened = Snapshot.open(tmp_path)
    assert [one.call for one in opened.coverage] == ["ec2:DescribeInstances", "host:Readings"]
    assert [node.id for node in load_fleet(opened).nodes if node.host] == ["i-2"]


def test_an_answer_that_lies_there_packed_is_replaced(tmp_path: Path) -> None:
    packed = tmp_path / ACCOUNT / REGION / "host.Readings.json.gz"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(b"")
    add_answers(tmp_path, {(ACCOUNT, REGION, "host.Readings"): [reading()]})
    assert not (tmp_path / MANIFEST).exists()
    (line,) = Snapshot.open(tmp_path).coverage
    assert line.file.endswith("host.Readings.json")
