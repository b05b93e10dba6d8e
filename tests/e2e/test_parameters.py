"""parameters.yaml as a user meets it: an assumption answers and is told; a wrong file is a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.roll_call import RollCall, roll_call
from tests.unit.policies.iam_world import MEMBER, PROFILE, PROFILE_ARN, ROLE
from tests.unit.policies.nodes import INSTANCE
from tests.unit.world import ACCOUNT, REGION

ASSUME = "assume: [{scp: allow, owner: platform-team, reason: SCPs deny Regions only}]\n"
ANSWERS = {
    (REGION, "ec2.DescribeInstances"): {
        "Reservations": [{"Instances": [INSTANCE | {"IamInstanceProfile": {"Arn": PROFILE_ARN}}]}]
    },
    ("global", "iam.ListInstanceProfiles"): {"InstanceProfiles": [PROFILE]},
    ("global", "iam.GetAccountAuthorizationDetails"): {"RoleDetailList": [ROLE], "Policies": []},
    ("global", "organizations.DescribeOrganization"): {"Organization": MEMBER},
}


@pytest.fixture(scope="module")
def member_account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of an account inside an organization whose policies it may not read."""
    folder = tmp_path_factory.mktemp("member")
    for (region, operation), answer in ANSWERS.items():
        path = folder / ACCOUNT / region / f"{operation}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(answer), encoding="utf-8")
    return folder


def called(member_account: Path, tmp_path: Path, parameters: str) -> RollCall:
    """The roll call of IAM-03 with that parameters.yaml; RCPs around the trust are unread."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "parameters.yaml").write_text(parameters, encoding="utf-8")
    return roll_call(
        tmp_path / "runs",
        *("--snapshot", str(member_account), "-k", "IAM-03", "--config-dir", str(config)),
    )


def test_an_assumption_answers_and_every_report_says_so(
    member_account: Path, tmp_path: Path
) -> None:
    run = called(member_account, tmp_path, ASSUME)
    assert (run.status, list(run.verdicts.values())) == (0, ["pass ASSUMED"])
    (word,) = run.findings["run"]["assumed"]
    assert (word["owner"], word["reason"]) == ("platform-team", "SCPs deny Regions only")
    assert run.folder is not None
    told = "1 finding rests on an assumption"
    for text in (
        run.output,
        (run.folder / "summary.md").read_text(encoding="utf-8"),
        (run.folder / "report.html").read_text(encoding="utf-8"),
    ):
        assert told in text


def test_without_it_the_call_that_would_settle_it_is_named(
    member_account: Path, tmp_path: Path
) -> None:
    run = called(member_account, tmp_path, "")
    assert (run.status, list(run.verdicts.values())) == (7, ["unknown UNREAD"])
    assert "organizations:DescribePolicy" in run.output
    assert run.findings["run"]["assumed"] == []


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        (
            "assume: [{scp: allow, reason: because}]\n",
            "assume[1].owner: is missing, expected text",
        ),
        (
            "proxies: [{address: squid, port: 3128, owner: me, reason: ours}]\n",
            "proxies[1].address: found 'squid', expected an IP address",
        ),
        ("network: {hosts: ipv6}\n", "hosts: found 'ipv6', allowed: default, fips, dual_stack"),
    ],
)
def test_a_wrong_file_is_told_in_a_line_and_nothing_is_judged(
    member_account: Path, tmp_path: Path, parameters: str, told: str
) -> None:
    run = called(member_account, tmp_path, parameters)
    assert (run.status, run.folder) == (4, None)
    assert "parameters.yaml: " in run.output
    assert told in run.output
    assert "Traceback" not in run.output
