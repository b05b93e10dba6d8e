"""A whole collection leaves the same snapshot, whoever parses EC2's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from fixtures.demo.account import DEMO_REGIONS, embedded_account
from inventory.collect import AccountSpec, Clients, OpenAccount, collect, open_account
from inventory.collect.lean_xml import LeanXml
from inventory.snapshot import SnapshotWriter
from tests.unit.inventory.collect.ec2_documents import document
from tests.unit.inventory.collect.scripted import ACCOUNT, ONE_ATTEMPT, REGION

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
THROTTLED = (
    b"<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow down</Message>"
    b"</Error></Errors><RequestID>1</RequestID></Response>"
)


class Body(BytesIO):
    """As urllib3 hands a body on."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def client_that_hears(*answers: tuple[int, bytes]) -> Any:
    """EC2's client of a run, with these answers in order."""
    left = list(answers)

    def answer(request: Any, **_: Any) -> Any:
        status, body = left.pop(0)
        headers: Any = {"X-Amzn-RequestId": "header"}
        return AWSResponse(request.url, status, headers, Body(body))

    session = boto3.Session("AKIDEXAMPLE", "example", region_name=REGION)
    session.events.register("before-send", answer)
    account = OpenAccount("prod", ACCOUNT, "", session, AccountSpec(name="prod"))
    return Clients().client(account, "ec2", REGION)


@pytest.fixture(params=["leanly", "by botocore"])
def by_botocore_too(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test once as runs do and once with botocore's own parser."""
    if request.param == "by botocore":
        leave_to_botocore(monkeypatch)


def leave_to_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LeanXml, "read_for", lambda _self, _client: None)


def test_clients_read_leanly(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    lean: Callable[..., None] = LeanXml.read

    def note(self: LeanXml, **event: Any) -> None:
        lean(self, **event)
        read.append(event["response_dict"]["body"].decode())

    monkeypatch.setattr(LeanXml, "read", note)
    client_that_hears((200, document("DescribeVpcs", "<vpcSet/>"))).describe_vpcs()
    assert read == ["<Response><requestId>59dbff89</requestId></Response>"]


@pytest.mark.usefixtures("by_botocore_too")
def test_what_stands_beside_an_answer_is_the_same() -> None:
    client = client_that_hears((503, THROTTLED), (200, document("DescribeVpcs", "<vpcSet/>")))
    assert client.describe_vpcs() == {
        "Vpcs": [],
        "ResponseMetadata": {
            "RequestId": "59dbff89",
            "HTTPStatusCode": 200,
            "HTTPHeaders": {"x-amzn-requestid": "header"},
            "RetryAttempts": 1,
        },
    }


@pytest.mark.usefixtures("by_botocore_too")
def test_an_error_is_raised_the_same() -> None:
    client = client_that_hears((400, THROTTLED.replace(b"RequestLimitExceeded", b"InvalidParam")))
    with pytest.raises(ClientError, match="DescribeVpcs operation: slow down"):
        client.describe_vpcs()


@pytest.mark.usefixtures("by_botocore_too")
def test_a_console_is_decoded_the_same() -> None:
    """Botocore decodes its base64 after the answer is parsed."""
    content = "<instanceId>i-1</instanceId><output>aGVsbG8=</output>"
    client = client_that_hears((200, document("GetConsoleOutput", content)))
    assert client.get_console_output(InstanceId="i-1")["Output"] == "hello"


def test_a_snapshot_is_the_same_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with embedded_account(NOW) as session:
        spec = AccountSpec(name="demo", embedded=True, regions=(DEMO_REGIONS[0],))
        account = open_account(spec, session=session)
        lean = files_of(account, tmp_path / "lean")
        leave_to_botocore(monkeypatch)
        assert files_of(account, tmp_path / "botocore") == lean
    assert {"ec2.DescribeInstances.json", "ec2.DescribeVpcs.json", "manifest.json"} <= {
        path.name for path in lean
    }


def files_of(account: OpenAccount, folder: Path) -> dict[Path, bytes]:
    collect([account], SnapshotWriter(folder), now=NOW, config=ONE_ATTEMPT)
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}
