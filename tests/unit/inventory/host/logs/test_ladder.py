"""The healthy ladder of spec domain.md 3.3 and the rules T-104 to T-115 over whole logs."""

from __future__ import annotations

import pytest

from tests.unit.inventory.host.logs.log_text import (
    HEALTHY,
    TIMEOUT,
    heartbeat,
    line,
    moment,
    read,
    standing,
    up_to,
)

CHECK = "HealthCheck reporting"


def test_a_healthy_start_misses_nothing() -> None:
    log = read(HEALTHY)
    assert (log.state, log.since, log.missing_rung) == ("healthy", "2026-11-01 08:00:03", 0)
    assert log.rungs == (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
    assert (log.version, log.started) == ("3.3.987.0", "2026-11-01 08:00:00")
    assert (log.credentials_from, log.channel) == ("profile", "ssmmessages")
    assert (log.first, log.last) == ("2026-11-01 08:00:00", "2026-11-01 08:05:03")
    assert log.records == len(HEALTHY.splitlines())


@pytest.mark.parametrize(
    ("ends_before", "missing"),
    [
        ("Agent will take identity", 2),
        ("amazon-ssm-agent - v", 3),
        ("credentialRefresher has started", 5),
        ("Successfully connected", 6),
        ("Credentials ready", 7),
        ("ssm-agent-worker - v", 8),
        (CHECK, 9),
    ],
)
def test_the_first_missing_rung(ends_before: str, missing: int) -> None:
    """Algorithm advice (3): the first missing rung is what is told."""
    log = read(up_to(ends_before))
    assert (log.missing_rung, log.state) == (missing, "starting")


def test_the_channel_is_missing_where_only_heartbeats_are_seen() -> None:
    log = read(HEALTHY.replace("Set up control channel successfully", "waits"))
    assert (log.missing_rung, log.state) == (10, "healthy")


def test_an_attempt_at_registration_is_no_registration() -> None:
    """T-114: the line that ends the attempt is printed on failure as well."""
    assert 4 not in read(HEALTHY.replace("Registration info found", "No registration info")).rungs


def test_an_error_stands_until_a_later_success() -> None:
    """T-107, and the continuation lines of T-113."""
    failing = read(HEALTHY + TIMEOUT)
    assert (failing.state, failing.since) == ("unreachable", "2026-11-01 08:10:33")
    assert standing(failing) == ["C1", "D2"]
    (hit,) = [one for one in failing.hits if one.signature == "C1"]
    assert (hit.detail, hit.service, hit.inner) == ("private address 10.0.1.7", "ssm", ())
    mended = read(HEALTHY + TIMEOUT + heartbeat("08:15:03") + heartbeat("08:20:03"))
    assert (mended.state, standing(mended)) == ("healthy", [])


def test_a_heartbeat_followed_by_an_error_is_none() -> None:
    """Rung 9: not followed by an error."""
    failed = heartbeat("08:10:03") + TIMEOUT + heartbeat("08:15:03")
    failed += TIMEOUT.replace("08:10:33", "08:15:33")
    log = read(HEALTHY + failed)
    assert (log.state, log.since) == ("unreachable", "2026-11-01 08:10:33")
    assert {one.signature: one.count for one in log.hits} == {"C1": 2, "D2": 2}


def test_only_the_last_start_counts() -> None:
    """Algorithm advice (2)."""
    second = HEALTHY.replace("2026-11-01 08:", "2026-11-01 10:")
    log = read(HEALTHY + TIMEOUT + second)
    assert (log.started, log.hits) == ("2026-11-01 10:00:00", ())


def test_the_workers_own_start_is_not_the_agents() -> None:
    """The worker writes its proxy too, and agents 3.0 name the core's version in its start."""
    again = line("08:30:00", "Proxy environment variables:").replace("[amazon-ssm-agent] ", "")
    worker = (
        "2026-11-01 08:30:01 INFO [ssm-agent-worker] Starting SSM Agent Worker: amazon-ssm-agent - "
        "v3.3.987.0\n"
    )
    log = read(HEALTHY + TIMEOUT + again + worker)
    assert (log.started, log.missing_rung) == ("2026-11-01 08:00:00", 0)
    assert standing(log) == ["C1", "D2"]


def test_starts_that_never_take_an_identity_are_one_failure() -> None:
    """A5: the process ends before it names its version, and systemd starts it again."""
    attempt = up_to("Agent will take identity")
    attempt += "2026-11-01 08:00:30 ERROR Agent failed to assume any identity\n"
    log = read(HEALTHY + "".join(attempt.replace(" 08:", f" {hour:02}:") for hour in (9, 10, 11)))
    assert (log.state, log.since, log.missing_rung) == ("no-identity", "2026-11-01 09:00:30", 2)
    assert [(one.signature, one.count) for one in log.hits] == [("A5", 3)]


@pytest.mark.parametrize(
    "text",
    [
        "Service received stop ChangeRequest",
        "amazon-ssm-agent got signal:terminated value:0x55d1",
        "Stopping Core Agent",
        "Bye.",
    ],
)
def test_stopped_where_the_log_ends_with_it(text: str) -> None:
    """F4 counts as the last lines only."""
    stopped = HEALTHY + line("08:07:00", text)
    assert (read(stopped).state, read(stopped).since) == ("stopped", "2026-11-01 08:07:00")
    again = HEALTHY.replace("2026-11-01 08:", "2026-11-01 09:")
    assert read(stopped + again).state == "healthy"


def test_hibernation_is_told_with_its_cause() -> None:
    """C13: the cause in the text is the real signature; hibernate.log belongs to it (T-106)."""
    hibernates = line(
        "08:00:40", "Entering SSM Agent hibernate - dial tcp 10.0.1.7:443: i/o timeout"
    )
    log = read(
        up_to(CHECK) + hibernates,
        "2026-11-01 08:05:40 INFO Agent is in hibernate mode. Reducing logging.\n",
        names=("amazon-ssm-agent.log", "hibernate.log"),
    )
    assert (log.state, log.since) == ("hibernating", "2026-11-01 08:00:40")
    assert standing(log) == ["C1", "C13", "C13"]


def test_a_profile_that_fails_before_host_management_works_is_expected() -> None:
    """T-110, B10."""
    warning = line(
        "08:00:02",
        "EC2RoleProvider Failed to connect to Systems Manager with instance profile role "
        "credentials. Err: retrieved credentials failed to report to ssm",
    )
    managed = HEALTHY.replace("instance profile role", "Systems Manager role")
    log = read(managed.replace("2026-11-01 08:00:02.0001", f"{warning}2026-11-01 08:00:02.0001"))
    assert log.credentials_from == "dhmc"
    assert standing(log) == []


@pytest.mark.parametrize(
    ("collected", "state"),
    [("2026-11-01T08:05:00+00:00", "starting"), ("2026-11-01T08:12:00+00:00", "backing-off")],
)
def test_silence_without_credentials_is_back_off(collected: str, state: str) -> None:
    """Algorithm advice (4), R-2.2: retries from the fourth on are logged at DEBUG only."""
    taken = moment(collected)
    log = read(up_to("Successfully connected"), collected_at=taken, utc_offset=taken.utcoffset())
    assert (log.state, log.missing_rung) == (state, 6)


def test_silence_is_not_told_without_the_zone() -> None:
    """T-111: times are host-local."""
    log = read(up_to("Successfully connected"), collected_at=moment("2026-11-01T12:00:00+00:00"))
    assert log.state == "starting"


def test_the_skew_is_exact_and_tells_the_zone() -> None:
    """E1, R-10.2: it signed at 07:10 UTC and wrote 08:10, so its zone is an hour ahead."""
    text = (
        "2026-11-01 08:10:00 ERROR [ssm-agent-worker] [HealthCheck] error when calling AWS APIs. "
        "error details - InvalidSignatureException: Signature expired: 20261101T071000Z is now "
        "earlier than 20261101T071512Z (20261101T072012Z - 5 min.)\n\tstatus code: 400\n"
    )
    log = read(HEALTHY + text)
    assert (log.skew, log.utc_offset) == (-612.0, 3600)
    assert standing(log) == ["D2", "E1"]


@pytest.mark.parametrize(
    ("back", "told"), [("08:55:00", ["E4"]), ("08:05:30", []), ("09:04:30", [])]
)
def test_times_that_jump_back_are_told_but_not_the_end_of_summer_time(
    back: str, told: list[str]
) -> None:
    """E4; an hour back is what daylight saving does, half a minute what two processes do."""
    log = read(HEALTHY + heartbeat("09:05:03") + heartbeat(back))
    assert standing(log) == told


def test_an_old_agent_has_no_credential_refresher() -> None:
    """Rungs 5 to 7 came with 3.2."""
    log = read(
        "2026-11-01 08:00:01 INFO [instanceID=i-0123456789abcdef0] amazon-ssm-agent - v2.3.612.0\n"
    )
    assert (log.version, log.missing_rung) == ("2.3.612.0", 9)


def test_a_log_without_a_start_is_judged_by_its_heartbeats() -> None:
    log = read(heartbeat("08:05:03") + heartbeat("08:10:03"))
    assert (log.state, log.started, log.missing_rung) == ("healthy", "", 0)


def test_documents_and_sessions_are_not_the_agents_own_state() -> None:
    text = TIMEOUT.replace("[ssm-agent-worker]", "[ssm-document-worker]")
    assert read(HEALTHY + text).hits == ()
