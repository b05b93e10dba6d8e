"""The commands themselves, and what comes back whatever a machine prints."""

from __future__ import annotations

import base64
import json
import shlex
import subprocess
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.facts.host import Clock, Proxy, Reading
from inventory.host import probe
from inventory.host.probe import SECTIONS, Asked, gather, merged, system_of
from inventory.host.probe.shell import LIMIT, told
from inventory.host.probe.windows.script import COMMAND_LIMIT
from tests.unit.inventory.host.probe.answers import Machine, Printed, lines

SYSTEMS = ("linux", "macos", "windows")
SCRIPTS = sorted(Path(probe.__file__).parent.rglob("*.sh"))
SERVICES = ("ssm", "ssmmessages", "ec2messages", "s3", "kms", "logs", "monitoring")
HOSTS = tuple((one, f"{one}.ap-southeast-2.api.amazonwebservices.com.cn") for one in SERVICES)
HOSTILE = "x'; touch /tmp/pwned; echo '$(id)`id`"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_every_script_is_one_for_any_shell(script: Path, shell: str) -> None:
    assert subprocess.run([shell, "-n", str(script)], check=False).returncode == 0


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("section", SECTIONS)
def test_one_command_a_section(system: str, section: str) -> None:
    machine = Machine("")
    gather(section, machine, Asked("i-1", HOSTS, system))
    is_asked = section != "sysprep_state" or system == "windows"
    assert len(machine.commands) == int(is_asked)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_command_of_windows_fits_on_its_line(section: str) -> None:
    machine = Machine("")
    gather(section, machine, Asked("i-1", HOSTS, "windows"))
    assert len(machine.commands[0]) <= COMMAND_LIMIT


@pytest.mark.parametrize("section", ["endpoints", "clock", "metadata"])
def test_a_host_s_name_is_an_argument_and_never_part_of_a_posix_script(section: str) -> None:
    machine = Machine("")
    gather(section, machine, Asked("i-1", (("ssm", HOSTILE),), "linux", metadata_endpoint=HOSTILE))
    shell, option, script, name, *arguments = shlex.split(machine.commands[0])
    assert (shell, option, name, arguments) == ("sh", "-c", "rollcall", [HOSTILE])
    assert "pwned" not in script


def test_a_host_s_name_is_a_plain_text_to_powershell() -> None:
    machine = Machine("")
    gather("endpoints", machine, Asked("i-1", (("ssm", HOSTILE),), "windows"))
    encoded = machine.commands[0].rpartition(" ")[2]
    script = base64.b64decode(encoded).decode("utf-16-le")
    quoted = HOSTILE.replace("'", "''")
    assert script.startswith(f"$hosts = @('{quoted}')\n")


def test_a_script_that_was_cut_short_says_nothing() -> None:
    """Half a list of processes would be a missing worker."""
    whole = lines([["seen_by", "0"]])
    asked = Asked("i-1", system="linux")
    assert gather("service", Machine(whole), asked).service is not None
    cut = gather(
        "service", Machine(Printed(whole[:-5], 255, "Connection \x1b[1mclosed\x07")), asked
    )
    assert cut.service is None
    assert cut.problems == (
        "service: its script did not come to its end (exit status 255): Connection [1mclosed",
    )


def test_output_is_bounded_and_cleaned() -> None:
    said = told("a\t\x1b]0;title\x07b\x00\u202ec\nend\n")
    assert said is not None
    assert said.lines == (("a", "]0;titlebc"),)
    assert told("x" * (LIMIT + 10) + "\nend\n") is None


def test_a_machine_s_filter_stands_on_the_machine() -> None:
    """Binary and endless output never travels."""
    machine = Machine("")
    gather("install", machine, Asked("i-1", system="linux"))
    assert f"head -c {LIMIT}" in machine.commands[0]
    assert "LC_ALL=C tr -cd" in machine.commands[0]


@pytest.mark.parametrize(
    ("printed", "system"),
    [
        ("Linux\n", "linux"),
        ("Darwin\n", "macos"),
        ("\r\nMicrosoft Windows [Version 10.0.20348.2113]\r\n", "windows"),
        ("FreeBSD\n", ""),
        ("", ""),
    ],
)
def test_the_system_is_found_out(printed: str, system: str) -> None:
    assert system_of(Machine(printed)) == system


def test_an_unknown_system_is_a_problem_of_every_section() -> None:
    reading = gather("install", Machine("FreeBSD\n"), Asked("i-1"))
    assert reading.install is None
    assert reading.problems[0].startswith("install: no system this version knows")


def test_without_hosts_there_is_nothing_to_try() -> None:
    machine = Machine("")
    reading = gather("endpoints", machine, Asked("i-1", system="linux"))
    assert reading.endpoints is None
    assert reading.problems[0].startswith("endpoints: no host to try is known")
    assert machine.commands == []


def test_a_lost_machine_is_the_caller_s_to_tell() -> None:
    class Lost:
        def run(self, _command: str) -> Printed:
            raise RuntimeError("Connection refused")

    with pytest.raises(RuntimeError):
        gather("install", Lost(), Asked("i-1", system="linux"))
    with pytest.raises(KeyError):
        gather("weather", Machine(""), Asked("i-1", system="linux"))


def test_readings_of_single_sections_are_put_together() -> None:
    one = Reading(instance_id="i-1", source="probe", taken_at="2026-11-01T12:00:01Z", proxy=Proxy())
    other = Reading(
        instance_id="i-1",
        source="probe",
        taken_at="2026-11-01T12:00:00Z",
        clock=Clock(skew=0.0),
        problems=("install: no",),
    )
    both = merged((one, other))
    assert (both.proxy, both.clock, both.taken_at) == (one.proxy, other.clock, other.taken_at)
    assert both.problems == ("install: no",)
    with pytest.raises(ValueError, match="no readings"):
        merged(())


_WORD = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "ssm.h",
            "0",
            "60",
            "28",
            "7",
            "999999999999999999999",
            "names",
            "https",
            "active",
            "-",
            "{",
        ]
    ),
)
#: The first words of lines that readers look for.
_NAMES = (
    "show",
    "status",
    "snap",
    "upstart",
    "process",
    "seen_by",
    "deb",
    "binary",
    "names",
    "https",
    "tcp",
    "openssl",
    "date",
    "chrony",
    "space",
    "options",
    "registration",
    "file",
    "token",
    "identity",
    "role",
    "credentials",
    "proxy",
    "launchctl",
    "pkg",
    "looked",
)


@given(
    system=st.sampled_from(("linux", "macos")),
    section=st.sampled_from(SECTIONS),
    rows=st.lists(st.tuples(st.sampled_from(_NAMES), _WORD, _WORD, _WORD, _WORD), max_size=8),
)
@settings(deadline=None, max_examples=200)
def test_nothing_that_a_posix_machine_prints_crashes_a_reader(
    system: str, section: str, rows: list[tuple[str, ...]]
) -> None:
    asked = Asked("i-1", (("ssm", "ssm.h"),), system)
    reading = gather(section, Machine(lines(rows)), asked)
    assert msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading


#: The members that readers look for.
_MEMBERS = (
    "service",
    "State",
    "processes",
    "looked",
    "tries",
    "host",
    "date",
    "ended",
    "took",
    "disks",
    "DeviceID",
    "FreeSpace",
    "registration",
    "file",
    "text",
    "token",
    "status",
    "outcome",
    "state",
    "origin",
    "http",
    "no",
    "Agent",
    "Ssm",
)
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(_MEMBERS),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(section=st.sampled_from(SECTIONS), document=_JSON)
@settings(deadline=None, max_examples=200)
def test_nothing_that_a_windows_machine_prints_crashes_a_reader(
    section: str, document: object
) -> None:
    asked = Asked("i-1", (("ssm", "ssm.h"),), "windows")
    reading = gather(section, Machine(json.dumps(document)), asked)
    assert msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading


def test_a_number_too_long_to_be_one_is_no_answer() -> None:
    reading = gather("service", Machine("1" * 5000), Asked("i-1", system="windows"))
    assert reading.service is None
