"""IMDS-02 by the spec: D16, R-6.3, R-6.4, T-90, T-91, T-92."""

from typing import Any

import pytest

from policies.control import Context, Outcome, Verdict
from policies.imds import token_mode
from policies.judgement import judge
from tests.unit.policies.nodes import ago, node_with

REQUIRED = {"State": "applied", "HttpEndpoint": "enabled", "HttpTokens": "required"}
OPTIONAL = REQUIRED | {"HttpTokens": "optional"}
#: Not heard from lately, so that no ping settles or contradicts anything (D9).
SILENT = {"PingStatus": "ConnectionLost", "LastPingDateTime": ago(days=2)}


def judged(options: Any, version: str = "3.3.40.0", **world: Any) -> Verdict:
    managed = SILENT | {"AgentVersion": version}
    return judge(token_mode, node_with({"MetadataOptions": options}, managed, **world), Context())


@pytest.mark.parametrize(
    ("options", "version", "expected"),
    [
        pytest.param(REQUIRED, "2.3.814.0", (Outcome.PASS, "TOKENS_SUPPORTED"), id="D16-at"),
        pytest.param(REQUIRED, "2.3.813.9", (Outcome.FAIL, "AGENT_WITHOUT_TOKENS"), id="D16-below"),
        pytest.param(REQUIRED, "2.3.1205.0", (Outcome.PASS, "TOKENS_SUPPORTED"), id="T-13-numbers"),
        pytest.param(OPTIONAL, "2.3.813.9", (Outcome.PASS, "TOKENS_OPTIONAL"), id="T-91-optional"),
        pytest.param(REQUIRED, "newest", (Outcome.WARN, "TOKENS_REQUIRED"), id="D16-no-version"),
        pytest.param(
            REQUIRED | {"HttpPutResponseHopLimit": 1},
            "3.3.40.0",
            (Outcome.PASS, "TOKENS_SUPPORTED"),
            id="T-92-hop-limit",
        ),
        pytest.param(
            REQUIRED | {"HttpTokens": "REQUIRED"},
            "2.3.813.9",
            (Outcome.FAIL, "AGENT_WITHOUT_TOKENS"),
            id="T-15-letter-case",
        ),
        pytest.param(
            REQUIRED | {"HttpTokens": "preferred"},
            "3.3.40.0",
            (Outcome.UNKNOWN, "TOKENS_UNRECOGNIZED"),
            id="new-value",
        ),
        pytest.param(
            {"State": "applied", "HttpEndpoint": "enabled"},
            "3.3.40.0",
            (Outcome.UNKNOWN, "UNREAD"),
            id="tokens-not-told",
        ),
        pytest.param(None, "3.3.40.0", (Outcome.UNKNOWN, "UNREAD"), id="options-not-told"),
        pytest.param(
            REQUIRED | {"HttpEndpoint": "disabled"},
            "2.3.813.9",
            (Outcome.NOT_APPLICABLE, "IMDS_DISABLED"),
            id="switched-off-is-IMDS-01s",
        ),
    ],
)
def test_tokens_and_version_decide(
    options: Any, version: str, expected: tuple[Outcome, str]
) -> None:
    verdict = judged(options, version)
    assert (verdict.outcome, verdict.code) == expected


def test_a_node_that_never_registered_has_no_version() -> None:
    """D16: unknown version = warn; nothing to warn of where tokens are optional."""
    assert judged(REQUIRED, listed=False).code == "TOKENS_REQUIRED"
    assert judged(OPTIONAL, listed=False).outcome is Outcome.PASS


def test_a_refused_listing_is_unknown_and_names_the_call() -> None:
    verdict = judged(REQUIRED, denied={"ssm.DescribeInstanceInformation": "AccessDenied"})
    assert verdict.outcome is Outcome.UNKNOWN
    assert "ssm:DescribeInstanceInformation" in verdict.missing[0].what


def test_a_fresh_ping_contradicts_a_failure() -> None:
    """D9: Online entails that the metadata service works for the agent."""
    node = node_with({"MetadataOptions": REQUIRED}, {"AgentVersion": "2.3.813.9"})
    assert judge(token_mode, node, Context()).code == "CONTRADICTED"
