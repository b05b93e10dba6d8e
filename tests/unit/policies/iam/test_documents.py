"""Documents in every shape they come in, and malformed ones: undetermined, never a crash (T-38)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from policies.iam.evaluation import Answer, Decision, Grammar, Layer, Layers, Malformed, parse
from policies.iam.evaluation.decision import decide
from tests.unit.policies.iam.asking import FULL_ACCESS, document, request

ALLOW = {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}


def judged(*raw: object) -> Decision:
    policies = tuple(
        parse(one, name=f"policy {number}", grammar=Grammar.IDENTITY)
        for number, one in enumerate(raw, start=1)
    )
    return decide(request(), Layers(identity=Layer("identity", policies)))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(document(ALLOW), id="object"),
        pytest.param({"Version": "2012-10-17", "Statement": ALLOW}, id="one statement"),
        pytest.param(json.dumps(document(ALLOW)), id="text"),
        pytest.param("\n  " + json.dumps(document(ALLOW), indent=2), id="indented text"),
        pytest.param(quote(json.dumps(document(ALLOW))), id="percent-encoded"),
        pytest.param(quote(json.dumps(document(ALLOW)), safe=""), id="all percent-encoded"),
        pytest.param(document(ALLOW) | {"Id": "named"}, id="with an Id"),
        pytest.param(document(ALLOW, version="2008-10-17"), id="older Version"),
    ],
)
def test_every_shape_reads_the_same(raw: Any) -> None:
    decision = judged(raw)
    assert decision.is_allowed
    assert [match.statement.label for match in decision.deciding] == ["policy 1 statement 1"]


def test_a_percent_sign_in_json_text_is_not_decoded() -> None:
    statement = ALLOW | {"Action": "ssm:Update%49nstanceInformation"}
    assert judged(json.dumps(document(statement))).is_denied


MALFORMED = [
    ("not JSON", '{"Version": "2012-10-17", "Statement": [', "policy 1"),
    ("not even text", 7, "policy 1"),
    ("missing", None, "policy 1"),
    ("a list", [ALLOW], "policy 1"),
    ("empty text", "", "policy 1"),
    ("no JSON behind the percent signs", "%7Bno", "policy 1"),
    ("a lone surrogate", "\udcff", "policy 1"),
    ("nested too deeply", '{"Statement": ' + "[" * 100_000, "policy 1"),
    ("a statement nested too deeply", '{"Statement":' + "[" * 9000 + "]" * 9000 + "}", "policy 1"),
    ("no Statement", {"Version": "2012-10-17"}, "policy 1 statement 1"),
    ("a Statement that is text", {"Statement": "Allow"}, "policy 1 statement 1"),
    ("a nested list", {"Statement": [[ALLOW]]}, "policy 1 statement 1"),
    ("an unknown Version", document(ALLOW, version="2030-01-01"), "policy 1"),
    ("a Version that is a list", document(ALLOW) | {"Version": []}, "policy 1"),
    ("an unknown element", document(ALLOW) | {"Statements": []}, "policy 1"),
    ("an unknown statement element", document(ALLOW | {"When": 1}), "policy 1 statement 1"),
    ("an unknown Effect", document(ALLOW | {"Effect": "allow"}), "policy 1 statement 1"),
    ("an Effect that is a list", document(ALLOW | {"Effect": ["Allow"]}), "policy 1 statement 1"),
    ("no Effect", document({"Action": "*", "Resource": "*"}), "policy 1 statement 1"),
    ("no Action", document({"Effect": "Allow", "Resource": "*"}), "policy 1 statement 1"),
    ("Action and NotAction", document(ALLOW | {"NotAction": "s3:*"}), "policy 1 statement 1"),
    ("an empty Action list", document(ALLOW | {"Action": []}), "policy 1 statement 1"),
    ("an Action that is an object", document(ALLOW | {"Action": {}}), "policy 1 statement 1"),
    ("an Action without a service", document(ALLOW | {"Action": "ssm"}), "policy 1 statement 1"),
    ("no Resource", document({"Effect": "Allow", "Action": "*"}), "policy 1 statement 1"),
    ("Resource twice", document(ALLOW | {"NotResource": "*"}), "policy 1 statement 1"),
    ("a Resource that is no ARN", document(ALLOW | {"Resource": "i-1"}), "policy 1 statement 1"),
    ("a null Resource", document(ALLOW | {"Resource": None}), "policy 1 statement 1"),
    ("a principal", document(ALLOW | {"Principal": "*"}), "policy 1 statement 1"),
    ("a Condition list", document(ALLOW | {"Condition": []}), "policy 1 statement 1"),
    (
        "an operator without keys",
        document(ALLOW | {"Condition": {"Bool": "true"}}),
        "policy 1 statement 1, Condition.Bool",
    ),
    (
        "a nested value",
        document(ALLOW | {"Condition": {"StringEquals": {"a": [["x"]]}}}),
        "policy 1 statement 1, Condition.StringEquals",
    ),
    (
        "no values",
        document(ALLOW | {"Condition": {"StringEquals": {"a": []}}}),
        "policy 1 statement 1, Condition.StringEquals",
    ),
    (
        "Null with another value",
        document(ALLOW | {"Condition": {"Null": {"a": "maybe"}}}),
        "policy 1 statement 1, Condition.Null",
    ),
]


@pytest.mark.parametrize(
    ("raw", "place"), [pytest.param(raw, place, id=name) for name, raw, place in MALFORMED]
)
def test_what_is_malformed_is_undetermined_and_says_where(raw: object, place: str) -> None:
    decision = judged(raw)
    assert decision.answer is Answer.DEPENDS
    assert place in {need.place for need in decision.needs if isinstance(need, Malformed)}


@pytest.mark.parametrize("raw", [pytest.param(raw, id=name) for name, raw, _ in MALFORMED])
def test_what_is_malformed_beside_an_allow_may_be_a_deny_unless_it_says_allow(raw: object) -> None:
    decision = judged(raw, document(ALLOW))
    is_plainly_allow = isinstance(raw, dict) and all(
        isinstance(one, dict) and one.get("Effect") == "Allow"
        for one in raw.get("Statement") or ["missing"]
    )
    known_document = isinstance(raw, dict) and raw.keys() <= {"Version", "Statement"}
    known_version = isinstance(raw, dict) and raw.get("Version") == "2012-10-17"
    settled = is_plainly_allow and known_document and known_version
    assert decision.answer is (Answer.ALLOWED if settled else Answer.DEPENDS)


@pytest.mark.parametrize("raw", [pytest.param(raw, id=name) for name, raw, _ in MALFORMED])
def test_a_clear_deny_outweighs_what_is_malformed(raw: object) -> None:
    decision = judged(raw, document(ALLOW | {"Effect": "Deny"}))
    assert decision.is_denied
    assert decision.explicit


@pytest.mark.parametrize("raw", [pytest.param(raw, id=name) for name, raw, _ in MALFORMED])
@pytest.mark.parametrize("grammar", list(Grammar))
def test_what_is_malformed_never_crashes_a_layer_of_any_kind(raw: object, grammar: Grammar) -> None:
    here = Layer("here", (parse(raw, name="policy", grammar=grammar),))
    alone = decide(request(), Layers(identity=here))
    limiting = decide(request(), Layers(identity=FULL_ACCESS, boundary=here))
    assert not alone.explicit
    assert alone.answer is limiting.answer


@pytest.mark.parametrize("raw", ["{", None, 7, '{"Statement": []', {"Version": "2012-10-17"}])
@pytest.mark.parametrize("grammar", list(Grammar))
def test_an_unreadable_document_is_undetermined_in_every_kind_of_layer(
    raw: object, grammar: Grammar
) -> None:
    here = Layer("here", (parse(raw, name="policy", grammar=grammar),))
    assert decide(request(), Layers(identity=here)).answer is Answer.DEPENDS
    assert decide(request(), Layers(identity=FULL_ACCESS, rcps=(here,))).answer is Answer.DEPENDS


def test_an_element_that_may_name_somebody_is_undetermined() -> None:
    statement = {"Effect": "Allow", "Action": "*", "Principle": {"Service": "ec2.amazonaws.com"}}
    trust = Layer("trust", (parse(document(statement), name="t", grammar=Grammar.TRUST),))
    asked = request({"service": "ec2.amazonaws.com"})
    assert decide(asked, Layers(resource=trust)).answer is Answer.DEPENDS


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("NumericEquals", "many"),
        ("NumericLessThan", "NaN"),
        ("NumericLessThan", "1e999999999"),
        ("DateLessThan", "tomorrow"),
        ("DateLessThan", "99999999999999999999"),
        ("Bool", "yes"),
        ("IpAddress", "10.0.0.0/33"),
        ("IpAddress", "everywhere"),
        ("ArnLike", "role/*"),
        ("ArnNotEquals", "*"),
    ],
)
def test_a_value_that_an_operator_cannot_read_is_undetermined(operator: str, value: str) -> None:
    raw = document(ALLOW | {"Condition": {operator: {"a": value}}})
    policy = parse(raw, name="policy", grammar=Grammar.IDENTITY)
    decision = decide(
        request({"keys": {"a": "arn:aws:iam::1:role/x" if "Arn" in operator else "1"}}),
        Layers(identity=Layer("identity", (policy,))),
    )
    assert [need.place for need in decision.needs if isinstance(need, Malformed)] == [
        f"policy statement 1, Condition.{operator}"
    ]


@pytest.mark.parametrize(
    ("operator", "value"),
    [("NumericEquals", "1"), ("DateLessThan", "2026-01-01"), ("IpAddress", "10.0.0.0/8")],
)
def test_a_request_value_of_the_wrong_kind_is_undetermined(operator: str, value: str) -> None:
    raw = document(ALLOW | {"Condition": {operator: {"a": value}}})
    policy = parse(raw, name="policy", grammar=Grammar.IDENTITY)
    layers = Layers(identity=Layer("identity", (policy,)))
    assert decide(request({"keys": {"a": "text"}}), layers).answer is Answer.DEPENDS


def test_a_document_of_130_kilobytes_is_read() -> None:
    names = [f"ssm:Action{number:05}" for number in range(7000)]
    raw = json.dumps(document(ALLOW | {"Action": [*names, "ssm:UpdateInstanceInformation"]}))
    assert len(raw) > 130_000
    assert judged(raw).is_allowed


@pytest.mark.parametrize("pattern", ["*a" * 60_000 + "b", "?" * 120_000 + "*", "a?*" * 40_000])
def test_hostile_wildcards_are_matched_in_no_time(pattern: str) -> None:
    raw = document(ALLOW | {"Condition": {"StringLike": {"a": pattern}}})
    policy = parse(raw, name="policy", grammar=Grammar.IDENTITY)
    layers = Layers(identity=Layer("identity", (policy,)))
    assert decide(request({"keys": {"a": "a" * 2000}}), layers).is_denied


def test_hostile_variables_are_parsed_in_no_time() -> None:
    raw = document(ALLOW | {"Condition": {"StringLike": {"a": "${b" + " ," * 60_000 + "}${${${"}}})
    policy = parse(raw, name="policy", grammar=Grammar.IDENTITY)
    layers = Layers(identity=Layer("identity", (policy,)))
    assert decide(request({"keys": {"a": "a"}}), layers).answer is Answer.DEPENDS


def test_patterns_that_match_nothing_are_warned_of() -> None:
    raw = document(ALLOW | {"Action": ["ss*:*", "ssm:*"]})
    policy = parse(raw, name="policy", grammar=Grammar.IDENTITY)
    assert policy.warnings == ("policy statement 1: 'ss*:*' matches nothing",)
