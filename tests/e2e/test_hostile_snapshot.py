"""A snapshot whose every free text is an attack: each output of one run shows it, none obeys it."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.roll_call import RollCall, roll_call
from tests.unit.reports.page_reader import Page

MARK: Final = "HOSTILE"
ATTACKS: Final = (
    f'=HYPERLINK("http://evil.example/{MARK}";"x")',
    f"</td></details><script>window.{MARK}=1</script><img src=x onerror={MARK}()>",
    f'" onmouseover="{MARK}()" style="x',
    f"\x1b]0;{MARK}\x07\x1b[2J\x1b[31m",
    f"\r\n::error::{MARK}\n::add-mask::{MARK}",
    f']]></failure></testcase><testcase name="{MARK}"/>',
    f"[{MARK}](http://evil.example) <b>{MARK}</b> | `x` \n# {MARK}\n![x](http://evil.example/x.png)",
    f"{{{{7*7}}}}{{% raw %}}${{{{ {MARK} }}}}{{0.__class__}}%s%n",
    f"\u202egnp.{MARK}\u2028\u0085\x00",
    f"\ud800{MARK}",
    f"-2+3+cmd|' /C {MARK}'!A0",
    f"@SUM(1+1)*cmd|' /C {MARK}'!A0\t={MARK}",
)
#: Members of AWS's answers that hold whatever somebody has written into them.
FREE: Final = frozenset(
    {
        *("Value", "Description", "GroupName", "ComputerName", "PlatformName", "PlatformVersion"),
        *("Sid", "PolicyName", "Output", "ImageLocation", "StateReason", "Message", "KeyName"),
        *("AgentVersion", "InstanceType", "PingStatus", "State", "Status", "Origin", "IpProtocol"),
    }
)
ESCAPE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2028\u2029]")


def attacked(value: Any, attacks: Iterator[str]) -> Any:
    """The answer with every second free text replaced; structures stay as they are."""
    if isinstance(value, list):
        return [attacked(one, attacks) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: next(attacks)
        if key in FREE and isinstance(one, str) and len(one) % 2
        else attacked(one, attacks)
        for key, one in value.items()
    }


@pytest.fixture(scope="module")
def hostile(demo_snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    """The demo account in somebody else's words, with a manifest that fits them."""
    folder = tmp_path_factory.mktemp("hostile")
    snapshot = Path(shutil.copytree(demo_snapshot, folder / "snapshot"))
    attacks = itertools.cycle(ATTACKS)
    # Half a character in an answer is shown as U+FFFD; in a manifest, which no AWS writes, refused.
    whole = [one for one in ATTACKS if "\ud800" not in one]
    of_manifest = itertools.cycle(whole)
    manifest = json.loads((snapshot / "manifest.json").read_text())
    for line in manifest["calls"]:
        line |= {"detail": next(of_manifest), "code": next(of_manifest)}
        if "file" in line:
            path = snapshot / line["file"]
            path.write_text(json.dumps(attacked(json.loads(path.read_text()), attacks)))
            line["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest["tool"] = "".join(whole)
    manifest["callers"] = dict.fromkeys(manifest["callers"], "".join(whole))
    (snapshot / "manifest.json").write_text(json.dumps(manifest))
    options = ("--snapshot", str(snapshot), "--report-format", "all", "-vv")
    return roll_call(folder / "runs", *options)


def text_of(run: RollCall, name: str) -> str:
    assert run.folder is not None, run.output[-3000:]
    return (run.folder / name).read_bytes().decode("utf-8")


def test_the_run_ends_as_any_run(hostile: RollCall) -> None:
    """Findings, not a crash of a control, and the texts are there to be shown."""
    assert hostile.status == 1, hostile.output[-3000:]
    assert "crashed" not in hostile.output
    assert "Traceback" not in hostile.output
    for name in ("findings.json", "findings.csv", "report.html", "junit.xml", "summary.md"):
        assert MARK in text_of(hostile, name), name


def test_the_terminal_is_not_steered(hostile: RollCall) -> None:
    """Neither by escapes nor by what CI systems read from the start of a line."""
    assert MARK in hostile.output
    assert not ESCAPE.findall(hostile.output.replace("\r\n", "\n"))
    assert not [line for line in hostile.output.splitlines() if line.lstrip().startswith("::")]


def test_the_page_holds_no_element_of_theirs(hostile: RollCall, demo: RollCall) -> None:
    page, plain = (Page(text_of(run, "report.html")) for run in (hostile, demo))
    ours = [text for text in page.texts("script") if MARK in text]
    assert ours == []
    assert page.unbalanced == plain.unbalanced
    assert page.tags == plain.tags
    handlers = [pair for pair in page.attributes if pair[0].startswith("on")]
    assert not [pair for pair in handlers if MARK in pair[1]]
    links = [value for name, value in page.attributes if name in ("href", "src", "action")]
    assert not [
        link for link in links if "evil" in link or link.startswith(("javascript", "data:text"))
    ]


def test_no_cell_of_the_table_is_a_formula(hostile: RollCall) -> None:
    rows = list(csv.reader(io.StringIO(text_of(hostile, "findings.csv"), newline="")))
    assert len({len(row) for row in rows}) == 1
    parts = [part for row in rows for cell in row for part in re.split(r"[;|\t\r\n]", cell)]
    assert not [part for part in parts if part.strip(' "\u200b').startswith(("=", "+", "-", "@"))]


def test_the_cases_are_those_of_the_run(hostile: RollCall, demo: RollCall) -> None:
    suite = ET.fromstring(text_of(hostile, "junit.xml"))
    expected = ET.fromstring(text_of(demo, "junit.xml"))
    names = [case.get("name") for case in suite.iter("testcase")]
    assert names == [case.get("name") for case in expected.iter("testcase")]


def test_the_summary_holds_no_markup_of_theirs(hostile: RollCall) -> None:
    summary = text_of(hostile, "summary.md")
    outside = re.sub(r"^(`{3,})\w*\n.*?\n\1$", "", summary, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(
        r"(?<!\\)\]\(http://evil|(?<!\\)https?://evil|<(?:b|img|script)\b", outside
    )
    assert not [line for line in summary.splitlines() if line.startswith(("# HOSTILE", "::"))]


@pytest.mark.parametrize("name", ["findings.json", "findings.ocsf.json", "findings.asff.json"])
def test_documents_for_machines_are_strict_json(hostile: RollCall, name: str) -> None:
    text = text_of(hostile, name)
    json.loads(text, parse_constant=pytest.fail)
    assert "\\ud800" not in text.replace("\\\\ud800", "")


def test_what_was_judged_is_the_same_as_without_them(hostile: RollCall, demo: RollCall) -> None:
    """Every cell of the plain run is a cell here: none was hidden, and none slipped in."""
    assert hostile.verdicts.keys() == demo.verdicts.keys()
