"""What people see: on a terminal, in a pipe, quiet and verbose, with and without workers."""

from __future__ import annotations

import dataclasses
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from reports.visible import columns
from tests.e2e.roll_call import ROOT, roll_call

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_SECONDS = 180
#: What pytest prints of cells at its usual verbosity: letters, a percentage at the margin.
_DOTS = re.compile(r"^(\S+\.py )?[.FEsxb]{5,}", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a run sent to its terminal: every byte, and the lines that are left on the screen."""

    status: int
    sent: str

    @property
    def screen(self) -> list[str]:
        """The lines as a terminal shows them once everything is written: without colours."""
        return [_overwritten(line) for line in _ESCAPE.sub("", self.sent).split("\r\n")]

    @property
    def text(self) -> str:
        return "\n".join(self.screen)


def _overwritten(line: str) -> str:
    """A carriage return goes back to the margin, and what follows replaces what stands there."""
    shown = ""
    for part in line.split("\r"):
        shown = part + shown[len(part) :]
    return shown.rstrip()


def on_a_terminal(
    report_dir: Path, *arguments: str, width: int = 100, environment: dict[str, str] | None = None
) -> Seen:
    """Run pytest in a terminal that many columns wide, with no say in colours but the given."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "PYTEST_", "ROLLCALL_", "COV_"))
        and name not in {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PY_COLORS", "CI"}
    }
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        [*command, "--report-dir", str(report_dir), *arguments],
        cwd=ROOT,
        env=inherited | {"TERM": "xterm-256color"} | (environment or {}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        try:
            sent = _read(ours)
        finally:
            process.kill()
            os.close(ours)
        return Seen(process.wait(), sent.decode("utf-8"))


def _read(terminal: int) -> bytes:
    """Everything until the run has closed its side, which Linux tells as an I/O error."""
    sent = b""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 1.0)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            return sent
        if not piece:
            return sent
        sent += piece
    raise TimeoutError(sent.decode("utf-8", "replace"))


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The demo account, read and judged in a terminal."""
    return on_a_terminal(tmp_path_factory.mktemp("live"), "--account", "demo")


def test_a_line_moves_while_aws_is_read_and_while_cells_are_judged(live: Seen) -> None:
    reading = re.findall(r"\rreading AWS: ([\d,]+) of ([\d,]+) calls, 1 account, 2 Reg", live.sent)
    judging = re.findall(r"\rjudging: +\d+%, ([\d,]+) of ([\d,]+) cells, \d+ failed", live.sent)
    for steps in (reading, judging):
        done = [int(step.replace(",", "")) for step, _ in steps]
        assert done
        assert done == sorted(set(done))
        assert all(int(step[0].replace(",", "")) <= int(step[1].replace(",", "")) for step in steps)


def test_nothing_of_the_line_is_left_and_no_dot_is_printed(live: Seen) -> None:
    assert "reading AWS" not in live.text
    assert "judging" not in live.text
    assert not _DOTS.search(live.text)
    assert live.screen[0].startswith("=====")
    assert live.screen[-2].strip("= ").startswith("86 failed, 1033 passed, 478 skipped, 35 errors")


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_summary_is_as_wide_as_the_terminal(
    width: int, demo_snapshot: Path, tmp_path: Path
) -> None:
    seen = on_a_terminal(tmp_path, "--snapshot", str(demo_snapshot), width=width)
    start = next(at for at, line in enumerate(seen.screen) if "instances managed," in line)
    end = seen.screen.index("reports")
    # what could not be broken without breaking the command stays whole
    unbroken = re.compile(r"arn:|--\S+ \S+( \\)?$|'\S+'|\d{1,3}(\.\d{1,3}){3}/\d+")
    wide = [line for line in seen.screen[start:end] if columns(line) > min(width, 120)]
    assert [line for line in wide if not unbroken.search(line)] == []
    assert max(columns(line) for line in seen.screen[start:end]) > min(width, 120) - 10
    assert not [
        line for line in seen.screen[start:end] if "…" in line.replace(" …", "").strip("… ")
    ]


def test_workers_change_nothing_that_is_seen(demo_snapshot: Path, tmp_path: Path) -> None:
    seen = on_a_terminal(tmp_path, "--snapshot", str(demo_snapshot), "-n", "2")
    assert re.search(r"\rjudging: +\d+%, [\d,]+ of 1,632 cells", seen.sent)
    assert "judging" not in seen.text
    assert not _DOTS.search(seen.text)
    assert "exit status 1: 86 findings failed" in seen.screen


@pytest.mark.parametrize(
    ("environment", "option", "coloured"),
    [
        ({}, "--color=auto", True),
        ({"NO_COLOR": "1"}, "--color=auto", False),
        ({"TERM": "dumb"}, "--color=auto", False),
        ({}, "--color=no", False),
        ({"NO_COLOR": "1"}, "--color=yes", True),
    ],
)
def test_colours_on_a_terminal(
    environment: dict[str, str],
    option: str,
    coloured: bool,
    demo_snapshot: Path,
    tmp_path: Path,
) -> None:
    arguments = ("--snapshot", str(demo_snapshot), "-k", "IMDS-01", option)
    seen = on_a_terminal(tmp_path, *arguments, environment=environment)
    assert ("\x1b[" in seen.sent) is coloured
    assert seen.status == 1


def test_no_colour_but_the_one_that_is_forced_leaves_the_terminal(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    arguments = ("--snapshot", str(demo_snapshot), "-k", "IMDS-01")
    piped = roll_call(tmp_path / "plain", *arguments, environment={"NO_COLOR": ""})
    forced = {"NO_COLOR": "", "FORCE_COLOR": "1"}
    coloured = roll_call(tmp_path / "forced", *arguments, environment=forced)
    assert "\x1b" not in piped.output
    assert "\r" not in piped.output
    assert "\x1b[" in coloured.output
    assert "\r" not in coloured.output
    assert coloured.folder is not None
    texts = ("summary.md", "findings.json", "findings.csv", "junit.xml", "report.html")
    assert not [one for one in texts if b"\x1b" in (coloured.folder / one).read_bytes()]


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_quiet(workers: Sequence[str], demo_snapshot: Path, tmp_path: Path) -> None:
    """On a terminal too: the verdict, three fixes, why the run ends as it does."""
    seen = on_a_terminal(tmp_path, "--snapshot", str(demo_snapshot), "-q", *workers)
    assert "judging" not in seen.sent
    assert not _DOTS.search(seen.text)
    assert len([line for line in seen.screen if line.startswith("8 instances managed, ")]) == 1
    assert len([line for line in seen.screen if re.match(r" +\d+  \S", line)]) == 3
    assert "exit status 1: 86 findings failed" in seen.screen
    assert not {"reports", "not managed, and why"} & {*seen.screen}


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_verbose(workers: Sequence[str], demo_snapshot: Path, tmp_path: Path) -> None:
    """A line of pytest's own for each cell, and nothing in the summary that is only counted."""
    seen = on_a_terminal(tmp_path, "--snapshot", str(demo_snapshot), "-v", "-m", "NET", *workers)
    cells = re.findall(r"(?:PASSED|FAILED|SKIPPED|ERROR)\b.*", seen.text)
    assert "judging" not in seen.sent
    assert len(cells) >= 11 * 50
    assert "more in the reports" not in seen.text
    assert "whole in the reports" not in seen.text


def test_the_most_verbose_has_the_evidence(demo_snapshot: Path, tmp_path: Path) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "-vv", "-k", "IMDS-01")
    assert 'MetadataOptions.HttpEndpoint: "disabled"' in " ".join(run.output.split())


def test_what_is_no_finding_is_told_as_pytest_tells_it(demo_snapshot: Path, tmp_path: Path) -> None:
    """The summary has words for findings only; the last line refers to what is above it."""
    own = tmp_path / "test_own.py"
    own.write_text("def test_mine():\n    assert 'mine' == 'yours'\n", encoding="utf-8")
    broken = tmp_path / "test_broken.py"
    broken.write_text("import no_such_module_at_all\n", encoding="utf-8")
    imds = "tests/compliance/test_imds.py"
    replay = ("--snapshot", str(demo_snapshot), imds)
    for path, told in ((own, "assert 'mine' == 'yours'"), (broken, "no_such_module_at_all")):
        output = roll_call(tmp_path / "runs", *replay, str(path)).output
        above, _, below = output.partition("instances managed,")
        assert "failures that are no findings" in above
        assert told in above
        assert "HttpEndpoint is disabled" not in above
        assert "1 failure that is no finding, see above" in below


def test_no_reporter_at_all(demo_snapshot: Path, tmp_path: Path) -> None:
    """Our own settings name an option of the reporter, which goes with it."""
    without = ("-p", "no:terminal", "-o", "addopts=--import-mode=importlib")
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *without)
    assert (run.status, run.output) == (1, "")
    assert run.folder is not None


def test_a_listing_is_as_it_always_was(demo_snapshot: Path, tmp_path: Path) -> None:
    arguments = ("--snapshot", str(demo_snapshot), "--collect-only", "-q", "-k", "IMDS-01")
    run = roll_call(tmp_path, *arguments)
    listed = [line for line in run.output.splitlines() if "::" in line]
    assert len(listed) == 50
    assert " tests collected (" in run.output.splitlines()[-1]
    assert run.folder is None


def test_the_header_says_which_own_files_were_read(demo_snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text("waivers: []\n", encoding="utf-8")
    own = ("--config-dir", str(tmp_path), "-k", "IMDS-01")
    run = roll_call(tmp_path / "runs", "--snapshot", str(demo_snapshot), *own)
    assert (
        f"own files: policies none; parameters none; waivers {tmp_path / 'waivers.yaml'}; "
        "baseline none\n"
    ) in run.output
