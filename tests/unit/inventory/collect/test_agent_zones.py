"""Which private zones could answer for an agent's host (spec network.md 2.7, H1, H3)."""

from __future__ import annotations

import pytest

from inventory.collect.agent_zones import agent_zones


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        ("eu-central-1", "com"),
        ("eu-central-1", "amazonaws.com"),
        ("eu-central-1", "eu-central-1.amazonaws.com"),
        ("eu-central-1", "ssm.eu-central-1.amazonaws.com"),
        ("eu-central-1", "ssmmessages.eu-central-1.amazonaws.com"),
        ("eu-central-1", "ec2messages.eu-central-1.amazonaws.com"),
        ("eu-central-1", "s3.eu-central-1.amazonaws.com"),
        ("us-east-1", "ssm-fips.us-east-1.amazonaws.com"),
        ("eu-central-1", "api.aws"),
        ("eu-central-1", "ssm.eu-central-1.api.aws"),
        ("eu-central-1", "s3.dualstack.eu-central-1.amazonaws.com"),
        ("cn-north-1", "ssm.cn-north-1.amazonaws.com.cn"),
        ("cn-north-1", "ssm.cn-north-1.api.amazonwebservices.com.cn"),
        ("us-gov-west-1", "ssm.us-gov-west-1.amazonaws.com"),
        ("us-iso-east-1", "ssm.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "ssm.us-isob-east-1.sc2s.sgov.gov"),
        ("eusc-de-east-1", "ssm.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_a_host_and_each_of_its_parents_count(region: str, zone: str) -> None:
    assert zone in agent_zones(region)


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "internal.example",
        "azonaws.com",
        "us-east-1.amazonaws.com",
        "ssm.us-east-1.amazonaws.com",
        "a.ssm.eu-central-1.amazonaws.com",
        "kms.eu-central-1.amazonaws.com",
        "amazonaws.com.cn",
    ],
)
def test_another_zone_does_not(zone: str) -> None:
    assert zone not in agent_zones("eu-central-1")
