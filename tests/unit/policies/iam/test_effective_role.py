"""IAM-05 to IAM-07 judge the effective identity (D1, D2): while DHMC may be it, nothing fails."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context, ControlModule, Outcome
from policies.iam import command_channel, core_actions, look_alikes
from tests.unit.policies.iam_world import DHMC_VALUE, inline, node, permissions

LOOK_ALIKE = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess"
READS_ONLY = inline(permissions("s3:*")) | {
    "AttachedManagedPolicies": [{"PolicyArn": LOOK_ALIKE, "PolicyName": "AmazonSSMReadOnlyAccess"}]
}
READ_ONLY_POLICY = {
    "Arn": LOOK_ALIKE,
    "PolicyName": "AmazonSSMReadOnlyAccess",
    "DefaultVersionId": "v1",
    "PolicyVersionList": [
        {
            "VersionId": "v1",
            "IsDefaultVersion": True,
            "Document": permissions("ssm:Describe*", "ssm:Get*", "ssm:List*"),
        }
    ],
}


@pytest.mark.parametrize("control", [command_channel, core_actions, look_alikes])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"dhmc": DHMC_VALUE, "agent": None},
            (Outcome.UNKNOWN, "DHMC_MAY_STAND_IN"),
            id="T-28-dhmc-on-version-unknown",
        ),
        pytest.param(
            {"dhmc": DHMC_VALUE, "agent": "3.3.4851.0"},
            (Outcome.NOT_APPLICABLE, "SOURCE_IS_DHMC"),
            id="T-25-dhmc-serves",
        ),
        pytest.param(
            {"dhmc": DHMC_VALUE, "agent": "3.2.500.0"}, (Outcome.FAIL, ""), id="D1-agent-too-old"
        ),
        pytest.param({"agent": None}, (Outcome.FAIL, ""), id="dhmc-off"),
    ],
)
def test_a_lack_of_the_profile_fails_only_where_the_profile_must_serve(
    control: ControlModule, changes: dict[str, Any], expected: tuple[Outcome, str]
) -> None:
    one = node(role=READS_ONLY, policies=[READ_ONLY_POLICY], **changes)
    verdict = control.evaluate(one, Context())
    outcome, code = expected
    if control is core_actions and outcome is Outcome.FAIL:
        # Documents may be read with this policy: what it lacks of Core are features.
        outcome = Outcome.WARN
    assert verdict.outcome is outcome
    assert verdict.code == (code or verdict.code)
