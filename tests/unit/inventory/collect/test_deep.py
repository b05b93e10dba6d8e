"""``--deep``: one request an instance, who is asked about, and what of a console is kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inventory.collect import collect
from inventory.errors import AccountError
from inventory.facts import Status
from inventory.snapshot import MANIFEST, Manifest, SnapshotWriter
from tests.unit.inventory.collect.scripted import (
    ACCOUNT,
    REGION,
    RefusedError,
    Script,
    ScriptedAws,
    reservation,
)

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
CHANNEL, CONSOLE = "ssm.GetConnectionStatus", "ec2.GetConsoleOutput"
STARTED = "Amazon SSM Agent v3.3.40.0 is running"


def instance(name: str, state: str = "running") -> dict[str, Any]:
    return {"InstanceId": name, "State": {"Name": state}}


#: Online, silent, never registered, and stopped although Systems Manager still lists it.
FLEET: Mapping[str, Script] = {
    "ec2.DescribeInstances": {
        "Reservations": [
            reservation(
                instance("i-online"),
                instance("i-lost"),
                instance("i-new"),
                instance("i-stopped", "stopped"),
            )
        ]
    },
    "ssm.DescribeInstanceInformation": {
        "InstanceInformationList": [
            {"InstanceId": "i-online", "PingStatus": "Online"},
            {"InstanceId": "i-lost", "PingStatus": "ConnectionLost"},
            {"InstanceId": "i-stopped", "PingStatus": "ConnectionLost"},
        ]
    },
}


def taken(folder: Path, aws: ScriptedAws, **options: Any) -> Manifest:
    return collect([aws.account()], SnapshotWriter(folder), now=NOW, deep=True, **options)


def kept(folder: Path, operation: str) -> Any:
    return json.loads((folder / ACCOUNT / REGION / f"{operation}.json").read_text())


def coverage(manifest: Manifest, operation: str) -> list[tuple[Status, str]]:
    call = operation.replace(".", ":")
    return [(one.status, one.code) for one in manifest.calls if one.call == call]


def test_channels_of_running_nodes_and_consoles_of_silent_instances(tmp_path: Path) -> None:
    aws = ScriptedAws(FLEET)
    manifest = taken(tmp_path, aws)
    assert sorted(one["Target"] for one in aws.requests(CHANNEL)) == ["i-lost", "i-online"]
    assert sorted(one["InstanceId"] for one in aws.requests(CONSOLE)) == ["i-lost", "i-new"]
    assert all(one["Latest"] for one in aws.requests(CONSOLE))
    assert [one["response"]["Status"] for one in kept(tmp_path, CHANNEL)] == ["connected"] * 2
    assert coverage(manifest, CHANNEL) == coverage(manifest, CONSOLE) == [(Status.COLLECTED, "")]


def test_without_it_nothing_is_asked_and_the_coverage_says_why(tmp_path: Path) -> None:
    aws = ScriptedAws(FLEET)
    manifest = collect([aws.account()], SnapshotWriter(tmp_path), now=NOW)
    assert not {CHANNEL, CONSOLE} & {*aws.operations()}
    for operation in (CHANNEL, CONSOLE):
        assert coverage(manifest, operation) == [(Status.NOT_ASKED, "NOT_DEEP")]
    assert manifest.parameters == {}


def test_of_a_console_only_the_agents_lines_are_kept(tmp_path: Path) -> None:
    console = f"login: root password=hunter2hunter2\nagent[7]: {STARTED}\nanything else\n"
    aws = ScriptedAws({**FLEET, CONSOLE: lambda asked, _: {**asked, "Output": console}})
    manifest = taken(tmp_path, aws, parameters={"region": "eu-*"})
    assert {one["response"]["Output"] for one in kept(tmp_path, CONSOLE)} == {
        f"agent[7]: {STARTED}"
    }
    written = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    assert "hunter2" not in written
    assert "signatures" in manifest.parameters["ec2:GetConsoleOutput"]
    assert manifest.parameters["region"] == "eu-*"


def test_where_the_latest_console_is_not_supported_the_last_one_is_taken(tmp_path: Path) -> None:
    def only_buffered(asked: Mapping[str, Any], _: str) -> Any:
        if "Latest" in asked:
            return RefusedError("UnsupportedOperation", "not for this instance type")
        return {"InstanceId": asked["InstanceId"], "Output": STARTED}

    manifest = taken(tmp_path, ScriptedAws({**FLEET, CONSOLE: only_buffered}))
    assert [one["request"] for one in kept(tmp_path, CONSOLE)] == [
        {"InstanceId": "i-lost"},
        {"InstanceId": "i-new"},
    ]
    assert coverage(manifest, CONSOLE) == [(Status.COLLECTED, "")]


def test_one_refused_request_leaves_the_others(tmp_path: Path) -> None:
    def refused_for_one(asked: Mapping[str, Any], _: str) -> Any:
        if asked["Target"] == "i-lost":
            return RefusedError("AccessDeniedException", "not this one")
        return {"Target": asked["Target"], "Status": "connected"}

    manifest = taken(tmp_path, ScriptedAws({**FLEET, CHANNEL: refused_for_one}))
    lost, online = kept(tmp_path, CHANNEL)
    assert lost["error"] == {"Code": "AccessDeniedException", "Message": "not this one"}
    assert online["response"]["Status"] == "connected"
    assert (Status.DENIED, "AccessDeniedException") in coverage(manifest, CHANNEL)


@pytest.mark.parametrize("source", [*FLEET])
def test_without_the_listings_nobody_knows_whom_to_ask_about(tmp_path: Path, source: str) -> None:
    aws = ScriptedAws({**FLEET, source: RefusedError("UnauthorizedOperation", "no")})
    manifest = taken(tmp_path, aws)
    assert not {CHANNEL, CONSOLE} & {*aws.operations()}
    for operation in (CHANNEL, CONSOLE):
        assert coverage(manifest, operation) == [(Status.NOT_ASKED, "NO_SOURCE")]


def many(count: int) -> dict[str, Script]:
    names = [f"i-{number}" for number in range(count)]
    return {"ec2.DescribeInstances": {"Reservations": [reservation(*map(instance, names))]}}


def test_instances_are_asked_about_side_by_side_by_as_many_as_there_are_workers(
    tmp_path: Path,
) -> None:
    together, counting, at_once, most = threading.Barrier(4), threading.Lock(), 0, 0

    def console(asked: Mapping[str, Any], _: str) -> Any:
        nonlocal at_once, most
        with counting:
            at_once += 1
            most = max(most, at_once)
        together.wait(timeout=10)
        with counting:
            at_once -= 1
        return {"InstanceId": asked["InstanceId"]}

    manifest = taken(tmp_path, ScriptedAws({**many(12), CONSOLE: console}), workers=4)
    assert coverage(manifest, CONSOLE) == [(Status.COLLECTED, "")]
    assert len(kept(tmp_path, CONSOLE)) == 12
    assert most == 4


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    def denied(asked: Mapping[str, Any], _: str) -> Any:
        if asked["InstanceId"] == "i-7":
            return {"InstanceId": "i-7", "Output": STARTED}
        return RefusedError("AccessDeniedException", f"not {asked['InstanceId']}")

    written = []
    for workers in (1, 2, 8):
        folder = tmp_path / str(workers)
        manifest = taken(folder, ScriptedAws({**many(9), CONSOLE: denied}), workers=workers)
        written.append((manifest.calls, kept(folder, CONSOLE)))
    assert written[0] == written[1] == written[2]


def test_credentials_that_run_out_on_the_way_end_the_run(tmp_path: Path) -> None:
    aws = ScriptedAws({**FLEET, CHANNEL: RefusedError("ExpiredToken", "old")})
    with pytest.raises(AccountError, match="the credentials have expired"):
        taken(tmp_path, aws)
    assert not (tmp_path / MANIFEST).exists()
    assert not [one for one in threading.enumerate() if one.name.startswith("collect")]


def test_a_hub_is_asked_about_none_of_its_spokes_instances(tmp_path: Path) -> None:
    spoke, hub = ScriptedAws(FLEET), ScriptedAws()
    collect(
        [spoke.account(), hub.account("hub", "444455556666")],
        SnapshotWriter(tmp_path),
        now=NOW,
        deep=True,
    )
    assert "ec2.DescribeVpcs" in hub.operations()
    assert not {CHANNEL, CONSOLE} & {*hub.operations()}
    assert {CHANNEL, CONSOLE} <= {*spoke.operations()}


def test_an_empty_region_is_asked_nothing(tmp_path: Path) -> None:
    manifest = taken(tmp_path, ScriptedAws({"ec2.DescribeInstances": {"Reservations": []}}))
    assert coverage(manifest, CHANNEL) == [(Status.NOT_ASKED, "NO_INSTANCES")]
