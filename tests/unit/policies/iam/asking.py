"""Puts scenarios to the engine: one request, one statement or a few layers, one expected answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory.facts import Unread
from policies.iam.evaluation import (
    ConditionKeys,
    Decision,
    Grammar,
    Known,
    Layer,
    Layers,
    Request,
    RoleSession,
    Service,
    State,
    decide,
    parse,
)
from policies.iam.evaluation.keys import KeyValue

ACCOUNT = "111122223333"
INSTANCE = f"arn:aws:ec2:eu-central-1:{ACCOUNT}:instance/i-0abc"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/fleet/node"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/node/i-0abc"
HEARTBEAT = "ssm:UpdateInstanceInformation"

_GRAMMARS = {
    "identity": Grammar.IDENTITY,
    "boundary": Grammar.IDENTITY,
    "scp": Grammar.SCP,
    "rcp": Grammar.RCP,
    "trust": Grammar.TRUST,
    "resource": Grammar.RESOURCE,
    "endpoint": Grammar.INTERFACE_ENDPOINT,
    "gateway": Grammar.GATEWAY_ENDPOINT,
}
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*statements: Mapping[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def layer(kind: str, *documents: Any) -> Layer:
    """Policies of a kind named as in the scenarios: ``identity``, ``trust``, ``gateway``."""
    policies = (
        parse(raw, name=f"{kind} {number}", grammar=_GRAMMARS[kind])
        for number, raw in enumerate(documents, start=1)
    )
    return Layer(kind, tuple(policies))


FULL_ACCESS = layer("identity", document(_EVERYTHING))


def keys(scenario: Mapping[str, Any]) -> ConditionKeys:
    """``keys`` (a list is a multivalued key), ``absent`` and ``present`` names; others unknown."""
    values: dict[str, KeyValue] = {
        name: Known(tuple(value), multivalued=True) if isinstance(value, list) else Known.one(value)
        for name, value in scenario.get("keys", {}).items()
    }
    values |= dict.fromkeys(scenario.get("absent", ()), State.ABSENT)
    values |= dict.fromkeys(scenario.get("present", ()), State.PRESENT)
    return ConditionKeys.of(values)


def request(scenario: Mapping[str, Any] | None = None) -> Request:
    """The node's heartbeat, unless the scenario says otherwise."""
    asked = scenario or {}
    resources = asked.get("resource", INSTANCE)
    who = RoleSession(ROLE, SESSION, ACCOUNT)
    return Request(
        action=asked.get("action", HEARTBEAT),
        resources=(resources,) if isinstance(resources, str) else tuple(resources),
        principal=Service(asked["service"]) if "service" in asked else who,
        keys=keys(asked),
    )


def layers_of(scenario: Mapping[str, Any]) -> Layers:
    """One statement (``allow``/``deny``/``statement``), or whole ``layers`` by kind."""
    if "layers" in scenario:
        return _whole(scenario["layers"])
    kind = scenario.get("kind", "identity")
    here = layer(kind, _single_document(kind, scenario))
    if kind == "identity":
        return Layers(identity=here)
    if kind in ("trust", "resource"):
        return Layers(resource=here)
    if kind == "boundary":
        return Layers(identity=FULL_ACCESS, boundary=here)
    if kind == "scp":
        return Layers(identity=FULL_ACCESS, scps=(here,))
    if kind == "rcp":
        return Layers(identity=FULL_ACCESS, rcps=(here,))
    return Layers(identity=FULL_ACCESS, endpoint=here)


def _single_document(kind: str, scenario: Mapping[str, Any]) -> Any:
    if "document" in scenario:
        return scenario["document"]
    version = scenario.get("version", "2012-10-17")
    if "statement" in scenario:
        return document(scenario["statement"], version=version)
    elements = {"Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"}
    written = scenario.get("allow", scenario.get("deny", {}))
    written = written if written.keys() & (elements | {"Condition"}) else {"Condition": written}
    defaults: dict[str, Any] = {"Effect": "Deny" if "deny" in scenario else "Allow"}
    if not written.keys() & {"Action", "NotAction"}:
        defaults["Action"] = "*"
    if kind != "trust" and not written.keys() & {"Resource", "NotResource"}:
        defaults["Resource"] = "*"
    statements = [defaults | dict(written)]
    if "deny" in scenario:
        anyone = {} if kind in ("identity", "boundary", "scp") else {"Principal": _anyone(scenario)}
        allow = {**_EVERYTHING, **anyone}
        if kind == "trust":
            del allow["Resource"]
        statements.insert(0, allow)
    return document(*statements, version=version)


def _anyone(scenario: Mapping[str, Any]) -> Any:
    service = scenario.get("ask", {}).get("service")
    return {"Service": service} if service else "*"


def _whole(written: Mapping[str, Any]) -> Layers:
    """Each layer a list of statements; ``scps`` a list of levels; ``unread`` a call."""

    def one(kind: str, name: str) -> Layer | None:
        return _layer(kind, written[name]) if name in written else None

    return Layers(
        identity=one("identity", "identity"),
        resource=one("resource", "resource") or one("trust", "trust"),
        boundary=one("boundary", "boundary"),
        session=one("identity", "session"),
        scps=tuple(_layer("scp", level) for level in written.get("scps", ())),
        rcps=tuple(_layer("rcp", level) for level in written.get("rcps", ())),
        endpoint=one("endpoint", "endpoint"),
    )


def _layer(kind: str, statements: Any) -> Layer:
    if isinstance(statements, Mapping):
        return Layer.not_read(kind, Unread(statements["unread"], "AccessDenied"))
    return layer(kind, document(*statements))


def answer(scenario: Mapping[str, Any]) -> Decision:
    """What the engine says to the scenario."""
    return decide(request(scenario.get("ask")), layers_of(scenario))
