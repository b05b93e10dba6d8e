"""Answers asked once for each transit gateway route table and prefix list that a path may touch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from inventory.facts import Table, Unread
from inventory.facts.transit import PrefixListEntries, TransitGatewayRoute, TransitGatewayRoutes
from inventory.follow_up_answers import FollowUpAnswers, refusal
from inventory.reader import Reader

_SEARCH: Final = "ec2.SearchTransitGatewayRoutes"
_ENTRIES: Final = "ec2.GetManagedPrefixListEntries"
#: The states of routes that take packets: a search has to ask for both (RT4, TG2).
_ROUTING: Final = frozenset({"active", "blackhole"})


def load_prefix_list_entries(read: Reader) -> Table[PrefixListEntries] | Unread:
    """The entries of each list that was asked for."""
    answers = FollowUpAnswers(read, _ENTRIES, "Entries", "PrefixListId")
    if not answers.is_recorded:
        return answers.otherwise
    with read.place(_ENTRIES):
        rows = [
            msgspec.convert({"PrefixListId": list_id, "Entries": entries}, PrefixListEntries)
            for (list_id,), entries in answers
        ]
    gaps = {list_id: gap for (list_id,), gap in answers.gaps.items()}
    return Table(PrefixListEntries.call, rows, gaps=gaps, unlisted=answers.otherwise)


def load_transit_gateway_routes(read: Reader) -> Table[TransitGatewayRoutes] | Unread:
    """The routes of each table that was searched; several searches of one table are joined."""
    answers = read.answer(_SEARCH)
    if isinstance(answers, Unread):
        return answers
    gaps: dict[str, Unread] = {}
    routes: dict[str, list[TransitGatewayRoute]] = {}
    may_hold_more: dict[str, bool] = {}
    with read.place(_SEARCH):
        for entry in answers:
            request = entry["request"]
            table_id = request["TransitGatewayRouteTableId"]
            if "error" in entry:
                gaps[table_id] = refusal(TransitGatewayRoutes.call, entry["error"])
                continue
            response = entry["response"]
            found = msgspec.convert(response["Routes"], list[TransitGatewayRoute])
            routes.setdefault(table_id, []).extend(found)
            whole = _asks_for_all(request) and response.get("AdditionalRoutesAvailable") is False
            may_hold_more[table_id] = may_hold_more.get(table_id, False) or not whole
    rows = [
        TransitGatewayRoutes(
            transit_gateway_route_table_id=table_id,
            routes=tuple(found),
            additional_routes_available=may_hold_more[table_id],
        )
        for table_id, found in routes.items()
        if table_id not in gaps
    ]
    unlisted = Unread(TransitGatewayRoutes.call, "NOT_RECORDED")
    return Table(TransitGatewayRoutes.call, rows, gaps=gaps, unlisted=unlisted)


def _asks_for_all(request: Mapping[str, Any]) -> bool:
    """A search that filters by anything but the state has not read the table (TG3)."""
    filters = request.get("Filters", ())
    return all(one["Name"] == "state" and set(one["Values"]) >= _ROUTING for one in filters)
