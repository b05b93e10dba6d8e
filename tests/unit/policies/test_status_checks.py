"""NODE-01 by the spec: D12, R-9.2 to R-9.4, T-127."""

import re
from typing import Any

import pytest
from botocore.session import Session

from policies.control import Context, Outcome, Verdict
from policies.judgement import judge
from policies.node import online, status_checks
from tests.unit.policies.nodes import ID, ago, node_with
from tests.unit.world import REGION

OK = {"Status": "ok"}
SOUND: dict[str, Any] = {"InstanceId": ID, "SystemStatus": OK, "InstanceStatus": OK}
LOST = {"PingStatus": "ConnectionLost"}
EVENT = {"Code": "instance-retirement", "Description": "The instance is running on bad hardware"}


def judged(change: dict[str, Any], managed: dict[str, Any] | None = LOST, **world: Any) -> Verdict:
    answer = {"InstanceStatuses": [SOUND | change]}
    node = node_with(managed=managed, regional={"ec2.DescribeInstanceStatus": answer}, **world)
    return judge(status_checks, node, Context())


def status(word: str) -> dict[str, str]:
    return {"Status": word}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, (Outcome.PASS, "STATUS_OK"), id="D12-all-ok"),
        pytest.param(
            {"AttachedEbsStatus": OK}, (Outcome.PASS, "STATUS_OK"), id="D12-volumes-ok-too"
        ),
        pytest.param(
            {"SystemStatus": status("impaired")}, (Outcome.FAIL, "SYSTEM_IMPAIRED"), id="D12-host"
        ),
        pytest.param(
            {"InstanceStatus": status("impaired")},
            (Outcome.FAIL, "INSTANCE_IMPAIRED"),
            id="D12-guest",
        ),
        pytest.param(
            {"AttachedEbsStatus": status("impaired")},
            (Outcome.FAIL, "EBS_IMPAIRED"),
            id="D12-volume",
        ),
        pytest.param(
            {"InstanceStatus": status("Impaired")},
            (Outcome.FAIL, "INSTANCE_IMPAIRED"),
            id="T-15-letter-case",
        ),
        pytest.param(
            {"InstanceStatus": status("initializing")},
            (Outcome.WARN, "STATUS_INITIALIZING"),
            id="R-9.2-initializing-is-no-failure",
        ),
        pytest.param(
            {"InstanceStatus": status("insufficient-data")},
            (Outcome.WARN, "STATUS_INSUFFICIENT_DATA"),
            id="R-9.2-insufficient-data-is-no-failure",
        ),
        pytest.param(
            {"AttachedEbsStatus": status("not-applicable")},
            (Outcome.PASS, "STATUS_OK"),
            id="D12-volume-not-applicable-is-ignored",
        ),
        pytest.param(
            {"SystemStatus": status("not-applicable")},
            (Outcome.UNKNOWN, "STATUS_UNRECOGNIZED"),
            id="host-not-applicable-is-no-pass",
        ),
        pytest.param(
            {"InstanceStatus": status("dreaming")},
            (Outcome.UNKNOWN, "STATUS_UNRECOGNIZED"),
            id="new-value",
        ),
        pytest.param({"SystemStatus": None}, (Outcome.UNKNOWN, "UNREAD"), id="host-not-told"),
        pytest.param({"InstanceStatus": {}}, (Outcome.UNKNOWN, "UNREAD"), id="guest-not-told"),
        pytest.param({"Events": [EVENT]}, (Outcome.WARN, "EVENT_SCHEDULED"), id="R-9.4-scheduled"),
        pytest.param(
            {"Events": [EVENT | {"Description": "[Completed] It was rebooted"}]},
            (Outcome.PASS, "STATUS_OK"),
            id="R-9.4-over",
        ),
        pytest.param(
            {"SystemStatus": status("impaired"), "InstanceStatus": status("dreaming")},
            (Outcome.FAIL, "SYSTEM_IMPAIRED"),
            id="a-definite-block-outweighs-unknowns",
        ),
        pytest.param(
            {"SystemStatus": status("initializing"), "InstanceStatus": status("dreaming")},
            (Outcome.UNKNOWN, "STATUS_UNRECOGNIZED"),
            id="unknown-is-no-warning",
        ),
    ],
)
def test_the_checks_decide(change: dict[str, Any], expected: tuple[Outcome, str]) -> None:
    verdict = judged(change)
    assert (verdict.outcome, verdict.code) == expected


def test_an_impaired_node_that_is_online_is_a_warning() -> None:
    """D12: warn if Online; a ping that is hours old says nothing of now."""
    impaired = {"InstanceStatus": status("impaired")}
    assert judged(impaired, managed={}).outcome is Outcome.WARN
    assert judged(impaired, managed={"LastPingDateTime": ago(hours=3)}).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("managed", "expected"),
    [({}, (Outcome.PASS, "ONLINE")), (LOST, (Outcome.FAIL, "CONNECTION_LOST"))],
    ids=["heard from", "silent"],
)
def test_sound_checks_say_nothing_of_the_agent(
    managed: dict[str, Any], expected: tuple[Outcome, str]
) -> None:
    """R-9.3: 2/2 are ok on a node whose agent answers, and on one whose agent is dead."""
    answer = {"ec2.DescribeInstanceStatus": {"InstanceStatuses": [SOUND]}}
    node = node_with(managed=managed, regional=answer)
    assert judge(status_checks, node, Context()).code == "STATUS_OK"
    verdict = judge(online, node, Context())
    assert (verdict.outcome, verdict.code) == expected


def test_an_instance_without_a_row_or_a_call_that_was_refused_is_unknown() -> None:
    other = {"InstanceStatuses": [SOUND | {"InstanceId": "i-0other"}]}
    absent = node_with(regional={"ec2.DescribeInstanceStatus": other})
    denied = node_with(denied={"ec2.DescribeInstanceStatus": "UnauthorizedOperation"})
    verdicts = [judge(status_checks, one, Context()) for one in (absent, denied)]
    assert [one.code for one in verdicts] == ["CHANGED_DURING_COLLECTION", "UNREAD"]
    assert all("ec2:DescribeInstanceStatus" in one.missing[0].what for one in verdicts)


def test_the_repair_is_that_of_the_check() -> None:
    """R-9.2: an impaired host is left by stop and start, an impaired guest is rebooted."""
    repairs = {
        name: judged({name: status("impaired")}).remediation
        for name in ("SystemStatus", "InstanceStatus", "AttachedEbsStatus")
    }
    assert [
        word
        for word in repairs["SystemStatus"].split()
        if word.endswith("-instances") or word == "instance-stopped"
    ] == ["stop-instances", "instance-stopped", "start-instances"]
    assert "reboot-instances" in repairs["InstanceStatus"]
    assert "describe-volume-status" in repairs["AttachedEbsStatus"]
    assert all(ID in repair and f"--region {REGION}" in repair for repair in repairs.values())


def test_the_filter_on_volumes_is_one_that_ec2_knows() -> None:
    """DescribeVolumeStatus calls it otherwise than DescribeVolumes does."""
    repair = judged({"AttachedEbsStatus": status("impaired")}).remediation
    (name,) = re.findall(r"Name=([\w.-]+)", repair)
    request = Session().get_service_model("ec2").operation_model("DescribeVolumeStatus").input_shape
    assert f"<code>{name}</code>" in request.members["Filters"].documentation
