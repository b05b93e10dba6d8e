"""IAM-03 by the spec: D2, D7, R-1.6, R-1.10, T-23, T-33, iam.md 2 (Principals) and 3."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from policies.control import Context, Gap, Outcome, Verdict
from policies.iam import trust_policy
from policies.iam.evaluation import Grammar, Layer, Layers, Request, Service, decide, parse
from policies.iam.evaluation.keys import ConditionKeys
from tests.unit.policies.iam_world import (
    DHMC_VALUE,
    PROFILE,
    ROLE_ARN,
    ROLE_NAME,
    node,
    permissions,
    trust,
)
from tests.unit.policies.nodes import ID
from tests.unit.world import ACCOUNT

EC2 = "ec2.amazonaws.com"
CN = "ec2.amazonaws.com.cn"
LAMBDA = "lambda.amazonaws.com"
NO_HEARTBEAT = {"AttachedManagedPolicies": []}


def verdict(**changes: Any) -> Verdict:
    return trust_policy.evaluate(node(**changes), Context())


def told(**changes: Any) -> str:
    found = verdict(**changes)
    return f"{found.outcome} {found.code}"


def trusting(document: Any, **members: Any) -> dict[str, Any]:
    return {"AssumeRolePolicyDocument": document} | members


def with_deny(*services: str, **elements: Any) -> dict[str, Any]:
    """A trust for EC2 with a Deny for these services."""
    deny = trust(*services, Effect="Deny", **elements)["Statement"]
    return {"Version": "2012-10-17", "Statement": [*trust(EC2)["Statement"], *deny]}


@pytest.mark.parametrize(
    ("rule", "document", "expected"),
    [
        ("R-1.6 EC2", trust(EC2), "pass TRUSTS_EC2"),
        ("T-33 list of services", trust(LAMBDA, EC2), "pass TRUSTS_EC2"),
        (
            "T-33 several statements",
            {"Statement": trust(LAMBDA)["Statement"] + trust(EC2)["Statement"]},
            "pass TRUSTS_EC2",
        ),
        ("T-33 one statement", {"Statement": trust(EC2)["Statement"][0]}, "pass TRUSTS_EC2"),
        ("T-38 text", json.dumps(trust(EC2)), "pass TRUSTS_EC2"),
        ("T-34 wildcard action", trust(EC2, Action="STS:Assume*"), "pass TRUSTS_EC2"),
        ("E9 a Deny that does not concern EC2", with_deny(LAMBDA), "pass TRUSTS_EC2"),
        ("R-1.6 another service", trust(LAMBDA), "fail TRUST_MISSING_EC2"),
        (
            "R-1.6 an account",
            trust(EC2, Principal={"AWS": ACCOUNT}),
            "fail TRUST_MISSING_EC2",
        ),
        ("R-1.6 another action", trust(EC2, Action="sts:TagSession"), "fail TRUST_MISSING_EC2"),
        ("iam.md 2 star as Service", trust("*"), "fail TRUST_MISSING_EC2"),
        ("R-1.10 .cn outside China", trust(CN), "fail TRUST_MISSING_EC2"),
        ("E1 Deny of EC2", with_deny(EC2), "fail TRUST_DENIES_EC2"),
        (
            "iam.md 3 external id is absent",
            trust(EC2, Condition={"StringEquals": {"sts:ExternalId": "x"}}),
            "fail TRUST_MISSING_EC2",
        ),
        (
            "iam.md 3 source account is unknown",
            trust(EC2, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
            "unknown TRUST_DEPENDS",
        ),
        (
            "iam.md 3 an unknown Deny",
            with_deny(EC2, Condition={"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}),
            "unknown TRUST_DEPENDS",
        ),
        ("iam.md 2 anyone", trust(EC2, Principal="*"), "unknown TRUST_OPEN_TO_ANYONE"),
        (
            "iam.md 2 anyone as AWS",
            trust(EC2, Principal={"AWS": "*"}),
            "unknown TRUST_OPEN_TO_ANYONE",
        ),
        (
            "iam.md 2 anyone under a condition is not open to anyone",
            trust(EC2, Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            "unknown TRUST_DEPENDS",
        ),
        ("malformed", "{", "unknown TRUST_DEPENDS"),
        ("not read", None, "unknown UNREAD"),
    ],
)
def test_the_trust_policy(rule: str, document: Any, expected: str) -> None:
    assert told(role=trusting(document)) == expected, rule


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("IAM-01 judges", {"attached": False}, "not_applicable NO_PROFILE"),
        ("T-23 no role", {"profile": {"Roles": []}}, "not_applicable NO_ROLE"),
        ("T-23 role deleted", {"roles": []}, "not_applicable NO_ROLE"),
        (
            "profile vanished",
            {"profile": {"Arn": PROFILE["Arn"] + "2"}},
            "unknown CHANGED_DURING_COLLECTION",
        ),
        (
            "R-1.7 profile name is not the role name",
            {"profile": {"InstanceProfileName": ROLE_NAME, "Roles": []}},
            "not_applicable NO_ROLE",
        ),
        ("two roles", {"profile": {"Roles": PROFILE["Roles"] * 2}}, "unknown PROFILE_UNDECIDED"),
        (
            "profiles refused",
            {"denied": {"iam.ListInstanceProfiles": "AccessDenied"}},
            "unknown UNREAD",
        ),
        (
            "roles refused",
            {"denied": {"iam.GetAccountAuthorizationDetails": "AccessDenied"}},
            "unknown UNREAD",
        ),
        (
            "E7 RCPs of a member account",
            {"organization": {"Id": "o-1", "MasterAccountId": "999988887777"}},
            "unknown UNREAD",
        ),
        (
            "E5 RCPs spare the management account",
            {"organization": {"Id": "o-1", "MasterAccountId": ACCOUNT}},
            "pass TRUSTS_EC2",
        ),
        (
            "unread RCPs never turn a missing trust",
            {
                "organization": {"Id": "o-1", "MasterAccountId": "999988887777"},
                "role": trusting(trust(LAMBDA)),
            },
            "fail TRUST_MISSING_EC2",
        ),
    ],
)
def test_the_chain_to_the_role(rule: str, changes: dict[str, Any], expected: str) -> None:
    assert told(**changes) == expected, rule


BROKEN = trusting(trust(LAMBDA))


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("D2 DHMC serves", {}, "warn DHMC_STANDS_IN"),
        ("D2 DHMC off", {"dhmc": "$None"}, "fail TRUST_MISSING_EC2"),
        ("D1 broken trust, agent 3.2.815.0", {"agent": "3.2.815.0"}, "warn DHMC_STANDS_IN"),
        ("D1 broken trust, agent before", {"agent": "3.2.814.9"}, "fail TRUST_MISSING_EC2"),
        ("D1 agent unknown", {"agent": None}, "unknown DHMC_MAY_STAND_IN"),
        (
            "R-2.8 IMDS disabled",
            {"instance": {"MetadataOptions": {"HttpEndpoint": "disabled"}}},
            "fail TRUST_MISSING_EC2",
        ),
        (
            "R-2.8 IMDS not recorded",
            {"instance": {"MetadataOptions": None}},
            "unknown DHMC_MAY_STAND_IN",
        ),
        (
            "R-2.9 DHMC role trusts EC2",
            {"dhmc_role": trusting(trust(EC2))},
            "fail TRUST_MISSING_EC2",
        ),
        (
            "R-2.9 DHMC role without the heartbeat",
            {"dhmc_role": {"RolePolicyList": []}},
            "fail TRUST_MISSING_EC2",
        ),
        ("D4 DHMC role missing", {"dhmc": "Nobody"}, "fail TRUST_MISSING_EC2"),
        ("DHMC not read", {"denied": {"ssm.GetServiceSetting": "AccessDenied"}}, "unknown UNREAD"),
        ("R-2.4 no such setting", {"absent": ("ssm.GetServiceSetting",)}, "fail TRUST_MISSING_EC2"),
    ],
)
def test_a_broken_trust_under_dhmc(rule: str, changes: dict[str, Any], expected: str) -> None:
    assert told(**({"role": BROKEN, "dhmc": DHMC_VALUE} | changes)) == expected, rule


def test_a_trust_that_is_fine_under_dhmc_is_not_its_concern() -> None:
    """Design 5: IAM-03 judges a node whose credential source is the profile."""
    assert told(role=NO_HEARTBEAT, dhmc=DHMC_VALUE) == "not_applicable SOURCE_IS_DHMC"
    assert told(role=NO_HEARTBEAT) == "pass TRUSTS_EC2"
    assert told(dhmc=DHMC_VALUE) == "pass TRUSTS_EC2"


CHINA = "cn-north-1"


@pytest.mark.parametrize(
    ("rule", "region", "services", "changes", "expected"),
    [
        ("D7 .cn", CHINA, (CN,), {}, "pass TRUSTS_EC2"),
        ("D7 both", CHINA, (EC2, CN), {}, "pass TRUSTS_EC2"),
        (
            "D7 plain, nobody registered",
            CHINA,
            (EC2,),
            {"agent": None},
            "unknown CN_PRINCIPAL_FORM",
        ),
        ("D7 plain, a registered node", CHINA, (EC2,), {}, "warn CN_PRINCIPAL_FORM"),
        (
            "D10 plain, DHMC may explain it",
            CHINA,
            (EC2,),
            {"dhmc": DHMC_VALUE},
            "unknown CN_PRINCIPAL_FORM",
        ),
        ("D7 neither", CHINA, (LAMBDA,), {}, "fail TRUST_MISSING_EC2"),
        ("iam.md 2 GovCloud", "us-gov-west-1", (EC2,), {}, "pass TRUSTS_EC2"),
        ("iam.md 2 GovCloud .cn", "us-gov-west-1", (CN,), {}, "fail TRUST_MISSING_EC2"),
        ("iam.md 2 ISO", "us-iso-east-1", (EC2,), {}, "pass TRUSTS_EC2"),
        (
            "iam.md 2 older ISO name",
            "us-iso-east-1",
            ("ec2.c2s.ic.gov",),
            {"agent": None},
            "unknown PARTITION_PRINCIPAL_FORM",
        ),
        (
            "iam.md 2 older ISO-B name",
            "us-isob-east-1",
            ("ec2.sc2s.sgov.gov",),
            {},
            "warn PARTITION_PRINCIPAL_FORM",
        ),
        (
            "iam.md 2 ISO name of another partition",
            "us-isob-east-1",
            ("ec2.c2s.ic.gov",),
            {},
            "fail TRUST_MISSING_EC2",
        ),
    ],
)
def test_ec2s_name_in_each_partition(
    rule: str, region: str, services: tuple[str, ...], changes: dict[str, Any], expected: str
) -> None:
    found = told(role=trusting(trust(*services)), region=region, **changes)
    assert found == expected, rule


def test_a_doubtful_name_is_told_by_its_witness() -> None:
    found = verdict(role=trusting(trust(EC2)), region=CHINA)
    assert f"{ID} is registered with it" in found.reason
    assert found.evidence[-1].call == "ssm:DescribeInstanceInformation"


def test_a_pass_quotes_the_statement_that_decides() -> None:
    (evidence,) = verdict(role=trusting(with_deny(LAMBDA))).evidence
    assert (evidence.resource, evidence.path) == (
        ROLE_NAME,
        "AssumeRolePolicyDocument.Statement[0]",
    )
    assert evidence.value == trust(EC2)["Statement"][0]
    assert evidence.call == "iam:GetAccountAuthorizationDetails"


def test_a_failure_names_the_role_and_the_call_that_is_missing_is_named() -> None:
    (blocker,) = verdict(role=BROKEN).blockers
    assert blocker.resource == ROLE_ARN
    (missing,) = verdict(role=trusting(None)).missing
    assert missing.gap is Gap.UNREAD
    assert missing.what.startswith("iam:GetAccountAuthorizationDetails")
    (undecidable,) = verdict(role=trusting(trust(EC2, Principal="*"))).missing
    assert (undecidable.gap, undecidable.what) == (Gap.UNDECIDABLE, "principal:*")


def command(found: Verdict) -> list[str]:
    return shlex.split(found.remediation[found.remediation.index("aws iam") :])


@pytest.mark.parametrize(
    ("document", "statements"),
    [
        (trust(LAMBDA), 2),
        (with_deny(EC2), 1),
        ({"Statement": trust(LAMBDA)["Statement"][0]}, 2),
        (trust(LAMBDA, Sid="it's $(here)"), 2),
    ],
)
def test_the_repair_is_a_command_that_lets_ec2_in(document: Any, statements: int) -> None:
    found = verdict(role=trusting(document))
    assert found.outcome is Outcome.FAIL
    words = command(found)
    assert words[:4] == ["aws", "iam", "update-assume-role-policy", "--role-name"]
    assert (words[4], words[5]) == (ROLE_NAME, "--policy-document")
    repaired = json.loads(words[6])
    assert len(repaired["Statement"]) == statements
    policy = parse(repaired, name="repaired", grammar=Grammar.TRUST)
    request = Request("sts:AssumeRole", (ROLE_ARN,), Service(EC2), ConditionKeys.of({}))
    assert decide(request, Layers(resource=Layer("trust", (policy,)))).is_allowed


def test_a_hostile_role_name_stays_one_word() -> None:
    name = "node; rm -rf ~ '$(id)'"
    role = trusting(trust(LAMBDA)) | {"RoleName": name}
    found = verdict(role=role, profile={"Roles": [{"RoleName": name}]})
    assert command(found)[4] == name


def test_the_repair_in_china_names_ec2_as_china_does() -> None:
    found = verdict(role=BROKEN, region=CHINA)
    (_, added) = json.loads(command(found)[6])["Statement"]
    assert added["Principal"] == {"Service": CN}


def test_permissions_play_no_part() -> None:
    """E9: identity policies do not grant to a service."""
    everything = [{"PolicyName": "all", "PolicyDocument": permissions("*")}]
    assert told(role=BROKEN | {"RolePolicyList": everything}) == "fail TRUST_MISSING_EC2"
