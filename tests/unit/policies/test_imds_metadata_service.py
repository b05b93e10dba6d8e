"""IMDS-01 by the spec: R-6.1, R-6.2, R-6.7, R-6.8, D20; T-15, T-93, T-94.

That groups, ACLs and routes do not touch it (R-6.5, T-96): network/cases/metadata_service.yaml.
"""

from typing import Any

import pytest

from policies.control import Context, Outcome
from policies.imds import metadata_service_enabled, token_mode
from policies.judgement import judge
from policies.node import online
from tests.unit.policies.nodes import ID, ago, node_with

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


@pytest.mark.parametrize(
    "others",
    [{}, {"InstanceMetadataTags": "disabled"}, {"HttpProtocolIpv6": "disabled"}],
    ids=["alone", "tags-off", "IPv6-off"],
)
@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ("enabled", ("IMDS_ENABLED", "TOKENS_SUPPORTED")),
        ("disabled", ("IMDS_DISABLED", "IMDS_DISABLED")),
    ],
)
def test_options_that_no_agent_needs(
    endpoint: str, told: tuple[str, str], others: dict[str, str]
) -> None:
    """R-6.7: tags in metadata are irrelevant, and so is its IPv6 address to a node with IPv4."""
    options = {"State": "applied", "HttpEndpoint": endpoint, "HttpTokens": "required"}
    node = node_with({"MetadataOptions": options | others, "PrivateIpAddress": "10.0.1.10"})
    first, second = (
        one.evaluate(node, Context()) for one in (metadata_service_enabled, token_mode)
    )
    assert (first.code, second.code) == told


@pytest.mark.parametrize("default", ["enabled", "disabled"])
@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("enabled", (Outcome.PASS, "IMDS_ENABLED")),
        ("disabled", (Outcome.FAIL, "IMDS_DISABLED")),
    ],
)
def test_the_default_of_the_account_is_not_the_instances(
    own: str, expected: tuple[Outcome, str], default: str
) -> None:
    """R-6.8, D20: the default is for new launches; the instance's own options are the truth."""
    defaults = {"ec2.GetInstanceMetadataDefaults": {"AccountLevel": {"HttpEndpoint": default}}}
    node = node_with({"MetadataOptions": APPLIED | {"HttpEndpoint": own}}, regional=defaults)
    verdict = metadata_service_enabled.evaluate(node, Context())
    assert (verdict.outcome, verdict.code) == expected


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("agent[7]: Failed to get instance info from IMDS. Err: timeout", "keeps the metadata"),
        ("agent[7]: no space left on device", "no disk space"),
    ],
)
def test_enabled_is_not_yet_reached(line: str, told: str) -> None:
    """T-93: what the guest keeps from the service no option shows; the silent node tells it."""
    lost: dict[str, Any] = {"PingStatus": "ConnectionLost", "LastPingDateTime": ago(days=2)}
    said = {"InstanceId": ID, "Timestamp": ago(minutes=1), "Output": line}
    answers = {"ec2.GetConsoleOutput": [{"request": {"InstanceId": ID}, "response": said}]}
    node = node_with({"MetadataOptions": APPLIED}, lost, regional=answers)
    assert judge(metadata_service_enabled, node, Context()).code == "IMDS_ENABLED"
    silent = judge(online, node, Context())
    assert silent.outcome is Outcome.FAIL
    assert told in silent.reason
