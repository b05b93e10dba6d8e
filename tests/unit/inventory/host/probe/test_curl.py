"""What curl's exit status, times and words mean: curl(1), and the words of its TLS libraries."""

from __future__ import annotations

import pytest

from inventory.host.probe.curl import course, times_of

#: -w of posix/https.sh: status, CONNECT's status, then names, connected, secured, sent, answered,
#: ended, OpenSSL's verification number, address.
NOTHING = "000 000 0 0 0 0 0 0 0"
RESOLVED = "000 000 0.01 0 0 0 0 4.0 0"
CONNECTED = "000 000 0.01 0.02 0 0 0 10.0 0 10.0.1.7"
SECURED = "000 000 0.01 0.02 0.05 0.05 0 10.0 0 10.0.1.7"


@pytest.mark.parametrize(
    ("code", "times", "trouble", "expected"),
    [
        ("0", SECURED, "", ("ok", "ok", "ok", "ok")),
        ("6", NOTHING, "Could not resolve host: ssm.h", ("dns-failure", "", "", "")),
        ("28", NOTHING, "Resolving timed out after 4000 ms", ("dns-timeout", "", "", "")),
        ("28", RESOLVED, "Connection timed out after 4001 ms", ("ok", "timeout", "", "")),
        ("28", CONNECTED, "SSL connection timeout", ("ok", "ok", "timeout", "")),
        ("28", SECURED, "Operation timed out", ("ok", "ok", "ok", "timeout")),
        ("7", RESOLVED, "Connection refused", ("ok", "refused", "", "")),
        ("7", RESOLVED, "No route to host", ("ok", "unreachable", "", "")),
        ("7", RESOLVED, "Connection timed out", ("ok", "timeout", "", "")),
        ("7", RESOLVED, "Couldn't connect to server", ("ok", "unreachable", "", "")),
        ("35", CONNECTED, "Recv failure: Connection reset by peer", ("ok", "ok", "reset", "")),
        ("35", CONNECTED, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL", ("ok", "ok", "reset", "")),
        ("35", CONNECTED, "wrong version number", ("ok", "ok", "failure", "")),
        ("56", CONNECTED, "Connection reset by peer", ("ok", "ok", "reset", "")),
        ("52", SECURED, "Empty reply from server", ("ok", "ok", "ok", "reset")),
        ("56", SECURED, "Connection reset by peer", ("ok", "ok", "ok", "reset")),
        ("5", NOTHING, "Could not resolve proxy: p", ("", "", "", "failure")),
        ("77", CONNECTED, "error setting certificate verify locations", ("ok", "ok", "", "")),
        ("99", NOTHING, "something new", ("", "", "", "")),
        ("no number", NOTHING, "", ("", "", "", "")),
    ],
)
def test_how_far_a_request_came(
    code: str, times: str, trouble: str, expected: tuple[str, ...]
) -> None:
    found = course(code, times_of(times), trouble)
    assert (found.names, found.tcp, found.tls, found.http) == expected


@pytest.mark.parametrize(
    ("verified", "trouble", "word"),
    [
        pytest.param("20", "unable to get local issuer certificate", "unknown-authority", id="20"),
        pytest.param("18", "self-signed certificate", "unknown-authority", id="18"),
        pytest.param("10", "certificate has expired", "expired", id="10"),
        pytest.param("9", "certificate is not yet valid", "expired", id="9"),
        pytest.param("0", "SSL: no alternative certificate subject name matches", "wrong-name"),
        pytest.param("0", "The certificate's owner does not match hostname", "wrong-name"),
        pytest.param("0", "Peer's Certificate issuer is not recognized.", "unknown-authority"),
        pytest.param("0", "certificate has expired", "expired", id="GnuTLS-expired"),
        pytest.param("0", "something new", "failure"),
    ],
)
@pytest.mark.parametrize("code", ["51", "60"])
def test_what_is_wrong_with_a_certificate(
    code: str, verified: str, trouble: str, word: str
) -> None:
    """OpenSSL tells by a number, NSS and GnuTLS by words; 51 is how older versions end."""
    times = times_of(f"000 000 0.01 0.02 0 0 0 0.1 {verified} 10.0.1.7")
    found = course(code, times, trouble)
    assert (found.names, found.tcp, found.tls, found.http) == ("ok", "ok", word, "")


@pytest.mark.parametrize(("status", "word"), [("407", "proxy-407"), ("403", "proxy-403")])
@pytest.mark.parametrize("code", ["56", "97", "22"])
def test_a_proxy_that_refuses(code: str, status: str, word: str) -> None:
    """C11: the status of CONNECT tells, however the version ends."""
    times = times_of(f"000 {status} 0.01 0.02 0 0 0 0.1 0 10.0.0.9")
    found = course(code, times, "CONNECT tunnel failed")
    assert (found.tcp, found.tls, found.http) == ("", "", word)


def test_times_of_another_language_and_of_none() -> None:
    assert times_of("200 000 0,25").names == 0.25
    told = times_of("200 000 never inf -1 1e99")
    assert (told.names, told.connected, told.secured, told.sent) == (0.0, 0.0, 0.0, 0.0)
    assert times_of("").status == ""
