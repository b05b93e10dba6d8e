"""IMDS-01 by the spec: R-6.1 (enabled), R-6.2 (applied, pending), T-94, T-15 (letter case)."""

import pytest

from policies.control import Context, Outcome
from policies.imds import metadata_service_enabled
from tests.unit.policies.nodes import node_with

APPLIED = {"State": "applied", "HttpEndpoint": "enabled"}


@pytest.mark.parametrize(
    ("options", "outcome", "code"),
    [
        pytest.param(APPLIED, Outcome.PASS, "IMDS_ENABLED", id="R-6.1-enabled"),
        pytest.param(
            APPLIED | {"HttpEndpoint": "disabled"}, Outcome.FAIL, "IMDS_DISABLED", id="R-6.1-off"
        ),
        pytest.param(
            APPLIED | {"State": "pending"}, Outcome.WARN, "IMDS_PENDING", id="R-6.2-pending"
        ),
        pytest.param(
            {"State": "pending", "HttpEndpoint": "disabled"},
            Outcome.FAIL,
            "IMDS_DISABLED",
            id="R-6.1-being-switched-off",
        ),
        pytest.param(
            {"State": "Applied", "HttpEndpoint": "Enabled"},
            Outcome.PASS,
            "IMDS_ENABLED",
            id="T-15-letter-case",
        ),
        pytest.param(
            APPLIED | {"HttpEndpoint": "sometimes"},
            Outcome.UNKNOWN,
            "IMDS_STATE_UNRECOGNIZED",
            id="new-value-is-unknown",
        ),
        pytest.param(
            {"HttpEndpoint": "enabled"},
            Outcome.UNKNOWN,
            "UNREAD",
            id="state-not-told",
        ),
        pytest.param(
            APPLIED | {"HttpTokens": "optional"}, Outcome.PASS, "IMDS_ENABLED", id="T-91-tokens"
        ),
        pytest.param(
            APPLIED | {"HttpPutResponseHopLimit": 1}, Outcome.PASS, "IMDS_ENABLED", id="T-92-hops"
        ),
    ],
)
def test_metadata_options_decide(options: dict[str, object], outcome: Outcome, code: str) -> None:
    node = node_with({"MetadataOptions": options})
    verdict = metadata_service_enabled.evaluate(node, Context())
    assert (verdict.outcome, verdict.code) == (outcome, code)


def test_absent_options_are_unknown_and_name_the_call() -> None:
    verdict = metadata_service_enabled.evaluate(node_with({"MetadataOptions": None}), Context())
    assert verdict.outcome is Outcome.UNKNOWN
    assert "ec2:DescribeInstances" in verdict.missing[0].what


def test_evidence_quotes_the_member_as_aws_names_it() -> None:
    verdict = metadata_service_enabled.evaluate(node_with(), Context())
    assert [(one.path, one.value) for one in verdict.evidence] == [
        ("MetadataOptions.HttpEndpoint", "enabled"),
        ("MetadataOptions.State", "applied"),
    ]
