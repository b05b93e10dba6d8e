"""Calling the roll through the proxy, in this process, and what has become of it."""

from __future__ import annotations

import dataclasses
import functools
import os
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import boto3
import botocore.endpoint
import botocore.retries.bucket
from botocore.config import Config

from inventory.collect import AccountSpec, Clients, OpenAccount, collect, collector, open_account
from inventory.collect.settings import CLIENT_CONFIG
from inventory.facts import Status
from inventory.fleet import Fleet, load_fleet
from inventory.snapshot import Manifest, Snapshot, SnapshotWriter
from policies.catalogue import CONTROLS, REGION_CONTROLS
from policies.control import Outcome
from policies.finding import Finding
from policies.judgement import Judgement
from tests.faults.faults import SLOW, UNANSWERED

ACCOUNT: Final = "123456789012"
#: As a run's, but that the tests do not wait a minute for an answer that never comes.
CONFIG: Final = CLIENT_CONFIG.merge(Config(read_timeout=(SLOW + UNANSWERED) / 2))
ATTEMPTS: Final[int] = CLIENT_CONFIG.retries["total_max_attempts"]  # type: ignore[attr-defined]


@dataclasses.dataclass(frozen=True)
class Called:
    """One run's findings by id, and its coverage."""

    fleet: Fleet
    manifest: Manifest
    findings: Mapping[str, Finding]

    @functools.cached_property
    def verdicts(self) -> dict[str, tuple[Outcome, str]]:
        """Finding id → outcome and reason code."""
        return {key: (one.outcome, one.verdict.code) for key, one in self.findings.items()}

    @functools.cached_property
    def gaps(self) -> dict[tuple[str, str], str]:
        """(Region, call) → code, of what was denied or failed."""
        return {
            (one.region, one.call): one.code
            for one in self.manifest.calls
            if one.status in (Status.DENIED, Status.FAILED)
        }


@contextmanager
def user_of(endpoint: str) -> Iterator[boto3.Session]:
    """The session of a user whose account lies behind that endpoint."""
    others = {name: one for name, one in os.environ.items() if not name.startswith("AWS_")}
    with patch.dict(os.environ, others | environment(endpoint), clear=True):
        yield boto3.Session()


def environment(endpoint: str) -> dict[str, str]:
    """The settings of that user."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def no_waiting() -> Iterator[None]:
    """The SDK tries again as often as ever, and at once."""
    at_once = types.SimpleNamespace(sleep=lambda _: None)
    bucket = botocore.retries.bucket.TokenBucket
    with (
        patch.object(botocore.endpoint, "time", at_once),
        patch.object(bucket, "acquire", lambda *_, **__: True),
    ):
        yield


@contextmanager
def shared_clients() -> Iterator[None]:
    """Runs of one account keep their clients: making them is half of what a run costs here."""
    clients = _Shared(CONFIG)
    with patch.object(collector, "Clients", lambda _: clients):
        yield


class _Shared(Clients):
    def release(self, account_id: str, region: str) -> None:
        """Keep them: another run follows."""


def opened(session: boto3.Session) -> OpenAccount:
    """The account of that user."""
    return open_account(AccountSpec(name="prod", account_id=ACCOUNT), session=session)


def call_the_roll(
    account: OpenAccount, folder: Path, regions: tuple[str, ...], now: datetime, **options: Any
) -> Called:
    """Collect, load and judge; ``options`` are those of ``collect``."""
    manifest = collect(
        [account], SnapshotWriter(folder), regions=regions, now=now, config=CONFIG, **options
    )
    return judged(folder, manifest)


#: Calls the roll of the quiet account in the Regions given, or in the larger one.
Run = Callable[..., Called]


def judged(folder: Path, manifest: Manifest) -> Called:
    """Every finding of a snapshot. Raises whatever a control raises."""
    fleet = load_fleet(Snapshot.open(folder))
    judgement = Judgement()
    found = [judgement.finding(one, node) for one in CONTROLS for node in fleet.nodes]
    places = {node.place.key: node.place for node in fleet.nodes}
    found += [
        judgement.place_finding(one, place) for one in REGION_CONTROLS for place in places.values()
    ]
    return Called(fleet, manifest, {one.id: one for one in found})
