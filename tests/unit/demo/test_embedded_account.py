"""The embedded account comes and goes without a trace, and is the same each time."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto.moto_api._internal import mock_random

from fixtures.demo.account import demo_environment, embedded_account
from fixtures.demo.machines import MACHINES
from tests.unit.demo.moto_modes import server_process
from tests.unit.demo.reading import ids, instances

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)

#: Each of these would lead a session elsewhere, or moto to another account.
FOREIGN = {
    "AWS_ACCESS_KEY_ID": "theirs",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:1",
    "AWS_PROFILE": "theirs",
    "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/theirs",
    "MOTO_ACCOUNT_ID": "999999999999",
}


def settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "MOTO_"))}


@pytest.fixture
def users_settings(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    return settings()


def test_the_users_settings_neither_reach_it_nor_change(users_settings: dict[str, str]) -> None:
    random_state = mock_random.getstate()
    with embedded_account(NOW) as session:
        assert len(instances(session)) == len(MACHINES)
        assert session.client("sts").get_caller_identity()["Account"] == "123456789012"
        assert not set(FOREIGN.values()) & set(settings().values())
    assert settings() == users_settings
    assert mock_random.getstate() == random_state


def test_the_users_settings_come_back_after_an_error(users_settings: dict[str, str]) -> None:
    with pytest.raises(ZeroDivisionError), embedded_account(NOW):
        raise ZeroDivisionError
    assert settings() == users_settings


def test_ids_are_the_same_at_every_seeding() -> None:
    with embedded_account(NOW) as one:
        first = ids(one)
    with embedded_account(NOW + timedelta(days=1)) as another:
        second = ids(another)
    assert first == second
    assert len(set(first)) == len(first)


def test_a_seeded_server_serves_the_same_fleet() -> None:
    with embedded_account(NOW) as session:
        embedded = ids(session)
    with demo_environment(), server_process("--seed") as served:
        assert ids(boto3.Session(region_name="us-east-1"), served.endpoint) == embedded
