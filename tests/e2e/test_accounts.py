"""Many accounts in one run: an organization behind an endpoint, judged account by account."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.organization_server import EXTERNAL_ID, REGION, ROLE
from tests.e2e.roll_call import ROOT, RollCall, roll_call

SECRET = "testing-secret-that-must-not-leak"  # noqa: S105 - the emulator takes any
#: Ways to judge less: these tests are about accounts, not about controls. This one reads the
#: organization, which a run with ``-k`` asks about only for controls that do.
NARROW = ("-k", "DHMC-03")
UNDECIDED, USAGE_ERROR = 7, 4

Ids = dict[str, str]


class Organization:
    """The ids that the server made, the environment that leads to it, and runs on it."""

    def __init__(self, ids: Ids, environment: dict[str, str]) -> None:
        self.ids = ids
        self.environment = environment

    def call(self, folder: Path, entry: str, *arguments: str) -> RollCall:
        """The roll of an accounts.yaml that holds ``acme: {organization: {…, entry}}``."""
        folder.mkdir(exist_ok=True)
        (folder / "accounts.yaml").write_text(
            f"acme:\n  organization: {{role_name: {ROLE}, external_id: {EXTERNAL_ID}, {entry}}}\n"
        )
        named = arguments if "--account" in arguments else ("--account", "acme", *arguments)
        return roll_call(
            folder / "runs",
            *("--config-dir", str(folder), *NARROW, *named),
            environment=self.environment,
        )


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ids = tmp_path_factory.mktemp("organization") / "ids.json"
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.e2e.organization_server"),
            *("--port", str(port), "--ids", str(ids)),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"AWS_DEFAULT_REGION": REGION},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/moto-api/config")
        environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
        }
        yield Organization(json.loads(ids.read_text()), environment)
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
            return
        time.sleep(0.1)
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def whole(acme: Organization, tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    """Everything but one account and with two that cannot be opened, on two workers."""
    entry = f'exclude: ["{acme.ids["toy"]}"], regions: [{REGION}]'
    folder = tmp_path_factory.mktemp("whole")
    waiver = {
        "control": "DHMC-03",
        "resources": {"ids": ["i-0123456789abcdef0"]},
        "owner": "platform",
        "ticket": "OPS-1",
        "reason": "known",
        "expires": (datetime.now(UTC) + timedelta(days=60)).date().isoformat(),
    }
    (folder / "waivers.yaml").write_text(json.dumps({"waivers": [waiver]}))
    return acme.call(folder, entry, "-n", "2")


def judged(run: RollCall) -> list[str]:
    return [one["account"] for one in run.findings["findings"]]


def coverage(run: RollCall, account: str) -> list[tuple[str, str, str]]:
    """``(call, status, code)`` of the lines that tell why an account or Region was left out."""
    return [
        (one["call"], one["status"], one["code"])
        for one in run.findings["coverage"]
        if one["account"] == account and one["status"] != "collected"
    ]


def test_every_open_account_is_judged_once_in_the_order_of_ids(
    acme: Organization, whole: RollCall
) -> None:
    """Issue 6, item 5: accounts of all units, nested ones too, in one run."""
    assert judged(whole) == sorted(acme.ids[name] for name in ("shared", "web", "batch"))
    callers = whole.findings["run"]["callers"]
    for name in ("shared", "web", "batch"):
        account = acme.ids[name]
        assert callers[account] == f"arn:aws:sts::{account}:assumed-role/rollcall/ssm-rollcall"


def test_a_closed_account_is_told_and_never_asked(acme: Organization, whole: RollCall) -> None:
    lines = coverage(whole, acme.ids["closed"])
    assert lines == [("sts:AssumeRole", "not_asked", "ACCOUNT_SUSPENDED")]


def test_a_role_that_lets_nobody_in_is_a_gap(acme: Organization, whole: RollCall) -> None:
    assert coverage(whole, acme.ids["locked"]) == [("sts:AssumeRole", "denied", "AccessDenied")]


def test_an_excluded_account_leaves_no_trace_and_the_management_account_says_so(
    acme: Organization, whole: RollCall
) -> None:
    assert coverage(whole, acme.ids["toy"]) == []
    told = [one for one in coverage(whole, acme.ids["management"]) if one[0].startswith("sts:")]
    assert told == [("sts:AssumeRole", "not_asked", "MANAGEMENT_ACCOUNT_LEFT_OUT")]


def test_the_management_account_is_asked_about_the_organization_and_nothing_else(
    acme: Organization, whole: RollCall
) -> None:
    """Members may not read its policies (iam.md 8), whoever lists its accounts may."""
    calls = {
        one["call"]: one["status"]
        for one in whole.findings["coverage"]
        if one["account"] == acme.ids["management"]
    }
    assert calls["organizations:ListRoots"] == "collected"
    assert {one.split(":")[0] for one in calls} == {"sts", "organizations"}


def test_an_account_that_nobody_could_read_keeps_the_gate_closed(
    acme: Organization, whole: RollCall
) -> None:
    """Design 6: 7 = no failure, but gating unknowns. Who hides in that account is one."""
    assert whole.status == UNDECIDED, whole.output
    why = next(line for line in whole.output.splitlines() if line.startswith("exit status 7"))
    assert f"the instances of {acme.ids['locked']} could not be listed" in why
    header = next(line for line in whole.output.splitlines() if "not read" in line)
    assert f"3 accounts not read: {acme.ids['locked']} (AccessDenied)" in header


def test_a_waiver_may_be_of_an_instance_in_an_account_that_could_not_be_opened(
    whole: RollCall,
) -> None:
    """Nobody knows that it fits nothing: telling its owner to remove it would be wrong."""
    (waiver,) = whole.findings["run"]["waivers"]
    assert waiver["state"] == "not_judged"


def test_neither_credentials_nor_external_ids_are_written_down(whole: RollCall) -> None:
    assert whole.folder is not None
    texts = [path.read_bytes() for path in whole.folder.rglob("*") if path.is_file()]
    assert not any(b"must-not-leak" in text for text in [*texts, whole.output.encode()])


def test_units_and_excluded_units_narrow_the_organization(
    acme: Organization, tmp_path: Path
) -> None:
    ids = acme.ids
    entry = f"ous: [{ids['fleet']}], exclude: [{ids['eu']}], regions: [{REGION[:-1]}*]"
    run = acme.call(tmp_path, entry)
    assert judged(run) == [ids["web"]]
    assert run.status == 0, run.output
    disabled = [
        (one["account"], one["region"], one["status"])
        for one in run.findings["coverage"]
        if one["code"] == "REGION_DISABLED"
    ]
    assert disabled == [(ids["web"], "eu-central-2", "not_asked")]
    assert run.findings["run"]["accounts"][ids["web"]] == [REGION]


def test_one_account_of_the_organization_can_be_named(acme: Organization, tmp_path: Path) -> None:
    account = acme.ids["batch"]
    run = acme.call(tmp_path, f"regions: [{REGION}]", "--account", f"acme/{account}")
    assert judged(run) == [account]
    assert run.status == 0, run.output


def test_the_callers_own_account_needs_no_role(acme: Organization, tmp_path: Path) -> None:
    """The management account is opened with the credentials that list the organization."""
    management, web = acme.ids["management"], acme.ids["web"]
    both = ("--account", f"acme/{management}", "--account", f"acme/{web}")
    run = acme.call(tmp_path, f"regions: [{REGION}]", *both)
    assert judged(run) == sorted([management, web])
    assert "assumed-role/rollcall" not in run.findings["run"]["callers"][management]


def test_an_account_named_itself_goes_with_an_organization_that_has_it(
    acme: Organization, tmp_path: Path
) -> None:
    """Its own entry reaches it; the organization adds the others and no twin."""
    management = acme.ids["management"]
    entry = f"ous: [{acme.ids['eu']}], regions: [{REGION}], include_management: true"
    run = acme.call(
        tmp_path, entry, "--account", "acme", "--account", management, "--region", REGION
    )
    assert judged(run) == sorted([management, acme.ids["batch"]])


@pytest.mark.parametrize(
    ("entry", "account", "told"),
    [
        ("ous: [ou-zzzz-zzzzzzzz]", "acme", "acme.organization.ous: found 'ou-zzzz-zzzzzzzz'"),
        ("ous: [fleet]", "acme", "acme.organization.ous[0]: found 'fleet', expected ou-"),
        ("regions: [mars-*]", "acme", "Region 'mars-*' matches no Region that is enabled"),
        ("ous: []", "acme/999988887777", "--account acme/999988887777: no such account"),
        ("ous: []", "acme/web", "found 'web', expected acme/ and a 12-digit account id"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_is_read(
    acme: Organization, tmp_path: Path, entry: str, account: str, told: str
) -> None:
    run = acme.call(tmp_path, entry, "--account", account)
    assert run.status == USAGE_ERROR, run.output
    (line,) = [line for line in run.output.splitlines() if line.startswith("ERROR:")]
    assert told in line
    assert "Traceback" not in run.output
    assert not list((tmp_path / "runs").glob("*"))


def test_where_no_account_can_be_opened_the_run_does_not_begin(
    acme: Organization, tmp_path: Path
) -> None:
    run = acme.call(tmp_path, "regions: []", "--account", f"acme/{acme.ids['locked']}")
    assert run.status == USAGE_ERROR, run.output
    assert f"assuming arn:aws:iam::{acme.ids['locked']}:role/{ROLE} was refused" in run.output
    assert "Traceback" not in run.output
    assert EXTERNAL_ID not in run.output
