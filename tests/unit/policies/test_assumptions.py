"""``assume:`` (design 4) answers what only the thing vouched for left open, and says so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.assumptions import assumed, declared_proxy
from policies.control import Context, Outcome, Verdict, passed, undecidable
from policies.iam import command_channel, heartbeat, trust_policy
from policies.judgement import judge
from policies.parameters import Assumption, Parameters, Proxy, Topic
from tests.unit.policies.iam_world import (
    DHMC_VALUE,
    MEMBER,
    ROLE_ARN,
    managed,
    node,
    permissions,
    trust,
)
from tests.unit.world import ACCOUNT

WORD = Assumption("scp: allow", "platform@example.com", "SCPs deny Regions only")
ELSEWHERE = Assumption("scp: allow", "platform@example.com", "read it", ("000000000000",))
HERE = Assumption("scp: allow", "security@example.com", "read it", (ACCOUNT,))
BOUNDARY_ARN = ROLE_ARN.replace("role/fleet/node-role", "policy/boundary")
SILENT = {"agent": None}
IN_ORGANIZATION = {"organization": MEMBER} | SILENT
BOUNDED = {"PermissionsBoundary": {"PermissionsBoundaryArn": BOUNDARY_ARN}}
NO_POLICY: dict[str, Any] = {"AttachedManagedPolicies": []}
LAMBDA_TRUST = {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}
#: DHMC may stand in: its agent is known, what its role may do depends on the SCPs.
STAND_IN = {"organization": MEMBER, "dhmc": DHMC_VALUE, "role": LAMBDA_TRUST}


def judged(
    control: Any = heartbeat, words: tuple[Assumption, ...] = (WORD,), **changes: Any
) -> Verdict:
    return judge(control, node(**changes), Context(Parameters(scp_allow=words)))


def told(verdict: Verdict) -> str:
    return f"{verdict.outcome} {verdict.code}"


@pytest.mark.parametrize(
    ("rule", "control", "words", "changes", "expected"),
    [
        ("design 4: vouched for", heartbeat, (WORD,), IN_ORGANIZATION, "pass ASSUMED"),
        ("iam.md 3: nobody vouches", heartbeat, (), IN_ORGANIZATION, "unknown UNREAD"),
        ("design 4: another account", heartbeat, (ELSEWHERE,), IN_ORGANIZATION, "unknown UNREAD"),
        ("design 4: this account", heartbeat, (HERE,), IN_ORGANIZATION, "pass ASSUMED"),
        ("design 4: other actions too", command_channel, (WORD,), IN_ORGANIZATION, "pass ASSUMED"),
        ("E9: RCPs around the trust", trust_policy, (WORD,), IN_ORGANIZATION, "pass ASSUMED"),
        (
            "DescribeOrganization refused",
            heartbeat,
            (WORD,),
            {"denied": {"organizations.DescribeOrganization": "AccessDenied"}} | SILENT,
            "pass ASSUMED",
        ),
        (
            "a boundary that nobody read stays open",
            heartbeat,
            (WORD,),
            {"role": BOUNDED} | IN_ORGANIZATION,
            "unknown CHANGED_DURING_COLLECTION",
        ),
        (
            "a boundary that allows",
            heartbeat,
            (WORD,),
            {"role": BOUNDED, "policies": [managed(BOUNDARY_ARN, permissions("*"))]}
            | IN_ORGANIZATION,
            "pass ASSUMED",
        ),
        ("E2: in no organization", heartbeat, (WORD,), SILENT, "pass HEARTBEAT_ALLOWED"),
        (
            "E5: the management account",
            heartbeat,
            (WORD,),
            {"organization": MEMBER | {"MasterAccountId": ACCOUNT}} | SILENT,
            "pass HEARTBEAT_ALLOWED",
        ),
        (
            "a definite block outweighs unknowns",
            heartbeat,
            (WORD,),
            {"role": NO_POLICY} | IN_ORGANIZATION,
            "fail HEARTBEAT_NOT_ALLOWED",
        ),
        ("D2: may stand in", trust_policy, (), STAND_IN, "unknown UNREAD"),
        ("D2: stands in, assumed", trust_policy, (WORD,), STAND_IN, "warn DHMC_STANDS_IN"),
    ],
)
def test_only_what_the_organization_left_open_is_answered(
    rule: str, control: Any, words: tuple[Assumption, ...], changes: dict[str, Any], expected: str
) -> None:
    assert told(judged(control, words, **changes)) == expected, rule


def test_the_answer_quotes_owner_reason_and_what_was_computed() -> None:
    verdict = judged(**IN_ORGANIZATION)
    assert verdict.assumptions == (WORD,)
    by_path = {one.path: one for one in verdict.evidence}
    assert by_path["assume"].value == {
        "setting": "scp: allow",
        "owner": "platform@example.com",
        "reason": "SCPs deny Regions only",
    }
    assert (by_path["assume"].resource, by_path["assume"].call) == (ACCOUNT, "parameters.yaml")
    assert "organizations:DescribePolicy" in by_path["computed"].value
    assert "assuming" in verdict.reason


def test_any_answer_that_rests_on_it_is_marked_not_only_a_pass() -> None:
    assert judged(trust_policy, **STAND_IN).assumptions == (WORD,)


def test_the_first_that_covers_the_account_counts() -> None:
    assert judged(words=(ELSEWHERE, HERE, WORD), **IN_ORGANIZATION).assumptions == (HERE,)


def test_a_verdict_that_stays_unknown_still_names_everything() -> None:
    verdict = judged(**({"role": BOUNDED} | IN_ORGANIZATION))
    told_missing = " ".join(one.what for one in verdict.missing)
    assert "organizations:DescribePolicy" in told_missing
    assert BOUNDARY_ARN in told_missing
    assert verdict.assumptions == ()


def test_what_is_seen_outweighs_what_is_said() -> None:
    """D10 before design 4: the node's own ping answers, and nothing is assumed."""
    verdict = judged(organization=MEMBER)
    assert told(verdict) == "pass OBSERVED"
    assert verdict.assumptions == ()


@pytest.mark.parametrize(
    ("rule", "opens", "cited"),
    [
        ("one is enough, and the first of those", {"A"}, "A"),
        ("another one alone", {"C"}, "C"),
        ("all together, without the one that is not needed", {"A", "C"}, "AC"),
        ("all of them", {"A", "B", "C"}, "ABC"),
        ("none helps", {"D"}, ""),
    ],
)
def test_exactly_the_words_that_are_needed_are_cited(
    rule: str, opens: set[str], cited: str
) -> None:
    """Design 4: whose word an answer rests on is counted, and no other's."""
    words = tuple(
        Assumption(f"egress: {name}", name, "ours", topic=Topic.EGRESS, names=(name,))
        for name in "ABC"
    )

    def again(context: Context) -> Verdict:
        vouched = {name for word in context.words for name in word.names}
        if opens <= vouched:
            return passed("REACHABLE", "it is open")
        return undecidable("CLOSED", "it is not known", settled_by="a word")

    context = Context(Parameters(assumed_egress=words))
    verdict = assumed(again(context), node(), context, again)
    assert "".join(word.owner for word in verdict.assumptions) == cited, rule
    assert (verdict.outcome is Outcome.PASS) == bool(cited)
    told_evidence = [one.value["setting"] for one in verdict.evidence if one.path == "assume"]
    assert told_evidence == [f"egress: {name}" for name in cited]


def test_a_proxy_that_is_the_node_itself_does_not_serve_it() -> None:
    """H8: the machine that is the proxy goes its own way."""
    own = {"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.5", "Primary": True}]}
    machine = node(instance={"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"} | own]})
    other = node()
    parameters = Parameters(proxies=(Proxy("10.0.0.5", 3128, "net-team", "ours"),))
    assert declared_proxy(machine, parameters) is None
    assert declared_proxy(other, parameters) == parameters.proxies[0]


@given(
    role=st.sampled_from([{}, NO_POLICY, BOUNDED, LAMBDA_TRUST]),
    organization=st.sampled_from([None, MEMBER, MEMBER | {"MasterAccountId": ACCOUNT}]),
    dhmc=st.sampled_from(["$None", DHMC_VALUE]),
    agent=st.sampled_from([None, "3.3.4851.0", "3.1.0.0"]),
    control=st.sampled_from([heartbeat, command_channel, trust_policy]),
)
def test_an_assumption_only_ever_answers_unknowns(control: Any, **changes: Any) -> None:
    plain, with_word = judged(control, (), **changes), judged(control, (WORD,), **changes)
    if plain.outcome is Outcome.UNKNOWN:
        assert with_word == plain or with_word.assumptions == (WORD,)
    else:
        assert with_word == plain
