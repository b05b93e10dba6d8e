"""What a decision tells beside its answer: the layer, the statements, and why they matched."""

from __future__ import annotations

from policies.iam.evaluation import Answer, Layers, Open, agreed, either, strictest
from policies.iam.evaluation.decision import decide
from tests.unit.policies.iam.asking import FULL_ACCESS, answer, document, layer, request

ALLOW = {"Effect": "Allow", "Action": "ssm:Update*", "Resource": "*"}
DENY = {"Sid": "Stop", "Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}
POINT = Open("request:resource")

ALLOWED = answer({"allow": {"Action": "*"}})
DENIED = answer({"allow": {"Action": "s3:*"}})
EXPLICIT = answer({"deny": {"Action": "*"}})
DEPENDS = answer({"allow": {"StringEquals": {"k": "v"}}})


def test_an_allow_names_one_statement_of_each_layer() -> None:
    layers = Layers(
        identity=layer("identity", document(ALLOW)), boundary=layer("boundary", document(ALLOW))
    )
    decision = decide(request(), layers)
    assert [(match.layer, match.statement.label) for match in decision.deciding] == [
        ("identity", "identity 1 statement 1"),
        ("boundary", "boundary 1 statement 1"),
    ]
    assert decision.deciding[0].why.startswith("Action 'ssm:Update*', resource arn:aws:ec2:")


def test_an_explicit_denial_names_layer_statement_and_reason() -> None:
    layers = Layers(identity=FULL_ACCESS, scps=(layer("scp", document(ALLOW, DENY)),))
    decision = decide(request(), layers)
    assert decision.layer == "scp"
    (match,) = decision.deciding
    assert match.statement.label == "scp 1 statement 2 (Stop)"
    assert match.why.startswith("ssm:UpdateInstanceInformation is not in NotAction")


def test_an_implicit_denial_names_the_layer_that_does_not_allow() -> None:
    layers = Layers(identity=FULL_ACCESS, boundary=layer("boundary", document()))
    decision = decide(request(), layers)
    assert (decision.explicit, decision.layer, decision.deciding) == (False, "boundary", ())


def test_the_reason_quotes_the_conditions() -> None:
    scenario = {
        "allow": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}},
        "ask": {"keys": {"aws:CurrentTime": "2026-11-01T12:00:00Z"}},
    }
    (match,) = answer(scenario).deciding
    assert match.why.endswith("if DateLessThan aws:CurrentTime 2027-01-01T00:00:00Z")


def test_what_depends_names_the_statements_that_could_turn_it() -> None:
    (match,) = DEPENDS.deciding
    assert match.statement.label == "identity 1 statement 1"
    assert [str(need) for need in DEPENDS.needs] == ["k"]


def test_strictest_all_have_to_be_allowed() -> None:
    assert strictest([ALLOWED, ALLOWED]).is_allowed
    assert strictest([ALLOWED, DEPENDS]).answer is Answer.DEPENDS
    assert strictest([DEPENDS, DENIED]).is_denied
    assert strictest([DENIED, EXPLICIT]).explicit


def test_either_one_is_enough() -> None:
    assert either(DENIED, ALLOWED).is_allowed
    assert either(DEPENDS, ALLOWED).is_allowed
    assert either(DENIED, DEPENDS).answer is Answer.DEPENDS
    assert either(DENIED, DENIED).is_denied
    assert either(DENIED, EXPLICIT).explicit


def test_agreed_only_where_all_say_the_same() -> None:
    """iam.md 4: the listed and the observed resource of ssmmessages differ."""
    assert agreed([ALLOWED, ALLOWED], POINT).is_allowed
    assert agreed([DENIED, EXPLICIT], POINT).is_denied
    assert agreed([ALLOWED, DENIED], POINT).needs == (POINT,)
    assert [str(need) for need in agreed([ALLOWED, DEPENDS], POINT).needs] == [
        "k",
        "request:resource",
    ]
