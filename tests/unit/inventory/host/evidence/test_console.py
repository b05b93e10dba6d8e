"""Console output as evidence by the spec: domain.md 2.7, 3.4, T-107, T-115, T-116."""

from __future__ import annotations

import base64
import json

import pytest

from inventory.host.evidence.console import console_log, is_console, told_instance
from tests.unit.inventory.host.evidence.outputs import ID

BOOT = "[    0.000000] Linux version 6.1.0\n[   12.3] systemd[1]: Reached target network.\n"
OOM = "[ 4711.1] Out of memory: Killed process 812 (ssm-agent-worke) total-vm:1234kB\n"
FULL = "amazon-ssm-agent[812]: write /var/lib/amazon/ssm/x: no space left on device\n"
STARTED = "Amazon SSM Agent v3.3.40.0 is running\n"


def answer(output: str) -> str:
    """As ``aws ec2 get-console-output`` prints it."""
    return json.dumps({"InstanceId": ID, "Output": output, "Timestamp": "2026-11-01T08:00:00Z"})


@pytest.mark.parametrize("form", ["plain", "json", "base64"])
def test_the_agents_and_the_kernels_lines_are_signatures(form: str) -> None:
    output = BOOT + FULL + OOM
    encoded = base64.encodebytes(output.encode()).decode()
    text = {"plain": output, "json": answer(output), "base64": answer(encoded)}[form]
    assert is_console("a.txt", text)
    log = console_log(ID, text, origin="a.txt")
    assert [(hit.signature, hit.count, hit.after_success) for hit in log.hits] == [
        ("F1", 1, True),
        ("F10", 1, True),
    ]
    assert log.instance_id == ID
    assert (log.rungs, log.state) == ((), "unknown")


def test_t107_what_came_before_the_latest_start_did_not_keep_it_from_starting() -> None:
    log = console_log(ID, BOOT + FULL + STARTED + OOM, origin="a")
    assert [(hit.signature, hit.after_success) for hit in log.hits] == [
        ("F1", False),
        ("F10", True),
    ]
    assert (log.version, log.rungs) == ("3.3.40.0", (12,))


def test_t115_the_time_of_the_output_is_told() -> None:
    assert console_log(ID, answer(OOM), origin="a").collected_at == "2026-11-01T08:00:00Z"
    assert console_log(ID, OOM, origin="a").collected_at == ""


def test_a_signature_is_told_once_with_its_latest_line() -> None:
    log = console_log(ID, OOM + OOM.replace("812", "999"), origin="a")
    (hit,) = log.hits
    assert hit.count == 2
    assert "999" in hit.line


@pytest.mark.parametrize(
    "text", [answer(""), answer("   \n"), '{"InstanceId": "i-1", "Output": 5}']
)
def test_t116_an_empty_console_proves_nothing(text: str) -> None:
    log = console_log(ID, text, origin="a")
    assert log.hits == ()
    assert "proves nothing" in log.problems[0]


def test_nothing_else_of_it_is_kept() -> None:
    output = BOOT + "the root password is hunter2\n" + OOM
    log = console_log(ID, output, origin="a")
    assert "hunter2" not in str(log)
    assert log.records == 1


def test_it_says_which_instance_it_is_about() -> None:
    assert told_instance(answer(BOOT)) == {ID}
    assert told_instance(BOOT) == frozenset()
    assert told_instance('{"InstanceId": 5}') == frozenset()
    assert told_instance('{"cut') == frozenset()
