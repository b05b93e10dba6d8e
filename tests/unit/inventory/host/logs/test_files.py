"""Names, rotation, packing, encodings and line prefixes (spec domain.md 3.1, 3.2; T-112)."""

from __future__ import annotations

import codecs
import gzip
import itertools

import pytest

from inventory.host.logs import is_agent_log
from tests.unit.inventory.host.logs.log_text import (
    HEALTHY,
    TIMEOUT,
    heartbeat,
    moment,
    read,
    standing,
)

PLAIN = read(HEALTHY + TIMEOUT)


@pytest.mark.parametrize(
    "name",
    [
        "amazon-ssm-agent.log",
        "var/log/amazon/ssm/amazon-ssm-agent.log.5",
        "amazon-ssm-agent.log.2.gz",
        "amazon-ssm-agent.log.2026-11-01",
        r"C:\ProgramData\Amazon\SSM\Logs\ssm-agent-worker.log",
        "errors.log",
        "hibernate.log.1",
        "messages",
        "messages-20261101",
        "syslog.1",
        "journal.txt",
    ],
)
def test_a_log_of_the_agent(name: str) -> None:
    assert is_agent_log(name)


@pytest.mark.parametrize(
    "name",
    [
        "ssm-document-worker.log",
        "ssm-session-worker.log",
        "amazon-ssm-agent.json",
        "amazon-ssm-agent-audit-2026-11-01",
        "messages.db",
        "boot.log",
        "",
    ],
)
def test_no_log_of_the_agent(name: str) -> None:
    assert not is_agent_log(name)


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress((HEALTHY + TIMEOUT).encode()),
        gzip.compress(HEALTHY.encode()) + gzip.compress(TIMEOUT.encode()) + b"\0\0",
        codecs.BOM_UTF8 + (HEALTHY + TIMEOUT).encode(),
        codecs.BOM_UTF16_LE + (HEALTHY + TIMEOUT).encode("utf-16-le"),
        codecs.BOM_UTF16_BE + (HEALTHY + TIMEOUT).encode("utf-16-be"),
        (HEALTHY + TIMEOUT).encode("utf-16-le"),
        (HEALTHY + TIMEOUT).replace("\n", "\r\n").encode(),
    ],
    ids=["gzip", "two members", "utf-8 mark", "utf-16-le", "utf-16-be", "no mark", "crlf"],
)
def test_what_it_is_packed_in_makes_no_difference(packed: bytes) -> None:
    assert read(packed) == PLAIN


def test_without_a_fraction_of_a_second_it_reads_the_same() -> None:
    """The fraction came with 3.3.808.0."""
    lines = (HEALTHY + TIMEOUT).splitlines(keepends=True)
    cut = [one[:19] + one[24:] if one[19:20] == "." else one for one in lines]
    assert read("".join(cut)) == PLAIN


def test_a_gzip_file_that_breaks_is_a_problem_and_keeps_what_was_read() -> None:
    log = read(gzip.compress((HEALTHY + TIMEOUT).encode())[:-9])
    assert log.problems == ("amazon-ssm-agent.log: gzip: the file is cut off",)
    assert log.version == "3.3.987.0"


def test_rotated_files_are_read_in_the_order_of_time() -> None:
    lines = (HEALTHY + TIMEOUT).splitlines(keepends=True)
    parts = ["".join(lines[:7]), "".join(lines[7:15]), "".join(lines[15:])]
    names = ["amazon-ssm-agent.log.2", "amazon-ssm-agent.log.1", "amazon-ssm-agent.log"]
    told = [
        read(*(parts[one] for one in order), names=tuple(names[one] for one in order))
        for order in itertools.permutations(range(3))
    ]
    assert all(one == told[0] for one in told)
    assert (told[0].rungs, told[0].state) == (PLAIN.rungs, PLAIN.state)


def test_the_workers_file_on_windows_continues_the_agents() -> None:
    """One file for each executable in version 3."""
    lines = (HEALTHY + TIMEOUT).splitlines(keepends=True)
    worker = [place for place, one in enumerate(lines) if "[ssm-agent-worker]" in one]
    theirs = "".join(lines[place] for place in worker) + "".join(lines[worker[-1] + 1 :])
    core = "".join(one for one in lines[: worker[-1]] if "[ssm-agent-worker]" not in one)
    log = read(theirs, core, names=("ssm-agent-worker.log", "amazon-ssm-agent.log"))
    assert (log.rungs, log.state, standing(log)) == (PLAIN.rungs, PLAIN.state, standing(PLAIN))


def test_errors_log_counts_only_without_the_agents_own() -> None:
    errors = TIMEOUT.replace("ERROR [", "ERROR [Func @ healthcheck.go.160] [")
    log = read(HEALTHY + TIMEOUT, errors, names=("amazon-ssm-agent.log", "errors.log"))
    assert {one.count for one in log.hits} == {1}
    assert standing(read(errors, names=("errors.log",))) == ["C1", "D2"]


@pytest.mark.parametrize(
    "prefix",
    [
        "Nov  1 {time} ip-10-0-1-9 amazon-ssm-agent[812]: ",
        "2026-11-01T{time}+0100 ip-10-0-1-9 amazon-ssm-agent.amazon-ssm-agent[812]: ",
        "2026-11-01T{time}.123456+01:00 ip-10-0-1-9 amazon-ssm-agent[812]: ",
    ],
    ids=["syslog", "short-iso", "rsyslog"],
)
def test_lines_of_the_journal(prefix: str) -> None:
    """What is written before the agent's own log is up stands only there (domain.md 3.1)."""
    text = "".join(
        f"{prefix.format(time='08:10:33')}{one}" for one in TIMEOUT[20:].splitlines(keepends=True)
    )
    log = read(text, names=("messages",), collected_at=moment("2026-11-01T09:00:00+00:00"))
    assert standing(log) == ["C1", "D2"]
    assert log.last == "2026-11-01 08:10:33"
    assert log.utc_offset == (3600 if "T" in prefix else None)


def test_other_processes_in_the_journal_are_not_read() -> None:
    text = "Nov  1 08:10:33 ip-10-0-1-9 backup[9]: dial tcp 10.0.1.7:443: i/o timeout\n"
    assert read(text, names=("messages",)).hits == ()
    killed = "Nov  1 08:10:33 ip kernel: Out of memory: Killed process 812 (ssm-agent-worke)\n"
    assert standing(read(killed, names=("messages",))) == ["F10"]


def test_a_short_time_of_the_journal_is_of_the_latest_year_that_fits() -> None:
    text = "Dec 31 23:10:33 ip amazon-ssm-agent[8]: no space left on device\n"
    collected = moment("2026-01-02T09:00:00+00:00")
    assert read(text, names=("syslog",), collected_at=collected).last == "2025-12-31 23:10:33"
    assert read(text, names=("syslog",)).last == ""


def test_the_state_of_the_service_without_a_time_is_the_last_word() -> None:
    """F12: what ``systemctl status`` printed when the files were taken."""
    status = "amazon-ssm-agent.service\n   Active: inactive (dead)\n"
    log = read(HEALTHY, status, names=("amazon-ssm-agent.log", "journal.txt"))
    assert (log.state, standing(log)) == ("stopped", ["F12"])


def test_secrets_are_masked() -> None:
    """Credentials, proxy passwords and tokens are never kept in any fact."""
    text = (
        "2026-11-01 08:10:33 ERROR proxyconnect tcp: http://bob:hunter2@proxy.example.net:3128 "
        "AKIAIOSFODNN7EXAMPLE session_token=abc123\n"
    )
    (hit,) = read(HEALTHY + text).hits
    kept = repr(hit)
    assert not any(one in kept for one in ("hunter2", "AKIAIOSFODNN7EXAMPLE", "abc123"))


def test_the_error_behind_a_token_is_no_secret() -> None:
    text = (
        "2026-11-01 08:10:33 ERROR error calling RequestManagedInstanceRoleToken: "
        "AccessDeniedException: Systems Manager cannot assume the role fleet\n"
    )
    (hit,) = read(HEALTHY + text).hits
    assert "RequestManagedInstanceRoleToken: AccessDeniedException: Systems" in hit.line


def test_a_record_is_kept_to_five_hundred_characters() -> None:
    (hit,) = read(HEALTHY + TIMEOUT.replace("error when", "x" * 3_000)).hits
    assert len(hit.line) == 500


def test_a_record_across_two_blocks_is_not_torn() -> None:
    """Files are read in blocks of a mebibyte."""
    filler = heartbeat("08:01:00").replace("HealthCheck", "Quiet")
    times = (1 << 20) // len(filler)
    for shift in range(0, 200, 7):
        text = filler * times + "x" * shift + "\n" + TIMEOUT
        assert standing(read(text)) == ["C1", "D2"]
