"""Answers asked once per transit gateway route table and prefix list."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.errors import SnapshotError
from inventory.facts import RegionFacts, Table, Unread
from tests.unit.world import fleet_of

SEARCH = "ec2.SearchTransitGatewayRoutes"
ENTRIES = "ec2.GetManagedPrefixListEntries"
BOTH_STATES = [{"Name": "state", "Values": ["active", "blackhole"]}]


def _region(operation: str, answer: Any) -> RegionFacts:
    (region,) = fleet_of({operation: answer}).regions
    return region


def _search(cidr: str, *, more: bool | None = False, **request: Any) -> dict[str, Any]:
    response: dict[str, Any] = {"Routes": [{"DestinationCidrBlock": cidr}]}
    if more is not None:
        response["AdditionalRoutesAvailable"] = more
    request = {"TransitGatewayRouteTableId": "tgw-rtb-1", **request}
    return {"request": request, "response": response}


def _routes(*answers: dict[str, Any]) -> tuple[list[str], bool | None]:
    table = _region(SEARCH, list(answers)).transit_gateway_routes
    assert isinstance(table, Table)
    row = table.find("tgw-rtb-1")
    assert not isinstance(row, Unread)
    return [one.destination_cidr_block for one in row.routes], row.additional_routes_available


def test_several_searches_of_one_table_are_joined() -> None:
    """Design 6: a call per resource is a list of requests; its pages are requests too."""
    found = _routes(_search("10.0.0.0/8"), _search("11.0.0.0/8"))
    assert found == (["10.0.0.0/8", "11.0.0.0/8"], False)


@pytest.mark.parametrize(
    ("answer", "may_hold_more"),
    [
        (_search("10.0.0.0/8", Filters=BOTH_STATES), False),
        (_search("10.0.0.0/8", more=True), True),
        (_search("10.0.0.0/8", more=None), True),
        (_search("10.0.0.0/8", Filters=[{"Name": "state", "Values": ["active"]}]), True),
        (_search("10.0.0.0/8", Filters=[{"Name": "type", "Values": ["static"]}]), True),
    ],
    ids=["both states", "cut short", "not said", "one state", "one type"],
)
def test_a_search_is_whole_only_if_it_asked_for_all_and_says_so(
    answer: dict[str, Any], may_hold_more: bool
) -> None:
    """TG3: a route that the search left out might be longer."""
    assert _routes(answer) == (["10.0.0.0/8"], may_hold_more)


def test_a_refused_table_is_a_gap_of_its_own() -> None:
    refused = {
        "request": {"TransitGatewayRouteTableId": "tgw-rtb-2"},
        "error": {"Code": "UnauthorizedOperation", "Message": "no"},
    }
    table = _region(SEARCH, [_search("10.0.0.0/8"), refused]).transit_gateway_routes
    assert table.find("tgw-rtb-2") == Unread(
        "ec2:SearchTransitGatewayRoutes", "UnauthorizedOperation", "no"
    )
    unasked = table.find("tgw-rtb-3")
    assert isinstance(unasked, Unread)
    assert unasked.code == "NOT_RECORDED"


def test_entries_are_filed_under_the_list_that_was_asked_for() -> None:
    answers = [
        {"request": {"PrefixListId": "pl-1"}, "response": {"Entries": [{"Cidr": "10.0.0.0/8"}]}},
        {"request": {"PrefixListId": "pl-2"}, "error": {"Code": "UnauthorizedOperation"}},
    ]
    table = _region(ENTRIES, answers).prefix_list_entries
    found, refused = table.find("pl-1"), table.find("pl-2")
    assert not isinstance(found, Unread)
    assert found.cidrs == ("10.0.0.0/8",)
    assert refused == Unread("ec2:GetManagedPrefixListEntries", "UnauthorizedOperation")


@pytest.mark.parametrize("operation", [SEARCH, ENTRIES])
def test_another_shape_names_the_file(operation: str) -> None:
    with pytest.raises(SnapshotError, match=f"{operation}.json"):
        _region(operation, [{"request": {}, "response": {}}])


def test_nothing_recorded_is_no_empty_answer() -> None:
    (region,) = fleet_of({"ec2.DescribeVpcs": {"Vpcs": []}}).regions
    assert isinstance(region.transit_gateway_routes, Unread)
    assert isinstance(region.prefix_list_entries, Unread)
