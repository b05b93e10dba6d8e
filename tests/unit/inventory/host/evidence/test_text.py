"""Bytes as text: encodings, line ends and escapes of the consoles that people copy from."""

from __future__ import annotations

import codecs

import pytest

from inventory.host.evidence.ssm_cli_output import ssm_cli_rows
from inventory.host.evidence.text import text_of
from tests.unit.inventory.host.evidence.outputs import ssm_cli_table

TABLE = ssm_cli_table(
    ("Agent service", "Failed", "Agent service is not running, state is: Stopped")
)


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        codecs.BOM_UTF8 + TABLE.encode(),
        codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TABLE.encode("utf-32-le"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("Failed", "\x1b[31mFailed\x1b[0m").encode(),
        ("\x1b]0;root@host\x07" + TABLE).encode(),
        # PowerShell takes ssm-cli's UTF-8 for the console's code page and writes UTF-16
        codecs.BOM_UTF16_LE + TABLE.encode().decode("cp437").encode("utf-16-le"),
        codecs.BOM_UTF16_LE + TABLE.encode().decode("cp850").encode("utf-16-le"),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-be", "utf-32", "crlf", "colour", "title", "437", "850"],
)
def test_a_table_reads_the_same_however_it_was_saved(content: bytes) -> None:
    assert ssm_cli_rows(text_of(content)) == ssm_cli_rows(TABLE)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(encoding: str) -> None:
    assert text_of("Agent service".encode(encoding)) == "Agent service"


def test_what_is_no_text_is_replaced_and_nothing_steers_a_terminal() -> None:
    assert text_of(b"a\xffb\x00c\x07d\x1b[2Je\tf\n") == "a\ufffdbcde\tf\n"
    assert text_of("x\u202ey".encode()) == "xy"
    assert text_of(b"") == ""
