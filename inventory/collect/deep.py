"""What ``--deep`` asks beyond the plan's listings: one or two requests an instance.

The session channel of every node that Systems Manager knows, and the console of every running
instance that is not Online. Of a console only SSM Agent's own lines leave this module.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from inventory.collect.answers import Outcome
from inventory.collect.follow_ups import Followed, FollowUps, Reply
from inventory.collect.plan import GET_CONNECTION_STATUS, GET_CONSOLE_OUTPUT, Call, Request
from inventory.collect.refusal import Refusal
from inventory.facts import Status
from inventory.facts.agent_lines import kept_console

NOT_DEEP: Final = Refusal(Status.NOT_ASKED, "NOT_DEEP", "asked with --deep only")
#: What a manifest says of consoles: its reader has to know that the files are not the whole text.
MANIFEST_NOTE: Final = {
    "deep": "session channels and consoles were asked for, one request an instance",
    GET_CONSOLE_OUTPUT.action: "only lines that match SSM Agent's signatures, secrets masked",
}
#: AWS's answer where an instance type cannot give its console of this moment.
_NO_LATEST: Final = "UnsupportedOperation"

#: Gives what asks one service on behalf of the account, in the Region at hand.
Connect = Callable[[str], FollowUps]


def read_deep(instances: Any, managed: Any, connect: Connect) -> dict[Call, Outcome]:
    """Ask about a Region's instances; both answers as the snapshot keeps listings, merged.

    Raises the SDK's error for lost credentials only.
    """
    status = {
        row["InstanceId"]: row.get("PingStatus", "") for row in managed["InstanceInformationList"]
    }
    running = [
        one["InstanceId"]
        for reservation in instances["Reservations"]
        for one in reservation["Instances"]
        if one.get("State", {}).get("Name", "").casefold() == "running"
    ]
    channels = tuple({"Target": one} for one in running if one in status)
    silent = [one for one in running if status.get(one, "").casefold() != "online"]
    return {
        GET_CONNECTION_STATUS: connect("ssm").ask(GET_CONNECTION_STATUS, channels).outcome,
        GET_CONSOLE_OUTPUT: _consoles(silent, connect("ec2")),
    }


def _consoles(instance_ids: list[str], ask: FollowUps) -> Outcome:
    """The console of this moment, where the instance type has one, else the last one taken."""
    latest = tuple({"InstanceId": one, "Latest": True} for one in instance_ids)
    replies = ask.ask(GET_CONSOLE_OUTPUT, latest).replies
    refused = [one for one in replies if _refused_latest(one)]
    again = ask.ask(GET_CONSOLE_OUTPUT, tuple(_without_latest(one.request) for one in refused))
    kept = (one for one in replies if not _refused_latest(one))
    return Followed(tuple(_agent_lines_only((*kept, *again.replies)))).outcome


def _refused_latest(reply: Reply) -> bool:
    return reply.refusal is not None and reply.refusal.code == _NO_LATEST


def _without_latest(request: Request) -> Request:
    return {"InstanceId": request["InstanceId"]}


def _agent_lines_only(replies: tuple[Reply, ...]) -> Iterator[Reply]:
    for reply in replies:
        response: Mapping[str, Any] | None = reply.response
        if response is None:
            yield reply
        else:
            kept = {**response, "Output": kept_console(response.get("Output", ""))}
            yield dataclasses.replace(reply, response=kept)
