"""The witness (D11): an Online node settles unread SCPs for the heartbeat of roles like its own."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from inventory.facts import DHMC_SETTING, Node
from inventory.facts.coverage import Coverage, Status
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot
from policies.control import Context, Verdict
from policies.iam import command_channel, heartbeat, trust_policy
from policies.judgement import judge
from policies.parameters import Assumption, Parameters
from tests.unit.policies.iam_world import (
    CORE_ACTIONS,
    CORE_ARN,
    DHMC_ROLE,
    DHMC_VALUE,
    MEMBER,
    PROFILE,
    PROFILE_ARN,
    ROLE,
    managed,
    permissions,
    trust,
)
from tests.unit.policies.nodes import ID, INSTANCE, MANAGED, ago
from tests.unit.world import ACCOUNT, NOW, REGION

WITNESS = "i-0aaaaaaaaaaaaaaa1"
LATER_WITNESS = "i-0aaaaaaaaaaaaaaa2"
OTHER_PROFILE_ARN = f"{PROFILE_ARN}-2"
OTHER_ROLE = ROLE | {
    "RoleName": "other-role",
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/fleet/other-role",
    "RoleId": "AROAOTHER",
}
CONDITION = {"StringEquals": {"aws:ResourceTag/a": "b"}}


@dataclasses.dataclass(frozen=True)
class World:
    """A silent node, an Online one whose role looks the same, and what may differ between them."""

    witness_role: dict[str, Any] = dataclasses.field(default_factory=dict)
    witness_row: dict[str, Any] = dataclasses.field(default_factory=dict)
    both_roles: dict[str, Any] = dataclasses.field(default_factory=dict)
    witness_has_profile: bool = True
    witness_region: str = REGION
    dhmc: str = "$None"
    organization: dict[str, Any] | None = dataclasses.field(default_factory=lambda: MEMBER)
    attached_at: str | None = ago(days=1)
    association_state: str = "associated"
    associations_read: bool = True
    further: tuple[str, ...] = ()
    words: tuple[Assumption, ...] = ()

    def silent_node(self) -> Node:
        fleet = load_fleet(Snapshot(self._answers(), as_of=NOW, coverage=self._coverage()))
        return next(one for one in fleet.nodes if one.id == ID)

    def _answers(self) -> dict[tuple[str, str, str], Any]:
        answers = {(ACCOUNT, "global", name): one for name, one in self._account_wide().items()}
        silent = INSTANCE | {"IamInstanceProfile": {"Arn": PROFILE_ARN}}
        for region in {REGION, self.witness_region}:
            instances = [silent] if region == REGION else []
            instances += self._online() if region == self.witness_region else []
            answers |= {
                (ACCOUNT, region, name): one for name, one in self._regional(instances).items()
            }
        return answers

    def _online(self) -> list[dict[str, Any]]:
        profile = {"IamInstanceProfile": {"Arn": OTHER_PROFILE_ARN}}
        return [
            INSTANCE | {"InstanceId": one} | (profile if self.witness_has_profile else {})
            for one in (*self.further, WITNESS)
        ]

    def _regional(self, instances: list[dict[str, Any]]) -> dict[str, Any]:
        rows = [
            MANAGED | {"InstanceId": one["InstanceId"]} | self.witness_row
            for one in instances
            if one["InstanceId"] != ID
        ]
        answers: dict[str, Any] = {
            "ec2.DescribeInstances": {"Reservations": [{"Instances": instances}]},
            "ec2.DescribeVpcEndpoints": {"VpcEndpoints": []},
            "ssm.DescribeInstanceInformation": {"InstanceInformationList": rows},
            "ssm.GetServiceSetting": {
                "ServiceSetting": {"SettingId": DHMC_SETTING, "SettingValue": self.dhmc}
            },
        }
        if self.associations_read:
            answers["ec2.DescribeIamInstanceProfileAssociations"] = {
                "IamInstanceProfileAssociations": [
                    {
                        "AssociationId": f"iip-assoc-{one}",
                        "InstanceId": one,
                        "State": self.association_state,
                        "Timestamp": self.attached_at,
                    }
                    for one in (*self.further, WITNESS)
                ]
            }
        return answers

    def _account_wide(self) -> dict[str, Any]:
        roles = [ROLE | self.both_roles, OTHER_ROLE | self.both_roles | self.witness_role]
        other_profile = {
            "InstanceProfileName": "profile-2",
            "Arn": OTHER_PROFILE_ARN,
            "Roles": [{"RoleName": "other-role"}],
        }
        answers: dict[str, Any] = {
            "iam.ListInstanceProfiles": {"InstanceProfiles": [PROFILE, other_profile]},
            "iam.GetAccountAuthorizationDetails": {
                "RoleDetailList": [*roles, DHMC_ROLE],
                "Policies": [managed(CORE_ARN, permissions(*CORE_ACTIONS))],
            },
        }
        if self.organization is not None:
            answers["organizations.DescribeOrganization"] = {"Organization": self.organization}
        return answers

    def _coverage(self) -> tuple[Coverage, ...]:
        if self.organization is not None:
            return ()
        call = "organizations:DescribeOrganization"
        return (Coverage(account=ACCOUNT, region="global", call=call, status=Status.ABSENT),)

    def judged(self, control: Any = heartbeat) -> Verdict:
        return judge(control, self.silent_node(), Context(Parameters(scp_allow=self.words)))


def inline(document: Any) -> dict[str, Any]:
    return {
        "AttachedManagedPolicies": [],
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": document}],
    }


SEEN, OPEN = "pass SCP_OBSERVED", "unknown UNREAD"
TAGGED = {"Tags": [{"Key": "stage", "Value": "test"}]}
BOUNDARY = {"PermissionsBoundary": {"PermissionsBoundaryArn": CORE_ARN}}


@pytest.mark.parametrize(
    ("rule", "world", "expected"),
    [
        ("D11 another role whose read layers do not differ", World(), SEEN),
        ("D13 ping of 15 minutes", World(witness_row={"LastPingDateTime": ago(minutes=15)}), SEEN),
        ("D13 stale ping", World(witness_row={"LastPingDateTime": ago(minutes=16)}), OPEN),
        ("D11 not Online", World(witness_row={"PingStatus": "ConnectionLost"}), OPEN),
        ("T-15 case of Online", World(witness_row={"PingStatus": "online"}), SEEN),
        ("D11 no profile role", World(witness_has_profile=False), OPEN),
        ("D11 another Region", World(witness_region="eu-west-1"), OPEN),
        ("D10 DHMC explains Online", World(dhmc=DHMC_VALUE), OPEN),
        ("D9 attached after the ping", World(attached_at=ago(minutes=1)), OPEN),
        ("D9 attached before the ping", World(attached_at=ago(minutes=3)), SEEN),
        ("D9 attached at an unknown time", World(attached_at=None), OPEN),
        ("D9 being attached", World(association_state="associating"), OPEN),
        ("D9 nobody saw it attached", World(associations_read=False), OPEN),
        ("D11 its policies differ", World(witness_role=inline(permissions("ssm:*"))), OPEN),
        ("D11 both have that policy", World(both_roles=inline(permissions("ssm:*"))), SEEN),
        ("D11 its boundary differs", World(witness_role=BOUNDARY), OPEN),
        ("D11 both have that boundary", World(both_roles=BOUNDARY), SEEN),
        ("D11 its tags differ", World(witness_role=TAGGED), OPEN),
        ("D11 both have those tags", World(both_roles=TAGGED), SEEN),
        ("D11 its path differs", World(witness_role={"Path": "/"}), OPEN),
        (
            "D11 its trust differs",
            World(
                witness_role={"AssumeRolePolicyDocument": trust("ec2.amazonaws.com", Sid="another")}
            ),
            OPEN,
        ),
        (
            "E2 no organization, nothing to settle",
            World(organization=None),
            "pass HEARTBEAT_ALLOWED",
        ),
        (
            "a definite block outweighs the witness",
            World(both_roles={"AttachedManagedPolicies": []}),
            "fail HEARTBEAT_NOT_ALLOWED",
        ),
        (
            "iam.md 3: another open key stays open",
            World(both_roles=inline(permissions("ssm:*", Condition=CONDITION))),
            "unknown HEARTBEAT_DEPENDS",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_is_a_witness(rule: str, world: World, expected: str) -> None:
    verdict = world.judged()
    assert f"{verdict.outcome} {verdict.code}" == expected, rule


def test_the_witness_is_named_with_its_ping_and_role() -> None:
    verdict = World().judged()
    assert WITNESS in verdict.reason
    assert "other-role" in verdict.reason
    quoted = {(one.resource, one.path) for one in verdict.evidence}
    assert quoted >= {
        (WITNESS, "PingStatus"),
        (WITNESS, "LastPingDateTime"),
        ("other-role", "Arn"),
        (ID, "computed"),
    }


def test_of_two_witnesses_the_first_by_id_is_named() -> None:
    assert WITNESS in World(further=(LATER_WITNESS,)).judged().reason


def test_it_speaks_for_the_trust_behind_the_heartbeat() -> None:
    """D9: Online entails that the role could be assumed, so RCPs let that through too."""
    assert World().judged(trust_policy).code == "SCP_OBSERVED"


def test_it_says_nothing_about_the_command_channel() -> None:
    """D9: nothing about IAM-05; the SCPs around ssmmessages stay unread."""
    verdict = World().judged(command_channel)
    assert (verdict.outcome, verdict.code) == ("unknown", "UNREAD")


def test_a_witness_comes_before_an_assumption() -> None:
    word = Assumption("scp: allow", "platform@example.com", "read it")
    verdict = World(words=(word,)).judged()
    assert (verdict.code, verdict.assumptions) == ("SCP_OBSERVED", ())
    assert World(words=(word,), witness_has_profile=False).judged().code == "ASSUMED"
