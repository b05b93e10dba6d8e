"""A path as one line: each component in order, and a sign for what it does (issue 4, item 5)."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.facts import Evidence
from policies.control import Context, ControlModule, Gap, Missing
from policies.network import path_to_ssm, path_to_ssmmessages
from policies.network.explanation import chain
from policies.network.reachability import Hop, Mark, Path, Stage, Way
from tests.unit.policies.network.scenario import change, node_in, world

LINE = "path to ssm.eu-central-1.amazonaws.com"


def _line(name: str, *changes: dict[str, Any]) -> str:
    verdict = path_to_ssm.evaluate(node_in(change(world(name), *changes)), Context())
    (line,) = (one.value for one in verdict.evidence if one.path == LINE)
    assert isinstance(line, str)
    assert line in verdict.reason
    return line


def test_the_nat_gateway_in_a_private_subnet_as_the_issue_wants_it_told() -> None:
    told = _line("nat", {"drop": ["RouteTables", "rtb-main", "Routes", "0.0.0.0/0"]})
    assert told == (
        "i-client → sg-client (egress tcp/443 to 0.0.0.0/0 ✓) → acl-app ✓ → "
        "rtb-app 0.0.0.0/0 → nat-1 ✓ → acl-nat ✓ → "
        "rtb-main has no route to the public addresses of ssm.eu-central-1.amazonaws.com ✗"
    )


def test_a_path_that_works_ends_where_it_leads() -> None:
    assert _line("public") == (
        "i-client → sg-client (egress tcp/443 to 0.0.0.0/0 ✓) → acl-app ✓ → "
        "rtb-app 0.0.0.0/0 → igw-1 ✓ → the public addresses of ssm.eu-central-1.amazonaws.com"
    )


def test_an_endpoint_names_both_groups_and_its_interface() -> None:
    assert _line("endpoints") == (
        "i-client → sg-client (egress tcp/443 to 10.0.0.0/16 ✓) → acl-app ✓ → "
        "rtb-main 10.0.0.0/16 → local → acl-ends ✓ → "
        "sg-ends (ingress tcp/443 from 10.0.0.0/16 ✓) → vpce-ssm eni-ssm 10.0.3.5"
    )


def test_blocks_on_the_way_there_and_back_are_all_told() -> None:
    told = _line("public", {"put": ["NetworkAcls", "acl-app", "Entries"], "to": []})
    assert told.count("✗") == 2
    assert "acl-app drops requests on tcp/443" in told
    assert "acl-app drops answers on tcp/32768-60999" in told


def test_what_is_not_known_bears_a_question_mark() -> None:
    verdict = path_to_ssm.evaluate(
        node_in(change(world("nat"), {"deny": "NatGateways"})), Context()
    )
    (line,) = (one.value for one in verdict.evidence if one.path == LINE)
    assert line.endswith("nat-1: ec2:DescribeNatGateways (UnauthorizedOperation) ?")


@pytest.mark.parametrize("control", [path_to_ssm, path_to_ssmmessages])
def test_each_interface_behind_the_name_has_a_line_of_its_own(control: ControlModule) -> None:
    """EP3."""
    verdict = control.evaluate(node_in(world("hijack")), Context())
    lines = [one for one in verdict.evidence if one.path.startswith("path to ")]
    assert len(lines) == (2 if control is path_to_ssm else 1)
    assert {one.resource for one in lines} == {"eni-client"}


def test_a_path_is_told_from_its_stages_alone() -> None:
    """Pure text: no network, no node."""
    stages = (
        Stage(Hop.NAME, Mark.PASS, "vpc-1", "h resolves to public addresses"),
        Stage(Hop.ROUTE, Mark.PASS, "rtb-1", "rtb-1 0.0.0.0/0 → tgw-1"),
        Stage(Hop.BEYOND, Mark.PASS, "tgw-1", "tgw-1 has an attachment here"),
        Stage(Hop.BEYOND, Mark.PASS, "tgw-rtb-1", "tgw-rtb-1 0.0.0.0/0 → tgw-attach-2"),
        Stage(
            Hop.BEYOND,
            Mark.UNKNOWN,
            "tgw-attach-2",
            "the far side is out of sight",
            "ONPREM_UNSEEN",
            (Evidence(resource="x", path="y", value=1, call="z"),),
            missing=Missing(Gap.UNDECIDABLE, "the far side"),
        ),
    )
    assert chain("i-1", Path(Way.PUBLIC, "h", stages)) == (
        "i-1 → rtb-1 0.0.0.0/0 → tgw-1 ✓ → tgw-rtb-1 ✓ → "
        "tgw-attach-2: the far side is out of sight ?"
    )
