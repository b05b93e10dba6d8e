"""A whole folder: whose each file is, what joins what, and what is told of the rest."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inventory.host.evidence import EvidenceFound, read_evidence
from tests.unit.inventory.host.evidence.outputs import (
    HOME,
    ID,
    KNOWN,
    OTHER_ID,
    linux_columns,
    ssm_cli_json,
    ssm_cli_table,
)

SERVICE = ("Agent service", "Success", "Agent service is running and is running as expected user")
LOG = "2026-11-01 08:15:02 INFO [amazon-ssm-agent] amazon-ssm-agent - v3.3.40.0\n"
TOOLKIT = linux_columns(
    ("Testing metadata endpoint", "Pass", "Connected"),
    ("SSM agent service status", "Active", "N/A"),
    ("Checking for Hybrid Activation", "Instance not registered with Hybrid Activation.", "Ref"),
)
CONSOLE = json.dumps({"InstanceId": ID, "Output": "x: no space left on device: amazon-ssm-agent"})


def imds(instance_id: str) -> tuple[str, str, str]:
    note = f"IMDS is accessible and has instance id {instance_id} in region eu-central-1"
    return ("EC2 IMDS", "Success", note)


def cli(instance_id: str) -> str:
    return ssm_cli_json(imds(instance_id), SERVICE)


def log_of(*ids: str) -> str:
    return LOG + "".join(
        f"2026-11-01 08:15:03 INFO [instanceID={one}] Starting session\n" for one in ids
    )


def read(folder: Path, files: Mapping[str, str | bytes]) -> EvidenceFound:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_evidence(folder, KNOWN)


def told(found: EvidenceFound) -> list[tuple[str, str]]:
    """Whose each reading and log is, by its origin."""
    return [
        *((one.origin, one.instance_id) for one in found.readings),
        *((one.origin, one.instance_id) for one in found.logs),
    ]


def packed(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"{ID}/output.txt", ssm_cli_json(SERVICE)),
        (f"{HOME[0]}/{HOME[1]}/{ID}/output.txt", ssm_cli_json(SERVICE)),
        (f"{HOME[0]}/{ID}.txt", ssm_cli_json(SERVICE)),
        (f"ticket 4711/ssm-cli-{ID}-2026.txt", ssm_cli_table(SERVICE)),
        ("output.json", cli(ID)),
        (f"{ID}.toolkit", TOOLKIT),
    ],
)
def test_a_file_is_tied_by_its_path_or_by_what_stands_in_it(
    name: str, content: str, tmp_path: Path
) -> None:
    found = read(tmp_path, {name: content})
    assert told(found) == [(name, ID)]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("output.json", ssm_cli_json(SERVICE), "cannot be tied to an instance"),
        ("toolkit.txt", TOOLKIT, "cannot be tied to an instance"),
        (f"{ID}/{OTHER_ID}.json", ssm_cli_json(SERVICE), "names several instances"),
        (f"{ID}/output.json", cli(OTHER_ID), f"lies where {ID} belongs, but says"),
        ("i-00000000000000bad/x.json", ssm_cli_json(SERVICE), "not among the instances judged"),
        ("output.json", cli("i-0ba00000"), "not among the instances judged"),
        (f"999988887777/{HOME[1]}/{ID}/x.json", ssm_cli_json(SERVICE), "lies under 999988887777"),
        (f"{HOME[0]}/us-east-1/{ID}/x.json", ssm_cli_json(SERVICE), "lies under 111122223333/us-"),
        ("amazon-ssm-agent.log", LOG, "cannot be tied to an instance"),
        ("amazon-ssm-agent.log", log_of(ID, OTHER_ID), "names several instances"),
        (f"m{ID}/x.json", ssm_cli_json(SERVICE), "cannot be tied to an instance"),
        (f"{ID}0/x.json", ssm_cli_json(SERVICE), "cannot be tied to an instance"),
        (f"{ID}/letter.txt", "Dear Sir or Madam", "is nothing that this reads"),
        (f"{ID}/core.bin", bytes(range(256)).decode("latin-1"), "is nothing that this reads"),
    ],
)
def test_what_nobody_can_tell_is_never_guessed(
    name: str, content: str, why: str, tmp_path: Path
) -> None:
    found = read(tmp_path, {name: content})
    assert told(found) == []
    (problem,) = found.problems
    assert problem.file == name
    assert why in problem.what


def test_logs_beside_each_other_in_a_folder_come_from_one_machine(tmp_path: Path) -> None:
    names = ("host/amazon-ssm-agent.log", "host/amazon-ssm-agent.log.1")
    found = read(tmp_path, {names[0]: log_of(ID), names[1]: LOG})
    assert told(found) == [("host", ID)]
    assert found.logs[0].files == tuple(Path(name).name for name in names)


def test_logs_that_were_only_thrown_together_do_not(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"amazon-ssm-agent.log": log_of(ID), "amazon-ssm-agent.log.1": LOG, "a.json": cli(ID)},
    )
    assert [one.file for one in found.problems] == ["amazon-ssm-agent.log.1"]


def test_the_logs_of_two_machines_in_one_folder_each_find_their_own(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "x/journal-1.txt": LOG,
            "x/amazon-ssm-agent.log": log_of(ID),
            "x/errors.log": log_of(OTHER_ID),
        },
    )
    assert sorted(owner for _, owner in told(found)) == sorted([ID, OTHER_ID])
    assert [one.file for one in found.problems] == ["x/journal-1.txt"]


def test_all_of_an_archive_comes_from_one_machine(tmp_path: Path) -> None:
    members = {
        "instance-id.txt": f"{ID}\n",
        "collected-at.txt": "2026-11-01T09:20:00+0100\n",
        "toolkit.txt": TOOLKIT,
        "var/log/amazon/ssm/amazon-ssm-agent.log": LOG,
        "etc/os-release": "ID=amzn\n",
    }
    found = read(tmp_path, {"evidence.tar.gz": packed(members)})
    assert told(found) == [("evidence.tar.gz!toolkit.txt", ID), ("evidence.tar.gz", ID)]
    assert found.problems == ()
    assert found.readings[0].taken_at == "2026-11-01T08:20:00Z"
    assert found.logs[0].collected_at.startswith("2026-11-01T08:20:00")
    assert found.logs[0].utc_offset == 3600


def test_an_archive_that_contradicts_itself_is_not_guessed(tmp_path: Path) -> None:
    members = {"instance-id.txt": ID, "var/log/amazon/ssm/amazon-ssm-agent.log": log_of(OTHER_ID)}
    found = read(tmp_path, {"evidence.tar.gz": packed(members)})
    assert told(found) == []
    assert "names several instances" in found.problems[0].what


def test_an_archive_of_other_things_is_told_once(tmp_path: Path) -> None:
    found = read(tmp_path, {f"{ID}.tar.gz": packed({"a.txt": "a", "b.txt": "b"})})
    assert [str(one) for one in found.problems] == [f"{ID}.tar.gz: holds nothing that this reads"]


def test_a_mounted_volume_is_tied_by_the_id_that_cloud_init_wrote(tmp_path: Path) -> None:
    files = {
        "disk/etc/hostname": "web-1",
        "disk/usr/bin/true": "",
        "disk/var/lib/cloud/data/instance-id": f"{ID}\n",
        "disk/var/log/amazon/ssm/amazon-ssm-agent.log": LOG,
    }
    assert told(read(tmp_path, files)) == [("disk", ID)]


def test_a_log_in_an_instances_folder_may_name_the_machine_its_image_was_made_on(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, {f"{ID}/amazon-ssm-agent.log": log_of(OTHER_ID)})
    assert told(found) == [(ID, ID)]


@pytest.mark.parametrize("name", ["amazon-ssm-agent.log.2.gz", "from-the-ticket.txt"])
def test_a_log_is_known_by_its_name_or_by_its_lines(name: str, tmp_path: Path) -> None:
    content = gzip.compress(LOG.encode()) if name.endswith(".gz") else LOG
    found = read(tmp_path, {f"{ID}/{name}": content})
    assert found.logs[0].version == "3.3.40.0"


def test_a_console_joins_the_log_of_its_instance(tmp_path: Path) -> None:
    both = read(tmp_path, {f"{ID}/amazon-ssm-agent.log": LOG, f"{ID}/console.json": CONSOLE})
    (log,) = both.logs
    assert [hit.signature for hit in log.hits] == ["F1"]
    assert log.version == "3.3.40.0"
    assert log.files == ("amazon-ssm-agent.log", f"{ID}/console.json")


def test_what_the_log_shows_itself_a_console_does_not_add(tmp_path: Path) -> None:
    full = f"{LOG}2026-11-01 08:15:04 ERROR [amazon-ssm-agent] write x: no space left on device\n"
    found = read(tmp_path, {f"{ID}/amazon-ssm-agent.log": full, f"{ID}/console.json": CONSOLE})
    assert [(hit.signature, hit.file) for hit in found.logs[0].hits] == [
        ("F1", "amazon-ssm-agent.log")
    ]


def test_a_console_alone_is_a_log(tmp_path: Path) -> None:
    found = read(tmp_path, {"console.json": CONSOLE})
    assert [(one.instance_id, one.state) for one in found.logs] == [(ID, "unknown")]


def test_the_strongest_source_comes_first_and_of_equal_ones_the_latest(tmp_path: Path) -> None:
    files = {f"{ID}/1.txt": TOOLKIT, f"{ID}/2.json": cli(ID), f"{ID}/3.json": cli(ID)}
    for name, day in zip(files, (3, 1, 2), strict=True):
        read(tmp_path, {name: files[name]})
        time = datetime(2026, 11, day, tzinfo=UTC).timestamp()
        os.utime(tmp_path / name, (time, time))
    found = read_evidence(tmp_path, KNOWN)
    assert [(one.source, one.taken_at) for one in found.readings] == [
        ("ssm-cli", "2026-11-02T00:00:00Z"),
        ("ssm-cli", "2026-11-01T00:00:00Z"),
        ("toolkit-linux", "2026-11-03T00:00:00Z"),
    ]


@pytest.mark.parametrize("time", ["yesterday", "2026-11-01 08:20:00", ""])
def test_a_time_of_collecting_without_its_zone_is_a_problem(time: str, tmp_path: Path) -> None:
    found = read(tmp_path, {f"{ID}/collected-at.txt": time, f"{ID}/a.json": cli(ID)})
    assert [one.file for one in found.problems] == [f"{ID}/collected-at.txt"]


def test_a_time_of_collecting_counts_for_the_folders_below(tmp_path: Path) -> None:
    files = {f"{ID}/collected-at.txt": "2026-11-01T08:20:00Z", f"{ID}/x/y/a.json": cli(ID)}
    (reading,) = read(tmp_path, files).readings
    assert reading.taken_at == "2026-11-01T08:20:00Z"


def test_a_refusal_is_a_reading_without_sections_and_a_problem(tmp_path: Path) -> None:
    text = "get-diagnostics needs to be executed by root\n"
    found = read(tmp_path, {f"{ID}/ssm-cli.json": text})
    assert [one.source for one in found.readings] == ["ssm-cli"]
    assert [one.instance_id for one in found.problems] == [ID]
    assert "without root" in found.problems[0].what


def test_an_output_larger_than_any_tools_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.host.evidence.piece.LARGEST_OUTPUT", 100)
    found = read(tmp_path, {f"{ID}/a.json": cli(ID)})
    assert "larger than" in found.problems[0].what


def test_a_folder_full_of_other_things_is_told_in_few_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.host.evidence.survey.MOST_UNKNOWN", 2)
    found = read(tmp_path, {f"{number}.txt": "Dear Sir or Madam" for number in range(5)})
    assert [str(one) for one in found.problems] == [
        ".: 3 more files are nothing that this reads",
        "0.txt: is nothing that this reads",
        "1.txt: is nothing that this reads",
    ]


def test_an_empty_folder_and_none_at_all(tmp_path: Path) -> None:
    assert read_evidence(tmp_path, KNOWN) == EvidenceFound()
    assert "is not a folder" in read_evidence(tmp_path / "x", KNOWN).problems[0].what
