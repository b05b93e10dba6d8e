"""Real probes of this machine, in namespaces of their own: fake endpoints, each with its fault."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from inventory.facts.host import EndpointTry, Reading
from policies.control import Context, Outcome
from policies.host import (
    clock_skew,
    disk_space,
    metadata_answers,
    names_resolve,
    tcp_443,
    tls_certificate,
)
from policies.judgement import judge
from tests.e2e.loopback_servers import SECRETS
from tests.unit.policies.host.scenario import node_after, with_readings

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1.amazonaws.com"
#: Network, mounts and processes that are nobody else's; as root, or as root of a user namespace.
NAMESPACES = (
    ("unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc"),
    ("unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc"),
)


def _certificates(folder: Path) -> None:
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    both = b"".join(one.cert_pem.bytes() for one in (authority, other))
    (folder / "all-authorities.pem").write_bytes(both)
    long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    leaves = {
        "good": authority.issue_cert(f"*.{REGION}"),
        "other-name": authority.issue_cert("elsewhere.example"),
        "other-authority": other.issue_cert(f"*.{REGION}"),
        "expired": authority.issue_cert(f"*.{REGION}", not_after=long_ago),
    }
    for name, leaf in leaves.items():
        leaf.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")


def _namespaces() -> tuple[str, ...]:
    """The first way that this machine allows; where there is none, the test fails and says so."""
    refusals = []
    for way in NAMESPACES:
        tried = subprocess.run([*way, "true"], capture_output=True, text=True, check=False)
        if tried.returncode == 0:
            return way
        refusals.append(f"{' '.join(way)}: {tried.stderr.strip()}")
    raise AssertionError("no namespaces to probe in:\n" + "\n".join(refusals))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All readings of one run, and whatever the machine printed."""
    folder = tmp_path_factory.mktemp("loopback")
    _certificates(folder)
    command = [*_namespaces(), sys.executable, "-m", "tests.e2e.loopback_world", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    assert ran.returncode == 0, ran.stderr
    document: dict[str, Any] = json.loads(ran.stdout)
    return document


def _reading(told: dict[str, Any], label: str) -> Reading:
    return msgspec.convert(told["readings"][label], Reading)


def _tried(told: dict[str, Any], service: str, label: str = "endpoints") -> EndpointTry:
    tries = _reading(told, label).endpoints or ()
    return next(one for one in tries if one.service == service)


def _stages(one: EndpointTry) -> tuple[str, str, str, str]:
    return (one.names, one.tcp, one.tls, one.http)


@pytest.mark.parametrize(
    ("service", "stages"),
    [
        pytest.param("ssm", ("ok", "ok", "ok", "ok"), id="in-order"),
        pytest.param("refused", ("ok", "refused", "", ""), id="C4-refused"),
        pytest.param("dropped", ("ok", "timeout", "", ""), id="C1-dropped"),
        pytest.param("unreachable", ("ok", "unreachable", "", ""), id="C5-no-route"),
        pytest.param("reset", ("ok", "ok", "reset", ""), id="C6-reset-in-the-handshake"),
        pytest.param("wrong-name", ("ok", "ok", "wrong-name", ""), id="C8-wrong-name"),
        pytest.param("unknown-authority", ("ok", "ok", "unknown-authority", ""), id="C7-inspected"),
        pytest.param("expired", ("ok", "ok", "expired", ""), id="C9-expired"),
        pytest.param("no-such-host", ("no-such-host", "", "", ""), id="C3-no-such-host"),
        pytest.param("dns-failure", ("dns-failure", "", "", ""), id="C3-server-misbehaves"),
        pytest.param("dns-timeout", ("dns-timeout", "", "", ""), id="C3-no-answer"),
    ],
)
def test_each_fault_is_seen_where_it_is(
    told: dict[str, Any], service: str, stages: tuple[str, ...]
) -> None:
    assert _stages(_tried(told, service)) == stages


def test_where_a_name_leads_and_who_said_so_is_told(told: dict[str, Any]) -> None:
    one = _tried(told, "ssm")
    assert (one.addresses, one.resolver, one.http_status) == (("127.0.1.1",), "/etc/hosts", 404)
    assert _tried(told, "no-such-host").resolver == "127.0.0.53"
    assert _tried(told, "unreachable").addresses == ("203.0.113.9",)
    assert _tried(told, "ec2messages").addresses == ("127.0.1.1", "127.0.1.2")


def test_the_issuer_of_a_certificate_that_does_not_hold_is_told(told: dict[str, Any]) -> None:
    """C7: its name shows who inspects."""
    assert "trustme" in _tried(told, "unknown-authority").issuer


def test_a_clock_in_order(told: dict[str, Any]) -> None:
    clock = _reading(told, "clock").clock
    assert clock is not None
    assert clock.skew == pytest.approx(0.0, abs=2.0)
    assert (clock.reference, clock.verified) == (f"ssm.{REGION}", True)


def test_ten_minutes_behind(told: dict[str, Any]) -> None:
    """SD3, R-10.5: the Date of an unsigned answer shows what no API does."""
    reading = _reading(told, "clock behind")
    assert reading.clock is not None
    assert reading.clock.skew == pytest.approx(-600.0, abs=2.0)
    verdict = judge(clock_skew, with_readings(node_after(), reading), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.FAIL, "CLOCK_OFF")


def test_a_date_without_a_valid_certificate_only_warns(told: dict[str, Any]) -> None:
    reading = _reading(told, "clock unverified")
    assert reading.clock is not None
    assert reading.clock.verified is False
    verdict = judge(clock_skew, with_readings(node_after(), reading), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.WARN, "CLOCK_OFF")


def test_a_clock_without_a_reference_is_unknown(told: dict[str, Any]) -> None:
    clock = _reading(told, "clock silent").clock
    assert clock is not None
    assert clock.skew is None
    assert f"refused.{REGION}" in clock.note


@pytest.mark.parametrize(
    ("label", "members"),
    [
        pytest.param(
            "metadata",
            {"token": "ok", "identity": "ok", "role": "node-role", "credentials_code": "Success"},
            id="in-order",
        ),
        pytest.param(
            "metadata without token",
            {"token": "403", "identity": "ok", "credentials_code": "Success"},
            id="R-6.3-no-token",
        ),
        pytest.param(
            "metadata without trust",
            {"token": "ok", "credentials_code": "AssumeRoleUnauthorizedAccess"},
            id="R-1.9-no-trust",
        ),
        pytest.param(
            "metadata without role",
            {"token": "ok", "role": "", "credentials": "404", "credentials_code": ""},
            id="R-6.9-no-role",
        ),
        pytest.param(
            "metadata refused", {"token": "refused", "identity": "refused"}, id="R-6.6-refused"
        ),
    ],
)
def test_the_metadata_service(told: dict[str, Any], label: str, members: dict[str, str]) -> None:
    metadata = _reading(told, label).metadata
    assert metadata is not None
    assert {name: getattr(metadata, name) for name in members} == members


def test_who_the_machine_is(told: dict[str, Any]) -> None:
    metadata = _reading(told, "metadata").metadata
    assert metadata is not None
    who = (metadata.instance_id, metadata.region, metadata.account)
    assert who == ("i-0123456789abcdef0", "eu-central-1", "111122223333")


def test_no_secret_leaves_the_machine(told: dict[str, Any]) -> None:
    """Neither in a fact nor in anything that a command printed."""
    everything = json.dumps(told)
    assert "node-role" in everything
    assert [one for one in SECRETS if one in everything] == []


def test_a_registration_is_found_without_its_key(told: dict[str, Any]) -> None:
    leftovers = _reading(told, "leftovers").leftovers
    assert leftovers is not None
    assert leftovers.registration == "mi-0123456789abcdef0"
    assert leftovers.registration_region == "eu-west-1"


@pytest.mark.parametrize(
    ("label", "code"),
    [
        pytest.param("empty disk", "DISK_SCARCE", id="F11-too-little-for-the-updater"),
        pytest.param("full disk", "DISK_FULL", id="F1-full"),
        pytest.param("read-only disk", "DISK_READ_ONLY", id="F2-read-only"),
    ],
)
def test_the_agent_s_disk(told: dict[str, Any], label: str, code: str) -> None:
    verdict = judge(disk_space, with_readings(node_after(), _reading(told, label)), Context())
    assert verdict.code == code
    assert "/var/lib/amazon" in verdict.reason


def test_the_agent_s_processes_and_its_own_proxy(told: dict[str, Any]) -> None:
    service, proxy = _reading(told, "service").service, _reading(told, "proxy").proxy
    assert service is not None
    assert proxy is not None
    assert (service.running, service.worker, service.user) == (True, True, "root")
    assert proxy.https == "http://***@127.0.9.1:3128"
    assert proxy.http == "http://***@127.0.9.1:3128"
    assert proxy.no_proxy == ("169.254.169.254", f"wrong-name.{REGION}")
    assert proxy.origin.startswith("/proc/")


def test_without_an_agent_there_is_neither(told: dict[str, Any]) -> None:
    service = _reading(told, "service absent").service
    assert service is not None
    assert (service.running, service.worker) == (False, False)
    assert _reading(told, "proxy absent").proxy is None


@pytest.mark.parametrize(
    ("service", "http"),
    [("ssm", "ok"), ("ssmmessages", "proxy-407"), ("ec2messages", "proxy-403")],
)
def test_requests_go_where_the_agent_s_would(told: dict[str, Any], service: str, http: str) -> None:
    """C11: through the proxy of the service, whatever the prober's own is."""
    one = _tried(told, service, "endpoints proxied")
    assert (one.http, one.proxy) == (http, "http://***@127.0.9.1:3128")


def test_what_the_service_s_no_proxy_leaves_out_is_tried_directly(told: dict[str, Any]) -> None:
    one = _tried(told, "wrong-name", "endpoints proxied")
    assert (one.tls, one.proxy) == ("wrong-name", "")


def test_the_authorities_that_the_service_trusts_count(told: dict[str, Any]) -> None:
    """C7: the service's environment may name others than the system's."""
    assert _tried(told, "unknown-authority").tls == "unknown-authority"
    assert _tried(told, "unknown-authority", "endpoints proxied").tls == "ok"


@pytest.mark.parametrize(
    ("service", "stages"),
    [
        pytest.param("ssm", ("ok", "ok", "ok", "ok"), id="in-order"),
        pytest.param("refused", ("ok", "refused", "", ""), id="refused"),
        pytest.param("dropped", ("ok", "timeout", "", ""), id="dropped"),
        pytest.param("unknown-authority", ("ok", "ok", "unknown-authority", ""), id="inspected"),
        pytest.param("wrong-name", ("ok", "ok", "wrong-name", ""), id="wrong-name"),
        pytest.param("expired", ("ok", "ok", "expired", ""), id="expired"),
        pytest.param("reset", ("ok", "ok", "failure", ""), id="reset-looks-like-any-failure"),
    ],
)
def test_without_curl_bash_and_openssl_find_the_same(
    told: dict[str, Any], service: str, stages: tuple[str, ...]
) -> None:
    one = _tried(told, service, "endpoints without curl")
    assert _stages(one) == stages
    assert "curl" in one.note


def test_what_could_not_be_tried_without_curl_is_not_told(told: dict[str, Any]) -> None:
    assert _reading(told, "metadata without curl").metadata is None
    clock = _reading(told, "clock without curl").clock
    assert clock is not None
    assert clock.skew is None


@pytest.mark.parametrize(
    ("control", "code"),
    [
        (names_resolve, "NAMES_NO_SUCH_HOST"),
        (tcp_443, "TCP_REFUSED"),
        (tls_certificate, "TLS_UNKNOWN_AUTHORITY"),
    ],
)
def test_a_fault_of_the_heartbeat_s_host_fails_its_control(
    told: dict[str, Any], control: Any, code: str
) -> None:
    """The whole way: command, answer, fact, verdict."""
    word = code.partition("_")[2].lower().replace("_", "-")
    found = msgspec.structs.replace(_tried(told, word), service="ssm")
    reading = msgspec.structs.replace(_reading(told, "endpoints"), endpoints=(found,))
    verdict = judge(control, with_readings(node_after(), reading), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.FAIL, code)


def test_a_metadata_service_that_answers_passes(told: dict[str, Any]) -> None:
    node = with_readings(node_after(), _reading(told, "metadata"))
    assert judge(metadata_answers, node, Context()).outcome is Outcome.PASS
