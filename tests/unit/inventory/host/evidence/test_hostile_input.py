"""Whatever a file holds: no crash, no endless work, nothing that steers a terminal or a report."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.facts.host import Reading
from inventory.host.evidence import read_evidence
from inventory.host.evidence.console import console_log, is_console
from inventory.host.evidence.piece import Piece
from inventory.host.evidence.recognition import kind_of
from inventory.host.evidence.runbook import runbook_reading
from inventory.host.evidence.ssm_cli import ssm_cli_reading
from inventory.host.evidence.text import text_of
from inventory.host.evidence.toolkit_linux import toolkit_linux_reading
from inventory.host.evidence.toolkit_windows import toolkit_windows_reading
from tests.unit.inventory.host.evidence.outputs import (
    ID,
    KNOWN,
    cases,
    linux_columns,
    ssm_cli_json,
    ssm_cli_table,
    windows_list,
    windows_table,
)
from tests.unit.inventory.host.evidence.test_archives import FILES, tar_of, zip_of

READERS: tuple[Callable[..., Reading], ...] = (
    ssm_cli_reading,
    toolkit_linux_reading,
    toolkit_windows_reading,
    runbook_reading,
)
CLI = [row for case in cases("ssm_cli") for row in (case["row"], *case.get("beside", ()))]
LINUX = [row for case in cases("toolkit_linux") for row in case["rows"]]
WINDOWS = [row for case in cases("toolkit_windows") for row in case["rows"]]
RUNBOOK = (Path(__file__).parent / "cases" / "runbook_second.txt").read_text("utf-8")
OUTPUTS = (
    ssm_cli_json(*CLI),
    ssm_cli_table(*CLI),
    linux_columns(*LINUX),
    windows_table(*WINDOWS, widths=(52, 72, 72)),
    windows_list(*WINDOWS),
    RUNBOOK,
)


@st.composite
def damaged(draw: st.DrawFn, samples: tuple[bytes, ...]) -> bytes:
    """A sample with pieces of it cut out, doubled or overwritten."""
    content = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 300)))
        middle = draw(st.one_of(st.just(content[start:end] * 2), st.binary(max_size=20)))
        content = content[:start] + middle + content[end:]
    return content


def read_every_way(content: bytes) -> None:
    """All that is ever done with the content of a file, each as if it were its kind."""
    text = text_of(content)
    kind_of(Piece("a", ".", content[:65_536], lambda: NotImplemented))
    for read in READERS:
        reading = read(ID, text, origin="a", taken_at="")
        assert reading.instance_id == ID
        assert msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading
        assert all(one.isprintable() for one in reading.remarks)
    is_console("a", text)
    assert console_log(ID, text, origin="a").instance_id == ID


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=500), damaged(tuple(one.encode() for one in OUTPUTS))))
def test_no_content_crashes_a_parser(content: bytes) -> None:
    read_every_way(content)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(damaged((tar_of(FILES), zip_of(FILES), tar_of({"x.log": b"y" * 3000}), b"\x1f\x8b\x08")))
def test_no_archive_crashes_reading(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{ID}.bin").write_bytes(content)
    found = read_evidence(tmp_path, KNOWN)
    assert {one.instance_id for one in found.readings} <= {ID}
    assert {one.instance_id for one in found.logs} <= {ID}


REPEATED = (
    " ",
    "\t",
    "\n",
    "│ ",
    "│ Check │ Status │ Note │\n",
    "Check  Value  Note\n",
    "Check  Value  Note\n-----  -----  ----\n",
    "Check : IAM instance profile\n",
    "Windows sysprep ",
    "Testing metadata endpoint  ",
    "ssm endpoint connectivity ",
    "ssm.",
    "is running as ",
    "lookup ssm on ",
    "dial tcp x->",
    "http://",
    "user:pass@",
    "a:",
    "http_proxy=",
    '"DiagnosticsOutput": [',
    '{"InstanceId": ',
    "[{",
    "1. Checks for Amazon VPC Systems Manager VPC Endpoint ",
    "[WARNING] ",
    "- [OK] x\n",
    "\x1b[",
    "\x1b]",
    "arn:aws:sts::111122223333:assumed-role/",
    "amazon-ssm-agent",
    "IMAGE_STATE_",
    "A",
)


@pytest.mark.parametrize("repeated", REPEATED)
def test_no_repetition_takes_more_than_its_time(repeated: str) -> None:
    content = (repeated * (400_000 // len(repeated))).encode()
    began = time.process_time()
    read_every_way(content)
    assert time.process_time() - began < 2
