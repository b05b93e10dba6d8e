"""What NET-07 tells: the statement, the action, the command; and what a ping says about it."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from policies.control import Context, Gap, Verdict
from policies.judgement import judge
from policies.network import endpoint_policies
from tests.unit.policies.network.scenario import change, node_in, world
from tests.unit.world import NOW

DOCUMENT = ["VpcEndpoints", "vpce-ssm", "PolicyDocument", "Statement"]
ROW = ["InstanceInformationList", "i-client"]
ONLINE = [
    {"put": [*ROW, "PingStatus"], "to": "Online"},
    {"put": [*ROW, "LastPingDateTime"], "to": NOW.isoformat()},
]
NO_HEARTBEAT = {
    "add": {
        "Sid": "NoHeartbeat",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "ssm:UpdateInstanceInformation",
        "Resource": "*",
    },
    "to": DOCUMENT,
}
NO_DOCUMENTS = {
    "put": [*DOCUMENT, "Agent"],
    "to": {
        "Effect": "Allow",
        "Principal": "*",
        "NotAction": ["ssm:GetDocument", "ssm:UpdateInstanceInformation"],
        "Resource": "*",
    },
}
DHMC_ON = {
    "put": ["Answers", "ssm.GetServiceSetting", "ServiceSetting", "SettingValue"],
    "to": "dhmc-role",
}


def evaluated(*changes: dict[str, Any]) -> Verdict:
    node = node_in(change(world("policies"), *changes))
    return endpoint_policies.evaluate(node, Context())


def judged(*changes: dict[str, Any]) -> str:
    node = node_in(change(world("policies"), *changes))
    verdict = judge(endpoint_policies, node, Context())
    return f"{verdict.outcome} {verdict.code}"


def test_a_denial_names_endpoint_statement_action_and_caller() -> None:
    verdict = evaluated(NO_HEARTBEAT)
    (blocker,) = verdict.blockers
    assert blocker.resource == "vpce-ssm"
    assert blocker.detail == (
        "policy of vpce-ssm statement 2 (NoHeartbeat) denies ssm:UpdateInstanceInformation"
    )
    assert "node-role" in verdict.reason
    (quoted,) = (one for one in verdict.evidence if "NoHeartbeat" in one.path)
    assert (quoted.resource, quoted.call) == ("vpce-ssm", "ec2:DescribeVpcEndpoints")
    assert quoted.value["Effect"] == "Deny"


def test_a_deny_is_repaired_in_its_statement_and_not_by_an_allow() -> None:
    verdict = evaluated(NO_HEARTBEAT)
    assert "'policy of vpce-ssm statement 2 (NoHeartbeat)'" in verdict.remediation
    assert "modify-vpc-endpoint" not in verdict.remediation


def test_missing_actions_are_added_to_the_policy_as_it_is() -> None:
    verdict = evaluated(NO_DOCUMENTS)
    words = shlex.split(verdict.remediation)
    assert words[:3] == ["aws", "ec2", "modify-vpc-endpoint"]
    assert words[words.index("--vpc-endpoint-id") + 1] == "vpce-ssm"
    document = json.loads(words[words.index("--policy-document") + 1])
    assert document["Statement"][0] == NO_DOCUMENTS["to"]
    assert document["Statement"][1] == {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["ssm:GetDocument", "ssm:UpdateInstanceInformation"],
        "Resource": "*",
    }


def test_the_repaired_policy_passes() -> None:
    """The command's own document, put in the place of the broken one."""
    words = shlex.split(evaluated(NO_DOCUMENTS).remediation)
    repaired = json.loads(words[words.index("--policy-document") + 1])
    mended = {"put": DOCUMENT[:-1], "to": repaired}
    assert evaluated(NO_DOCUMENTS, mended).code == "ENDPOINT_POLICY_ALLOWS"


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("D9: the ping proves the heartbeat", [NO_HEARTBEAT, *ONLINE], "warn CONTRADICTED"),
        ("without a ping it stands", [NO_HEARTBEAT], "fail ENDPOINT_POLICY_DENIES"),
        (
            "D9: and no other action",
            [NO_DOCUMENTS, *ONLINE],
            "fail ENDPOINT_POLICY_DENIES",
        ),
        (
            "D9: nor other services",
            [
                {"put": ["VpcEndpoints", "vpce-msg", "PolicyDocument"], "to": {"Statement": []}},
                *ONLINE,
            ],
            "fail ENDPOINT_POLICY_DENIES",
        ),
        (
            "D10: another source of credentials may explain the ping",
            [NO_HEARTBEAT, DHMC_ON, *ONLINE],
            "fail ENDPOINT_POLICY_DENIES",
        ),
    ],
)
def test_a_ping_contradicts_what_it_entails(
    rule: str, changes: list[dict[str, Any]], expected: str
) -> None:
    assert judged(*changes) == expected, rule


def test_an_open_condition_names_its_key() -> None:
    condition = {"StringEquals": {"aws:ResourceTag/team": "ssm"}}
    verdict = evaluated({"put": [*DOCUMENT, "Agent", "Condition"], "to": condition})
    assert [(one.gap, one.what) for one in verdict.missing] == [
        (Gap.UNDECIDABLE, "aws:ResourceTag/team")
    ]


def test_a_document_without_sense_names_the_endpoint() -> None:
    verdict = evaluated({"put": DOCUMENT[:-1], "to": "{nonsense"})
    (missing,) = verdict.missing
    assert missing.gap is Gap.UNREAD
    assert "policy of vpce-ssm" in missing.what
