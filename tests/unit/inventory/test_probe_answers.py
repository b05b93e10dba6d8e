"""Answers about single images and instances: rows, gaps, plain CLI answers, malformed files."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.errors import SnapshotError
from inventory.facts import RegionFacts, Unread
from tests.unit.policies.nodes import ID, node_with

CHANNEL, IMAGES = "ssm.GetConnectionStatus", "ec2.DescribeImages"


def region(**answers: Any) -> RegionFacts:
    return node_with(regional=answers).region


def test_a_refused_request_is_the_gap_of_its_id_and_another_id_is_not_recorded() -> None:
    error = {"Code": "AccessDeniedException", "Message": "no"}
    connections = region(**{CHANNEL: [{"request": {"Target": ID}, "error": error}]}).connections
    denied, unasked = connections.find(ID), connections.find("i-0other")
    assert isinstance(denied, Unread)
    assert isinstance(unasked, Unread)
    assert (denied.code, unasked.code) == ("AccessDeniedException", "NOT_RECORDED")
    assert not unasked.has_vanished


def test_images_of_several_requests_are_one_table() -> None:
    parts = [{"request": {}, "response": {"Images": [{"ImageId": name}]}} for name in ("a", "b")]
    images = region(**{IMAGES: parts}).images
    assert not isinstance(images, Unread)
    assert [one.image_id for one in images] == ["a", "b"]
    gone = images.find("c")
    assert isinstance(gone, Unread)
    assert gone.has_vanished


def test_a_refused_part_leaves_the_images_of_the_others() -> None:
    error = {"Code": "RequestLimitExceeded", "Message": "slow"}
    parts = [
        {"request": {}, "response": {"Images": [{"ImageId": "a"}]}},
        {"request": {}, "error": error},
    ]
    images = region(**{IMAGES: parts}).images
    assert not isinstance(images, Unread)
    assert [one.image_id for one in images] == ["a"]
    assert isinstance(images.find("b"), Unread)


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        (CHANNEL, [{"request": {"Target": ID}}]),
        (CHANNEL, [{"request": {}, "error": {"Code": "x", "Message": ""}}]),
        (CHANNEL, [{"request": {}, "response": {"Target": 7}}]),
        (CHANNEL, 7),
        (IMAGES, [{"response": {"Pictures": []}}]),
        (IMAGES, {"Images": [{"Name": "no id"}]}),
        ("ec2.GetConsoleOutput", {"InstanceId": ID, "Output": ["line"]}),
    ],
)
def test_a_malformed_file_is_told_by_its_place(operation: str, answer: Any) -> None:
    with pytest.raises(SnapshotError, match=rf"{operation}\.json"):
        region(**{operation: answer})
