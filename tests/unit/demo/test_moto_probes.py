"""What the gap fillers promise of associations, session channels, consoles and images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from fixtures.demo.account import DEMO_ACCOUNT_ID, embedded_account
from fixtures.demo.images import FIRST_IMAGES
from fixtures.demo.moto_gaps import close_session_channel, print_console
from fixtures.demo.networks import EU
from inventory.facts import UPDATE_DOCUMENT
from tests.unit.demo.reading import instances


@pytest.fixture(scope="module")
def session() -> Iterator[boto3.Session]:
    with embedded_account() as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(session: boto3.Session) -> dict[str, str]:
    return {name: one["InstanceId"] for name, one in instances(session).items()}


def client(session: boto3.Session, service: str) -> Any:
    return session.client(service, region_name=EU)


def test_associations_are_listed_by_document(session: boto3.Session) -> None:
    ssm = client(session, "ssm")

    def listed(value: str, key: str = "Name") -> list[str]:
        wanted = [{"key": key, "value": value}]
        answer = ssm.list_associations(AssociationFilterList=wanted, MaxResults=50)
        return [one["Name"] for one in answer["Associations"]]

    assert listed(UPDATE_DOCUMENT) == [UPDATE_DOCUMENT]
    assert listed("AWS-GatherSoftwareInventory") == []
    with pytest.raises(ClientError, match="InvalidFilterKey"):
        listed("x", key="InstanceId")


def test_an_online_node_is_connected_unless_its_channel_was_cut(
    session: boto3.Session, ids: dict[str, str]
) -> None:
    """R-7.3: an unknown target is notconnected, no error."""
    ssm = client(session, "ssm")

    def status(target: str) -> str:
        return str(ssm.get_connection_status(Target=target)["Status"])

    assert [status(ids[name]) for name in ("web-1", "worker-1", "build-1")] == [
        "connected",
        "notconnected",
        "notconnected",
    ]
    assert status("i-0123456789abcdef0") == "notconnected"
    close_session_channel(DEMO_ACCOUNT_ID, EU, ids["api-1"])
    assert status(ids["api-1"]) == "notconnected"


def test_a_console_says_what_was_printed_and_else_nothing(
    session: boto3.Session, ids: dict[str, str]
) -> None:
    ec2 = client(session, "ec2")
    assert "Output" not in ec2.get_console_output(InstanceId=ids["web-1"], Latest=True)
    print_console(DEMO_ACCOUNT_ID, EU, ids["web-1"], "hello")
    assert ec2.get_console_output(InstanceId=ids["web-1"], Latest=True)["Output"] == "hello"


def test_images_come_by_filter_and_unknown_ids_are_left_out(session: boto3.Session) -> None:
    known = FIRST_IMAGES[0].ami_id
    wanted = [{"Name": "image-id", "Values": [known, "ami-0fffffffffffffff0"]}]
    answer = client(session, "ec2").describe_images(Filters=wanted, MaxResults=1000)
    assert [(one["ImageId"], one["Name"]) for one in answer["Images"]] == [
        (known, FIRST_IMAGES[0].name)
    ]


def test_statuses_are_those_of_running_instances(
    session: boto3.Session, ids: dict[str, str]
) -> None:
    """R-9.2: only running ones, unless all are asked for."""
    ec2 = client(session, "ec2")
    answer = ec2.describe_instance_status(IncludeAllInstances=False, MaxResults=1000)
    told = {one["InstanceId"]: one["SystemStatus"]["Status"] for one in answer["InstanceStatuses"]}
    assert told[ids["web-1"]] == "ok"
    assert ids["staging-1"] not in told
