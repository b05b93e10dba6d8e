"""A node with one reading of its machine, and how to change single members of either."""

from __future__ import annotations

import copy
import dataclasses
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from inventory.facts import Node
from inventory.facts.host import HostFacts, Reading
from policies.host import (
    agent_installed,
    clock_skew,
    disk_space,
    endpoint_overrides,
    http_answers,
    leftovers,
    metadata_answers,
    names_resolve,
    role_credentials,
    service_proxy,
    service_running,
    sysprep_state,
    tcp_443,
    tls_certificate,
    worker_running,
)
from tests.unit.policies.nodes import ID, ago, node_with

HERE = Path(__file__).parent
CONTROLS = {
    one.CONTROL.id: one
    for one in (
        agent_installed,
        service_running,
        worker_running,
        metadata_answers,
        role_credentials,
        names_resolve,
        tcp_443,
        tls_certificate,
        http_answers,
        clock_skew,
        service_proxy,
        disk_space,
        leftovers,
        endpoint_overrides,
        sysprep_state,
    )
}
#: Not heard from lately, so that the probe is the newest that is known.
SILENT = {"PingStatus": "ConnectionLost", "LastPingDateTime": ago(days=2)}

Change = Mapping[str, Any]


def healthy() -> dict[str, Any]:
    """The reading of a machine in order, as plain values."""
    return copy.deepcopy(_healthy())


@functools.cache
def _healthy() -> dict[str, Any]:
    plain: dict[str, Any] = yaml.safe_load((HERE / "healthy.yaml").read_text(encoding="utf-8"))
    return plain


def node_after(*changes: Change, **world: Any) -> Node:
    """The silent node whose machine is in order, after all changes.

    A change maps a dotted path to a value: into the reading (``service.running``), the row of
    Systems Manager (``managed.PingStatus``) or the instance (``instance.LaunchTime``). ``None``
    as a section takes it away. ``world`` goes to ``node_with``.
    """
    plain, managed, instance = healthy(), dict(SILENT), {}
    for path, value in (item for change in changes for item in change.items()):
        target, _, member = path.partition(".")
        if target == "managed":
            managed[member] = value
        elif target == "instance":
            instance[member] = value
        else:
            _put(plain, path, value)
    return with_readings(node_with(instance, managed, **world), reading(plain))


def reading(plain: dict[str, Any]) -> Reading:
    """The plain values as a reading of the node."""
    told = dict(plain)
    if told.get("endpoints"):
        rows = told["endpoints"].items()
        told["endpoints"] = [{"service": name} | row for name, row in rows if row is not None]
    if told.get("volumes"):
        told["volumes"] = list(told["volumes"].values())
    return msgspec.convert({"instance_id": ID} | told, Reading)


def with_readings(node: Node, *readings: Reading) -> Node:
    return dataclasses.replace(node, host=HostFacts(readings=readings))


def _put(plain: dict[str, Any], path: str, value: Any) -> None:
    *sections, member = path.split(".")
    for section in sections:
        if plain.get(section) is None:
            plain[section] = {}
        plain = plain[section]
    plain[member] = value
