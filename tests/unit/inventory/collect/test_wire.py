"""Faults on the wire, below botocore's parser: throttling, and answers that are not AWS's."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from inventory.collect import TOOL, AccountSpec, Clients, OpenAccount
from inventory.collect.answers import READINGS, ask
from inventory.collect.plan import PLAN
from inventory.collect.refusal import Refusal
from inventory.collect.replies import Outcome
from inventory.facts import Status
from tests.unit.inventory.collect.scripted import ACCOUNT, ONE_ATTEMPT, REGION

VPCS = b"<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>"
THROTTLED = (
    b"<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow down</Message>"
    b"</Error></Errors></Response>"
)
HTML = b"<!doctype html><title>500</title><p>no such operation<br>"
PAGE = b"<html><body>Please sign in to the network</body></html>"


class Body(BytesIO):
    """As urllib3 hands a body on."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


class Wire:
    """Answers requests with the given (status, body) pairs in order; keeps the user agents."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self._answers = list(answers)
        self.agents: list[str] = []
        self.session = boto3.Session("AKIDEXAMPLE", "example", region_name=REGION)
        self.session.events.register("before-send", self._answer)

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        agent = request.headers["User-Agent"]
        self.agents.append(agent if isinstance(agent, str) else agent.decode())
        status, body = self._answers.pop(0)
        return AWSResponse(request.url, status, {}, Body(body))

    def asks(self, operation: str, clients: Clients) -> Outcome:
        (call,) = [one for one in PLAN if one.operation == operation]
        account = OpenAccount("prod", ACCOUNT, "", self.session, AccountSpec(name="prod"))
        return ask(clients.client(account, call.service, REGION), call)


def test_a_throttled_call_is_tried_again_and_counted() -> None:
    wire = Wire((503, THROTTLED), (200, VPCS))
    clients = Clients()
    assert wire.asks("ec2.DescribeVpcs", clients) == Outcome({"Vpcs": []})
    assert clients.throttles == 1


def test_a_call_that_stays_throttled_has_failed() -> None:
    clients = Clients(ONE_ATTEMPT)
    assert Wire((503, THROTTLED)).asks("ec2.DescribeVpcs", clients) == Outcome(
        None, (Refusal(Status.FAILED, "RequestLimitExceeded", "slow down"),)
    )
    assert clients.throttles == 1


@pytest.mark.parametrize(
    ("operation", "status", "body", "code"),
    [
        ("ssm.DescribeInstanceInformation", 500, HTML, "500"),
        ("ec2.DescribeVpcs", 500, HTML, "ResponseParserError"),
        ("ec2.DescribeVpcs", 200, VPCS[:30], "ResponseParserError"),
        ("ec2.DescribeVpcs", 200, PAGE, "MalformedAnswerError"),
        ("ssm.DescribeInstanceInformation", 200, PAGE, "MalformedAnswerError"),
    ],
    ids=["json-500", "query-500", "cut-off", "sign-in-page", "json-sign-in-page"],
)
def test_an_answer_that_is_not_awss_is_a_failed_call(
    operation: str, status: int, body: bytes, code: str
) -> None:
    """Spec moto.md 1: HTML with status 500 is a ClientError for JSON, unparsable for query APIs."""
    outcome = Wire(*[(status, body)] * READINGS).asks(operation, Clients(ONE_ATTEMPT))
    assert outcome.answer is None
    assert [(one.status, one.code) for one in outcome.refusals] == [(Status.FAILED, code)]


def test_the_tool_names_itself_to_aws() -> None:
    wire = Wire((200, VPCS))
    wire.asks("ec2.DescribeVpcs", Clients())
    assert wire.agents[0].endswith(TOOL)


def test_a_client_is_made_once_and_released() -> None:
    clients = Clients(Config())
    account = OpenAccount("prod", ACCOUNT, "", Wire().session, AccountSpec(name="prod"))
    first = clients.client(account, "ec2", REGION)
    assert clients.client(account, "ec2", REGION) is first
    assert clients.client(account, "ec2", "eu-north-1") is not first
    clients.release(ACCOUNT, REGION)
    assert clients.client(account, "ec2", REGION) is not first
