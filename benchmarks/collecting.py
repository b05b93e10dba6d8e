"""Reading N instances in each of R Regions: our collecting beside the same calls by plain boto3."""

from __future__ import annotations

import dataclasses
import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

import boto3
from botocore import xform_name

from benchmarks.answers_from_memory import AnswersFromMemory
from inventory.collect import AccountSpec, OpenAccount, collect
from inventory.collect.lean_xml import LeanXml
from inventory.snapshot import SnapshotWriter

REGIONS: Final = (
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1"),
    *("ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2"),
    *("eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"),
)
#: What spec moto.md 5 counts as the floor: instances, nodes, roles, and the network but for names.
REDUCED: Final = frozenset(
    {
        *("ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:GetServiceSetting"),
        *("ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeSubnets"),
        *("ec2:DescribeRouteTables", "ec2:DescribeNetworkAcls", "ec2:DescribeSecurityGroups"),
        *("ec2:DescribeVpcEndpoints", "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways"),
        *("ec2:DescribeEgressOnlyInternetGateways", "ec2:DescribeVpcPeeringConnections"),
        *("ec2:DescribeTransitGatewayAttachments", "ec2:DescribeDhcpOptions"),
        *("ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"),
        "iam:GetAccountAuthorizationDetails",
    }
)
#: Seconds from a request to its answer, about what a neighbouring continent takes.
LATENCY: Final = 0.08
_ROUNDS: Final = 3
_ACCOUNT: Final = "111122223333"


@dataclasses.dataclass(frozen=True)
class Collected:
    """CPU seconds of this process, medians of three runs; ``wall``: seconds of one with latency."""

    way: str
    instances: int
    regions: int
    calls: int
    seconds: float
    of_plain: float
    wall: float

    def __str__(self) -> str:
        return (
            f"{self.instances:>10,} {self.regions:>8} {self.way:<22} {self.calls:>7,} "
            f"{self.seconds:>8.2f} {self.of_plain:>9.2f} {self.wall:>14.1f}"
        )


def heading() -> str:
    """The columns of a line."""
    return (
        f"{'instances':>10} {'Regions':>8} {'way':<22} {'calls':>7} {'CPU s':>8} "
        f"{'× plain':>9} {'wall s, 80 ms':>14}"
    )


def measure(
    instances: int, regions: int, actions: frozenset[str] | None = None
) -> tuple[Collected, ...]:
    """So many instances in each of so many Regions, read in three ways, for these actions or all.

    The runs of all ways take turns, so that a busy neighbour weighs on each of them.
    """
    with _no_settings():
        aws = AnswersFromMemory(instances, REGIONS[:regions])
        plain = _Plain(aws, actions)
        ways: Mapping[str, Callable[[], None]] = {
            "plain boto3": plain.ask,
            "botocore's XML parser": lambda: _collect_with_botocore(aws, actions),
            "as a run does": lambda: _collect(aws, actions),
        }
        for ask in ways.values():
            ask()  # every answer is written
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(_ROUNDS):
            for way, ask in ways.items():
                seconds[way].append(_cpu_of(ask))
        aws.latency = LATENCY
        walls = {way: _wall_of(ask) for way, ask in ways.items()}
    base = median(seconds["plain boto3"])
    calls = len(plain.requests)
    return tuple(
        Collected(way, instances, regions, calls, median(one), median(one) / base, walls[way])
        for way, one in seconds.items()
    )


def call_counts(instances: int) -> Counter[str]:
    """Requests by operation for one Region of so many instances."""
    with _no_settings():
        aws = AnswersFromMemory(instances, REGIONS[:1])
        _collect(aws)
        return aws.calls


class _Plain:
    """The very requests of a run, one after the other, by clients that are left as boto3 has them.

    The tokens of pages are known beforehand, so nothing but the calls themselves is measured.
    """

    def __init__(self, aws: AnswersFromMemory, actions: frozenset[str] | None) -> None:
        self._aws = aws
        self.requests: list[tuple[str, str, str, dict[str, Any]]] = []
        session = aws.session()
        session.events.register("provide-client-params", self._note)
        _collect(aws, actions, session)

    def _note(self, params: dict[str, Any], model: Any, context: Any, **_: Any) -> None:
        service = model.service_model.service_name
        self.requests.append((service, context["client_region"], model.name, dict(params)))

    def ask(self) -> None:
        session = self._aws.session()
        clients: dict[tuple[str, str], Any] = {}
        answers = []
        for service, region, name, parameters in self.requests:
            if (service, region) not in clients:
                clients[service, region] = session.client(service, region_name=region)
            client = clients[service, region]
            try:
                answers.append(getattr(client, xform_name(name))(**parameters))
            except client.exceptions.ClientError:
                continue  # outside an organization


def _collect(
    aws: AnswersFromMemory,
    actions: frozenset[str] | None = None,
    session: boto3.Session | None = None,
) -> None:
    opened = session or aws.session()
    caller = f"arn:aws:iam::{_ACCOUNT}:user/reader"
    account = OpenAccount("prod", _ACCOUNT, caller, opened, AccountSpec(name="prod"))
    with TemporaryDirectory() as folder:
        writer = SnapshotWriter(Path(folder))
        collect([account], writer, now=datetime(2026, 11, 1, tzinfo=UTC), actions=actions)


def _collect_with_botocore(aws: AnswersFromMemory, actions: frozenset[str] | None) -> None:
    with patch.object(LeanXml, "read_for"):
        _collect(aws, actions)


def _cpu_of(ask: Callable[[], None]) -> float:
    gc.collect()
    started = time.process_time()
    ask()
    return time.process_time() - started


def _wall_of(ask: Callable[[], None]) -> float:
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


@contextmanager
def _no_settings() -> Iterator[None]:
    """Nothing of the AWS settings of whoever measures."""
    kept = {name: one for name, one in os.environ.items() if not name.startswith("AWS_")}
    with patch.dict(os.environ, kept, clear=True):
        yield
