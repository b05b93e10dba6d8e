"""A live fact that was asked for and not read: no failure is made out of that, and no pass.

Issue 9: above the retry budget a fault leaves ``unknown``. A ping could have contradicted the
failure (D9, D10); who could not read pings does not know whether one did.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from inventory.collect.region_agenda import NO_INSTANCES, NOT_DEEP
from inventory.collect.replies import NOTHING_TO_ASK
from inventory.collect.wanted import NOT_WANTED
from inventory.facts import NOT_RECORDED, Unread
from inventory.facts.evidence import NEVER_ASKED, VANISHED
from policies.control import Blocker, Context, Control, Outcome, Verdict, failed, passed, warned
from policies.dhmc import agent_new_enough, management_role, metadata_service_works
from policies.iam import command_channel
from policies.judgement import judge, judge_place
from policies.live import reconcile
from policies.node import status_checks
from tests.unit.policies import iam_world
from tests.unit.policies.iam_world import inline, permissions
from tests.unit.policies.likeness.twins import Kind, fleet_of_twins, sound, told_otherwise
from tests.unit.policies.nodes import ID, ago, node_with
from tests.unit.policies.test_live_evidence import ENTAILED, FAILED, PINGS, UNKNOWN, with_

CHANNELS, SETTING = "ssm.GetConnectionStatus", "ssm.GetServiceSetting"
THROTTLED = {"denied": {PINGS: "ThrottlingException"}}
IAM = with_(ENTAILED, category="iam")
#: D9: a ping says nothing of it, an open session channel does.
BY_CHANNEL = with_(ENTAILED, entailed_by_online=False)
DHMC_ON = {
    "ServiceSetting": {
        "SettingId": "/ssm/managed-instance/default-ec2-instance-management-role",
        "SettingValue": "service-role/Default",
    }
}


def reconciled(verdict: Verdict, control: Control = ENTAILED, **world: Any) -> Verdict:
    return reconcile(control, verdict, node_with(**world), Context())


def missing(verdict: Verdict) -> str:
    """Everything that would settle it, in one line."""
    return "; ".join(one.what for one in verdict.missing)


def test_a_failure_is_unknown_where_the_pings_were_not_read() -> None:
    """What was computed stays, and the call that went wrong is named (D10, design 4)."""
    verdict = reconciled(FAILED, **THROTTLED)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "LIVE_UNREAD")
    assert missing(verdict).startswith("ssm:DescribeInstanceInformation (ThrottlingException)")
    assert (verdict.blockers, verdict.remediation) == ((), "")
    assert "computed as fail, BROKEN (it is broken)" in verdict.reason
    assert "fail BROKEN: it is broken" in [one.value for one in verdict.evidence]


def test_an_unknown_keeps_its_code_and_names_the_pings_too() -> None:
    verdict = reconciled(UNKNOWN, **THROTTLED)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "UNSEEN")
    assert "ec2:DescribeX" in missing(verdict)
    assert "ssm:DescribeInstanceInformation" in missing(verdict)


@pytest.mark.parametrize("code", sorted(NEVER_ASKED))
def test_what_nobody_asked_for_is_no_fault(code: str) -> None:
    """A snapshot without pings, a run that left them out: the block is judged as it was read."""
    assert reconciled(FAILED, denied={PINGS: code}) is FAILED


def test_the_codes_of_what_nobody_asked_for_are_the_collectors() -> None:
    asked_nobody = (NOT_WANTED.code, NOT_DEEP.code, NOTHING_TO_ASK.code, NOT_RECORDED)
    assert {*asked_nobody} == NEVER_ASKED
    assert NO_INSTANCES.code not in NEVER_ASKED, "there is nothing to judge then"
    assert not Unread("ssm:X", VANISHED).is_lost
    assert Unread("ssm:X", "NO_SOURCE").is_lost


@pytest.mark.parametrize(
    "verdict",
    [passed("FINE", "it holds"), warned("SO_SO", "it may hold")],
    ids=["pass", "warn"],
)
def test_what_no_ping_could_turn_stays(verdict: Verdict) -> None:
    assert reconciled(verdict, **THROTTLED) is verdict


@pytest.mark.parametrize(
    "control", [with_(ENTAILED, entailed_by_online=False), BY_CHANNEL], ids=["other", "channel"]
)
def test_what_a_ping_does_not_entail_fails_without_one(control: Control) -> None:
    """D9: nothing about IAM-05 to IAM-07, NET-09 and the like."""
    assert reconciled(FAILED, control, **THROTTLED) is FAILED
    other_host = dataclasses.replace(FAILED, entailed_by_online=False)
    assert reconciled(other_host, **THROTTLED) is other_host


def test_what_is_left_beside_a_ping_is_named_as_well() -> None:
    """D9: the part that no ping settles has something missing of its own."""
    both = dataclasses.replace(FAILED, besides=UNKNOWN)
    assert "ec2:DescribeX" in missing(reconciled(both, **THROTTLED))


class TestChannels:
    """What an open session channel would contradict, which ``--deep`` asks about."""

    BLOCKED = dataclasses.replace(FAILED, entailed_by_channel=True)

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("NOT_DEEP", "BROKEN"),
            ("NOT_RECORDED", "BROKEN"),
            ("AccessDeniedException", "LIVE_UNREAD"),
            ("NO_SOURCE", "LIVE_UNREAD"),
        ],
    )
    def test_of_a_region(self, code: str, expected: str) -> None:
        told = reconciled(self.BLOCKED, BY_CHANNEL, denied={CHANNELS: code})
        assert told.code == expected

    @pytest.mark.parametrize(("target", "expected"), [(ID, "LIVE_UNREAD"), ("i-2", "BROKEN")])
    def test_of_one_instance(self, target: str, expected: str) -> None:
        """One request an instance: another one's fault is none of this one's."""
        error = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
        answers = [{"request": {"Target": target}, "error": error}]
        told = reconciled(self.BLOCKED, BY_CHANNEL, regional={CHANNELS: answers})
        assert told.code == expected


class TestDefaultHostManagement:
    """D10: a live fact says nothing of the profile where DHMC may explain it."""

    def test_it_may_serve_a_node_whose_version_was_not_read(self) -> None:
        """Whether it does depends on the version (D1), so that the ping might have counted."""
        regional = {SETTING: DHMC_ON}
        assert reconciled(FAILED, IAM, regional=regional) is FAILED
        told = reconciled(FAILED, IAM, regional=regional, **THROTTLED)
        assert told.code == "LIVE_UNREAD"

    @pytest.mark.parametrize(
        ("verdict", "code"), [(FAILED, "LIVE_UNREAD"), (UNKNOWN, "UNSEEN")], ids=["fail", "unknown"]
    )
    def test_its_setting_was_not_read_and_the_ping_was(self, verdict: Verdict, code: str) -> None:
        told = reconciled(verdict, IAM, denied={SETTING: "InternalServerError"})
        assert (told.outcome, told.code) == (Outcome.UNKNOWN, code)
        assert "ssm:GetServiceSetting (InternalServerError)" in missing(told)

    @pytest.mark.parametrize("module", [agent_new_enough, metadata_service_works])
    def test_a_ping_does_not_say_that_it_is_on(self, module: Any) -> None:
        """D9: Online says that some source works: with the setting unread, no one knows which."""
        told = judge(module, node_with(denied={SETTING: "Throttling"}), Context())
        assert told.outcome is Outcome.UNKNOWN
        assert "ssm:GetServiceSetting (Throttling)" in missing(told)


def test_an_impaired_host_fails_nobody_who_may_be_online() -> None:
    """D12: impaired is a failure, a warning where the node is Online."""
    impaired = {"InstanceId": ID, "SystemStatus": {"Status": "impaired"}}
    statuses = {"ec2.DescribeInstanceStatus": {"InstanceStatuses": [impaired]}}

    def judged(**world: Any) -> tuple[Outcome, str]:
        told = judge(status_checks, node_with(regional=statuses, **world), Context())
        return told.outcome, told.code

    assert judged() == (Outcome.WARN, "SYSTEM_IMPAIRED")
    assert judged(listed=False) == (Outcome.FAIL, "SYSTEM_IMPAIRED")
    assert judged(**THROTTLED) == (Outcome.UNKNOWN, "LIVE_UNREAD")


class TestVersions:
    """D17 says what an unknown version means; of one that was not read nobody knows even that."""

    ONLY_NEW = inline(permissions("ssm:*", "ssmmessages:*"))
    IN_PART = inline(
        permissions("ssm:*", "ssmmessages:*"),
        permissions("ec2messages:*", Condition={"StringEquals": {"aws:ResourceTag/a": "b"}}),
    )

    @pytest.mark.parametrize(
        ("role", "known"),
        [(ONLY_NEW, "warn EC2MESSAGES_MAY_BE_NEEDED"), (IN_PART, "unknown CHANNEL_DEPENDS")],
        ids=["refused", "open"],
    )
    def test_of_the_command_channel(self, role: dict[str, Any], known: str) -> None:
        def told(**world: Any) -> Verdict:
            return judge(command_channel, iam_world.node(role=role, **world), Context())

        assert told().outcome is Outcome.PASS, "3.3.40.0 and later do without (D17)"
        unknown = told(agent=None)
        assert f"{unknown.outcome} {unknown.code}" == known
        unread = told(**THROTTLED)
        assert unread.outcome is Outcome.UNKNOWN
        assert "ssm:DescribeInstanceInformation" in missing(unread)

    @pytest.mark.parametrize(
        ("world", "expected"),
        [
            ({"agent": "3.3.4851.0"}, Outcome.PASS),
            ({"agent": "3.2.0.0"}, Outcome.WARN),
            (THROTTLED, Outcome.UNKNOWN),
        ],
        ids=["new", "old", "not-read"],
    )
    def test_of_the_nodes_that_default_host_management_serves(
        self, world: dict[str, Any], expected: Outcome
    ) -> None:
        """DHMC-01: without ec2messages, what it costs depends on the oldest agent (D17)."""
        role = iam_world.DHMC_ROLE | self.ONLY_NEW
        node = iam_world.node(dhmc=iam_world.DHMC_VALUE, dhmc_role=role, **world)
        assert judge_place(management_role, node.place, Context()).outcome is expected


def test_nodes_of_which_other_calls_were_lost_are_not_alike() -> None:
    """Design 7: what one request about one instance came to is nobody else's verdict."""
    scene = sound()
    (group,) = (one for one in scene["SecurityGroups"] if one["GroupId"] == "sg-vault")
    group["IpPermissionsEgress"] = []
    scene["Answers"][CHANNELS] = [
        {
            "request": {"Target": f"i-{number}"},
            "error": {"Code": "ThrottlingException", "Message": "Rate exceeded"},
        }
        for number in (12, 13)
    ]
    silent = Kind(({"put": ["node", "LastPingDateTime"], "to": ago(hours=2)},))
    nodes = fleet_of_twins([silent], scene, each=6).nodes
    assert told_otherwise(nodes) == []
    assert told_otherwise(nodes[::-1]) == []


def test_nobody_is_blamed_for_what_was_not_read() -> None:
    """A cause needs a failure (D29): there is none."""
    blocked = failed("X", "no way", blockers=(Blocker("sg-1", "shut"),), remediation="open it")
    assert reconciled(blocked, **THROTTLED).blockers == ()
