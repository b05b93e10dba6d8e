"""What is kept of a console: the agent's signatures of domain.md 2.7 and 3.4, secrets masked."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import STARTED, agent_lines
from inventory.facts.agent_lines import kept_console

TIMEOUT = "Post https://ssm.eu-west-1.amazonaws.com/: dial tcp 52.1.2.3:443: i/o timeout"


@pytest.mark.parametrize(
    ("signature", "line"),
    [
        (STARTED, "Amazon SSM Agent v3.3.40.0 is running"),
        ("A3", "Failed to get instance info from IMDS. Err: timeout"),
        ("A4", "EC2MetadataError: failed to get IMDSv2 token and fallback to IMDSv1 is disabled"),
        ("A5", "Agent failed to assume any identity"),
        ("A6", "EC2RoleRequestError: no EC2 instance role found"),
        ("A8", "dial tcp 169.254.169.254:80: connect: network is unreachable"),
        ("B4", '"Code" : "AssumeRoleUnauthorizedAccess"'),
        ("B5", "produced error: no valid credentials could be retrieved for ec2 identity"),
        ("B11", "Sleeping for 27m3s before retrying retrieve credentials"),
        ("C1", TIMEOUT),
        ("C3", "lookup ssm.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host"),
        ("C7", "x509: certificate signed by unknown authority"),
        ("C13", "Entering SSM Agent hibernate - AccessDenied"),
        (
            "E1",
            "Signature expired: 20260101T1 is now earlier than 20260101T2 (20260101T3 - 5 min.)",
        ),
        ("E2", "Signature not yet current: 20260101T2 is still later than 20260101T1"),
        ("F1", "write /var/log/messages: no space left on device"),
        ("F10", "Out of memory: Killed process 812 (amazon-ssm-agen)"),
        ("F12", "Failed to start amazon-ssm-agent.service."),
    ],
)
def test_a_signature_is_found_and_its_line_kept(signature: str, line: str) -> None:
    told = f"[   12.3] agent[7]: {line}"
    assert [(one.signature, one.text) for one in agent_lines(told)] == [(signature, told)]


@pytest.mark.parametrize(
    "line",
    [
        "cloud-init: root password=hunter2",
        "Linux version 6.1",
        "Post https://example.com: dial tcp 52.1.2.3:443: i/o timeout",
        "Out of memory: Killed process 812 (java)",
        "sshd: connection reset by peer",
    ],
)
def test_any_other_line_is_dropped(line: str) -> None:
    assert agent_lines(line) == ()


@pytest.mark.parametrize(
    "secret",
    [
        "password=correct-horse",
        "aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
        "AKIAIOSFODNN7EXAMPLE",
        "https://user:hunter2@proxy.example.com:3128",
        "X-Amz-Signature=0123456789abcdef0123",
        '"Token" : "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDk"',
        "Authorization: Bearer 0123456789abcdef0123456789",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9abcDEF012345",
    ],
)
def test_secrets_in_a_kept_line_are_masked(secret: str) -> None:
    """Nobody looks for one where only the agent should print: so it is looked for here."""
    kept = kept_console(f"no space left on device {secret} tail")
    words = [word for word in ("correct-horse", "wJalr", "AKIA", "hunter2") if word in secret]
    words += [word for word in ("0123456789abcdef0123", "IQoJ", "eyJh") if word in secret]
    assert words
    assert kept.startswith("no space left on device ")
    assert not [word for word in words if word in kept]


@pytest.mark.parametrize(
    "told",
    [
        "http_proxy=http://user:a/hunter2@proxy:3128",
        "http://user:at@hunter2@proxy:3128",
        "user:hunter2@proxy:3128",
        "Proxy-Authorization: Basic hunter2=",
        "Authorization: Bearer hunter2",
        "{'password': 'hunter2'}",
        r"{\"password\":\"hunter2\"}",
        'password="two hunter2"',
        "--password hunter2",
        "amazon-ssm-agent -register -code hunter2",
        "ActivationCode=hunter2",
        "MYSQL_PWD=hunter2",
        "passphrase: hunter2",
        "sessionid=hunter2",
        "Set-Cookie: sid=hunter2",
        "credential=hunter2",
        "password=expired:hunter2",
        "password: expired-hunter2",
        "https://bucket/key?sig=hunter2",
        "X-Amz-Security-Token=hunter2&X-Amz-Expires=60",
    ],
)
def test_a_short_secret_is_known_by_what_it_is_called(told: str) -> None:
    kept = kept_console(f"no space left on device {told}")
    assert kept.startswith("no space left on device ")
    assert "hunter2" not in kept
    assert kept_console(kept) == kept


def test_an_unnamed_signature_in_hexadecimal_is_masked() -> None:
    assert "3b9a0c5e" not in kept_console("no space left on device " + "3b9a0c5e" * 8)


@pytest.mark.parametrize(
    ("signature", "line"),
    [
        ("E1", "InvalidSignatureException: Signature expired: 1 is now earlier than 2"),
        ("E2", "InvalidSignatureException: Signature not yet current: 2 is still later than 1"),
        ("F1", "failed to write the session key: no space left on device"),
    ],
)
def test_a_colon_before_prose_hides_no_cause(signature: str, line: str) -> None:
    """2.10: this is how AWS words a clock that is off; the kept line has to be found again."""
    assert [one.signature for one in agent_lines(kept_console(line))] == [signature]


@pytest.mark.parametrize(
    "wrapper",
    [
        "Skipping default host management fallback: ",
        "no valid credentials could be retrieved for ec2 identity. Err: ",
        "Entering SSM Agent hibernate - ",
        "Error occurred when starting amazon-ssm-agent: ",
    ],
)
@pytest.mark.parametrize(
    ("signature", "cause"),
    [
        ("A8", "dial tcp 169.254.169.254:80: connect: network is unreachable"),
        ("C1", TIMEOUT),
        ("C7", "x509: certificate signed by unknown authority"),
        ("E1", "Signature expired: 1 is now earlier than 2 (3 - 5 min.)"),
    ],
)
def test_a_wrapped_cause_is_the_signature(wrapper: str, signature: str, cause: str) -> None:
    """3.4, B9 and C13: classify by cause, the text behind is the real signature."""
    assert [one.signature for one in agent_lines(wrapper + cause)] == [signature]


def test_what_names_the_cause_is_not_masked() -> None:
    line = f"{TIMEOUT} for arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"
    assert kept_console(line) == line


def test_control_characters_and_endless_lines_are_cut() -> None:
    (line,) = agent_lines("\x1b[31mno space left on device\x00 " + "word " * 2_000)
    assert line.text.startswith("[31mno space left on device word")
    assert len(line.text) <= 400


@pytest.mark.parametrize("before", range(300, 400, 20))
@pytest.mark.parametrize("longer", [0, 10_000])
def test_a_cut_leaves_no_part_of_a_secret(before: int, longer: int) -> None:
    """What is cut off is masked first: a part of a key is no longer one to look at."""
    lead = "no space left on device ".ljust(before, "x")
    key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".ljust(longer, "A")
    assert "wJalr" not in kept_console(f"{lead} {key}")


@pytest.mark.parametrize("part", ["ssm.", "lookup ssm.", "x509: certificate is valid for ", "a:@"])
def test_an_endless_line_takes_no_time(part: str) -> None:
    """A guest prints what it likes: 64 KB of ``ssm.`` once kept a pattern busy for hours."""
    started = time.perf_counter()
    assert agent_lines(part * (65_536 // len(part))) == ()
    assert time.perf_counter() - started < 5


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["no space left on device", "login:", TIMEOUT, "\x1b[0m", ""]),
            st.text("pwd=:'\"@/\\ key-\t\x1bA1", max_size=30),
            st.sampled_from(["", "password='a b'", "x" * 380, "--token a", TIMEOUT]),
        ).map(" ".join)
    )
)
def test_keeping_twice_keeps_the_same(lines: list[str]) -> None:
    """A snapshot's console is read as the console itself was."""
    once = kept_console("\n".join(lines))
    assert kept_console(once) == once
