"""NODE-04 by the spec: D14, D9, R-7.3."""

from typing import Any

import pytest

from policies.control import Context, Outcome, Verdict
from policies.judgement import judge
from policies.node import session_channel
from tests.unit.policies.nodes import ID, ago, node_with

CALL = "ssm.GetConnectionStatus"
CONNECTED = {"Target": ID, "Status": "connected"}


def judged(response: dict[str, Any] | None, **world: Any) -> Verdict:
    answers = [] if response is None else [{"request": {"Target": ID}, "response": response}]
    return judge(session_channel, node_with(regional={CALL: answers}, **world), Context())


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        pytest.param(CONNECTED, (Outcome.PASS, "SESSION_CHANNEL_OPEN"), id="connected"),
        pytest.param(
            CONNECTED | {"Status": "Connected"},
            (Outcome.PASS, "SESSION_CHANNEL_OPEN"),
            id="T-15-letter-case",
        ),
        pytest.param(
            CONNECTED | {"Status": "notconnected"},
            (Outcome.FAIL, "SESSION_CHANNEL_CLOSED"),
            id="notconnected",
        ),
        pytest.param(
            CONNECTED | {"Status": "half"},
            (Outcome.UNKNOWN, "CONNECTION_STATUS_UNRECOGNIZED"),
            id="new-value",
        ),
        pytest.param({"Target": ID}, (Outcome.UNKNOWN, "UNREAD"), id="status-not-told"),
        pytest.param(None, (Outcome.UNKNOWN, "UNREAD"), id="asked-of-others-only"),
    ],
)
def test_the_status_decides(response: Any, expected: tuple[Outcome, str]) -> None:
    verdict = judged(response)
    assert (verdict.outcome, verdict.code) == expected


def test_a_ping_entails_nothing_of_the_channel() -> None:
    """D9: Online and fresh, and the channel is closed all the same."""
    assert judged(CONNECTED | {"Status": "notconnected"}, managed={}).outcome is Outcome.FAIL


def test_only_registered_nodes_are_judged() -> None:
    """D14: NODE-04 only where NODE-02 passes; R-7.3: an unknown id is notconnected, too."""
    verdict = judged(CONNECTED | {"Status": "notconnected"}, listed=False)
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_APPLICABLE, "NOT_REGISTERED")


def test_an_instance_that_started_a_moment_ago_has_time() -> None:
    """D13: launch age below 10 minutes."""
    young = {"LaunchTime": ago(minutes=3)}
    verdict = judged(CONNECTED | {"Status": "notconnected"}, instance=young)
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_APPLICABLE, "TOO_EARLY")


@pytest.mark.parametrize("world", [{}, {"denied": {CALL: "NOT_DEEP"}}], ids=["no-file", "not-deep"])
def test_what_nobody_asked_for_is_not_applicable(world: dict[str, Any]) -> None:
    """D14: without --deep, and in a snapshot that never held the answers."""
    verdict = judge(session_channel, node_with(**world), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_APPLICABLE, "NOT_ASKED")


def test_a_refused_call_is_unknown_and_names_it() -> None:
    refused = node_with(denied={CALL: "AccessDeniedException"})
    error = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
    one = node_with(regional={CALL: [{"request": {"Target": ID}, "error": error}]})
    for node, code in ((refused, "AccessDeniedException"), (one, "ThrottlingException")):
        verdict = judge(session_channel, node, Context())
        assert verdict.outcome is Outcome.UNKNOWN
        assert f"ssm:GetConnectionStatus ({code})" in verdict.missing[0].what


def test_a_plain_answer_of_the_cli_counts() -> None:
    """Design 6: a folder of CLI outputs is a snapshot."""
    node = node_with(regional={CALL: CONNECTED})
    assert judge(session_channel, node, Context()).outcome is Outcome.PASS
