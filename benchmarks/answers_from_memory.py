"""An AWS of N instances in each Region that answers boto3 over the wire's formats, from memory.

Instances and interfaces are those that AWS was recorded to tell of, under new ids; whatever else a
run asks for is empty. An answer is written once and then given again, so that a second run measures
nothing but its own work.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from inventory.collect import PLAN

_RECORDED: Final = Path(__file__).parents[1] / "tests/recorded/public-subnet/554773406868/us-east-2"
_NOT_IN_USE: Final = b'{"__type": "AWSOrganizationsNotInUseException", "message": "none"}'
_VPCS: Final = 4
#: Of a hundred instances, how many Systems Manager knows.
_MANAGED: Final = 81


class AnswersFromMemory:
    """Stands in for the network of the sessions it hands out; counts requests by operation.

    ``latency`` is what each request waits for, in seconds.
    """

    def __init__(self, instances: int, regions: Sequence[str]) -> None:
        self._rows = _rows(instances, regions)
        self._written: dict[tuple[str, str, bytes], tuple[int, bytes]] = {}
        self._lock = threading.Lock()
        self.regions = tuple(regions)
        self.asked: list[str] = []
        self.latency = 0.0

    @property
    def calls(self) -> Counter[str]:
        """Requests since the last session was handed out, by operation."""
        return Counter(self.asked)

    def session(self) -> boto3.Session:
        """A new session, with nothing loaded yet."""
        self.asked = []
        inner = botocore.session.Session()
        session = boto3.Session(
            "key", "secret", region_name=self.regions[0], botocore_session=inner
        )
        session.events.register("before-send", self._answer)
        return session

    def _answer(self, request: Any, event_name: str, **_: Any) -> Any:
        service, name = event_name.split(".")[1:3]
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        key = (event_name, urlsplit(request.url).path, body)
        with self._lock:
            self.asked.append(name)
            if key not in self._written:
                self._written[key] = self._write(service, name, _parameters(body))
            status, content = self._written[key]
        time.sleep(self.latency)
        headers: Any = {"Date": "Sun, 01 Nov 2026 12:00:00 GMT"}
        return AWSResponse(request.url, status, headers, _Body(content))

    def _write(self, service: str, name: str, asked: Mapping[str, Any]) -> tuple[int, bytes]:
        if name == "DescribeOrganization":
            return 400, _NOT_IN_USE
        # A run's services are named by their hyphenated ids, but for route-53.
        model = get_service_model(service.replace("-", "")).operation_model(name)
        serializer = get_serializer_class(service, model.service_model.resolved_protocol)
        told = serializer(model).serialize(self._told(name, model.output_shape, asked))
        content = told["body"]
        return 200, content.encode() if isinstance(content, str) else content

    def _told(self, name: str, shape: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
        if name not in self._rows:
            return {**_empty(name, shape), "SettingId": "/ssm"}
        member, rows = self._rows[name]
        first = int(asked.get("NextToken", 0))
        end = first + int(asked.get("MaxResults", len(rows)))
        return {member: rows[first:end], **({"NextToken": str(end)} if end < len(rows) else {})}


class _Body(BytesIO):
    """As urllib3 hands a body on."""

    def stream(self) -> Any:
        """Give it in one piece."""
        yield self.read()


def _parameters(body: bytes) -> dict[str, Any]:
    if body.startswith(b"{"):
        asked: dict[str, Any] = json.loads(body)
        return asked
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _empty(name: str, shape: Any) -> dict[str, Any]:
    """An answer that holds what every complete one of the operation holds, with nothing in it."""
    kinds: Mapping[str, Any] = {"list": [], "structure": {}, "string": "", "boolean": False}
    call = next(one for one in PLAN if one.api_name == name)
    members = getattr(call.shape, "members", None) or (getattr(call.shape, "member", ""),)
    empty = {member: kinds[shape.members[member].type_name] for member in members}
    if name == "GetServiceSetting":
        empty["ServiceSetting"] = {"SettingValue": "$None"}
    return empty


def _rows(size: int, regions: Sequence[str]) -> dict[str, tuple[str, list[Any]]]:
    identifiers = [f"i-{number:017x}" for number in range(size)]
    (reservation, *_) = _recorded("ec2.DescribeInstances", "Reservations")
    (interface, *_) = _recorded("ec2.DescribeNetworkInterfaces", "NetworkInterfaces")
    (instance, *_) = reservation["Instances"]
    vpcs = [f"vpc-{number:017x}" for number in range(_VPCS)]
    status = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    return {
        "DescribeRegions": (
            "Regions",
            [{"RegionName": one, "OptInStatus": "opted-in"} for one in regions],
        ),
        "DescribeInstances": (
            "Reservations",
            [
                {
                    **reservation,
                    "Instances": [{**instance, "InstanceId": one, "VpcId": vpcs[index % _VPCS]}],
                }
                for index, one in enumerate(identifiers)
            ],
        ),
        "DescribeNetworkInterfaces": (
            "NetworkInterfaces",
            [{**interface, "NetworkInterfaceId": one.replace("i-", "eni-")} for one in identifiers],
        ),
        "DescribeInstanceStatus": (
            "InstanceStatuses",
            [
                {
                    "InstanceId": one,
                    "InstanceState": {"Code": 16, "Name": "running"},
                    "InstanceStatus": status,
                    "SystemStatus": status,
                }
                for one in identifiers
            ],
        ),
        "DescribeInstanceInformation": (
            "InstanceInformationList",
            [_managed_node(one) for one in identifiers[: size * _MANAGED // 100]],
        ),
        "DescribeVpcs": (
            "Vpcs",
            [{"VpcId": one, "CidrBlock": "10.0.0.0/16", "State": "available"} for one in vpcs],
        ),
    }


def _managed_node(identifier: str) -> dict[str, Any]:
    return {
        "InstanceId": identifier,
        "PingStatus": "Online",
        "LastPingDateTime": 1793534400.0,
        "AgentVersion": "3.3.2299.0",
        "IsLatestVersion": True,
        "PlatformType": "Linux",
        "PlatformName": "Amazon Linux",
        "PlatformVersion": "2023",
        "ResourceType": "EC2Instance",
        "IPAddress": "10.0.1.10",
        "ComputerName": "ip-10-0-1-10.eu-central-1.compute.internal",
        "AssociationStatus": "Success",
    }


def _recorded(operation: str, member: str) -> list[Any]:
    rows: list[Any] = _with_moments(
        json.loads((_RECORDED / f"{operation}.json").read_text())[member]
    )
    return rows


def _with_moments(value: Any) -> Any:
    """Times as such, so that they are written as the wire has them."""
    if isinstance(value, list):
        return [_with_moments(one) for one in value]
    if isinstance(value, dict):
        return {
            name: datetime.fromisoformat(one) if name.endswith("Time") else _with_moments(one)
            for name, one in value.items()
        }
    return value
