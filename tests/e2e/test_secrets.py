"""Canaries in place of every credential: no output of a run that goes wrong holds one.

Runs that go well are searched in test_over_http.py and test_accounts.py.
"""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import pytest

from inventory.collect import AccountSpec, open_account
from inventory.errors import AccountError
from tests.e2e.roll_call import RollCall, roll_call

ACCOUNT: Final = "111122223333"
KEY_ID: Final = "AKIACANARYCANARY1234"
SECRET: Final = "canary/SECRET+access+key/0123456789abcdef"  # noqa: S105 - a canary
TOKEN: Final = "canaryTOKEN" + "0123456789abcdef" * 12
EXTERNAL_ID: Final = "canary-EXTERNAL"
PROXY: Final = "canaryPROXYpassword"
ENDPOINT: Final = "canaryENDPOINTpassword"
CANARIES: Final = (KEY_ID, SECRET, TOKEN, EXTERNAL_ID, PROXY, ENDPOINT)
CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": TOKEN,
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_MAX_ATTEMPTS": "1",
}
USAGE_ERROR, INTERNAL_ERROR = 4, 3


def leaked(run: RollCall, folder: Path) -> list[str]:
    """The canaries in what was printed, and in every file that the run left."""
    texts = [run.output.encode(), *(one.read_bytes() for one in folder.rglob("*") if one.is_file())]
    return [one for one in CANARIES if any(one.encode() in text for text in texts)]


class Echo(http.server.BaseHTTPRequestHandler):
    """Refuses as STS does, and quotes all that it was sent, as STS does for a wrong signature."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        code, told = self.server.refusal  # type: ignore[attr-defined]
        quoted = f"{told}\n\nThe Canonical String for this request should have been\n{self.headers}"
        answer = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
            f"<Type>Sender</Type><Code>{code}</Code>"
            f"<Message>{escape(quoted + body)}</Message></Error>"
            "</ErrorResponse>"
        ).encode()
        self.send_response(403)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def echo() -> Iterator[http.server.ThreadingHTTPServer]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def signed_in(folder: Path, entry: str, *options: str, **environment: str) -> RollCall:
    """A run of ``prod``, written down as the entry says, with canaries for credentials."""
    (folder / "accounts.yaml").write_text(f"prod: {entry}\n")
    return roll_call(
        folder / "runs",
        *("--account", "prod", "--config-dir", str(folder), "--region", "eu-central-1", *options),
        environment=CREDENTIALS | environment,
    )


ROLE: Final = f"{{role_arn: 'arn:aws:iam::{ACCOUNT}:role/reader', external_id: {EXTERNAL_ID}}}"


def test_a_refused_sign_in_that_quotes_the_request(
    tmp_path: Path, echo: http.server.ThreadingHTTPServer
) -> None:
    told = f"User: x with session {TOKEN} and key {KEY_ID} is not authorized"
    echo.refusal = ("AccessDenied", told)  # type: ignore[attr-defined]
    address = f"http://127.0.0.1:{echo.server_port}"
    run = signed_in(tmp_path, ROLE, AWS_ENDPOINT_URL=address)
    assert run.status == USAGE_ERROR, run.output
    assert "assuming" in run.output
    assert "AccessDenied" in run.output
    assert leaked(run, tmp_path / "runs") == []


@pytest.fixture
def canaries_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No AWS settings in this process but the canaries, and an AWS configuration to write."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    (tmp_path / "config").write_text("")
    return tmp_path / "config"


def refused(spec: AccountSpec) -> str:
    """What a user is told where the account cannot be opened."""
    with pytest.raises(AccountError) as caught:
        open_account(spec)
    return str(caught.value)


@pytest.mark.usefixtures("canaries_around")
@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("AWS_ENDPOINT_URL", f"http://user:{ENDPOINT}@127.0.0.1:1"),
        ("AWS_ENDPOINT_URL", f"no-url://user:{ENDPOINT}@"),
        ("HTTPS_PROXY", f"http://user:{PROXY}@127.0.0.1:1"),
    ],
)
def test_what_cannot_be_reached_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)
    told = refused(AccountSpec(name="prod"))
    assert not [one for one in CANARIES if one in told], told


@pytest.mark.parametrize(
    "profile",
    [
        f"credential_process = sh -c 'echo {SECRET} >&2; echo {SECRET}; exit 1'",
        f"credential_process = sh -c 'echo {SECRET}'",
        f"aws_access_key_id = {KEY_ID}",
        f"aws_secret_access_key {SECRET}",
        f"role_arn = arn:aws:iam::{ACCOUNT}:role/x\nexternal_id = {EXTERNAL_ID}",
    ],
    ids=["failing process", "process without JSON", "incomplete", "no assignment", "no source"],
)
def test_a_broken_profile(
    monkeypatch: pytest.MonkeyPatch, canaries_around: Path, profile: str
) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    canaries_around.write_text(f"[profile broken]\nregion = eu-central-1\n{profile}\n")
    told = refused(AccountSpec(name="prod", profile="broken"))
    assert not [one for one in CANARIES if one in told], told


#: Where a defect of ours, or of the SDK, would have credentials around it.
DEFECTS: Final[Mapping[str, str]] = {
    "signing": "import botocore.auth as place\nplace.SigV4Auth.add_auth = defect\n",
    "assuming": "import inventory.collect.accounts as place\nplace.session_of_role = defect\n",
}


@pytest.mark.parametrize("where", DEFECTS)
def test_a_crash_with_every_traceback_option(tmp_path: Path, where: str) -> None:
    """``--full-trace -l`` shows arguments and locals: credentials, in these frames."""
    (tmp_path / "defect.py").write_text(
        "def defect(*_, **__):\n    raise ZeroDivisionError('a defect')\n\n\n" + DEFECTS[where]
    )
    options = ("-p", "defect", "--tb=long", "--full-trace", "--showlocals")
    path = {"PYTHONPATH": f"{tmp_path}:."}
    run = signed_in(tmp_path, ROLE, *options, **path)
    assert run.status == INTERNAL_ERROR, run.output
    assert "ZeroDivisionError: a defect" in run.output
    assert leaked(run, tmp_path / "runs") == []
