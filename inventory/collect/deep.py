"""Asking about one instance, as ``--deep`` does; of a console only SSM Agent's lines are kept."""

from __future__ import annotations

import dataclasses
from typing import Final

from botocore.client import BaseClient

from inventory.collect.answers import reply_to
from inventory.collect.call import Call, Request
from inventory.collect.node_calls import GET_CONSOLE_OUTPUT
from inventory.collect.replies import Reply
from inventory.facts.agent_lines import kept_console

#: What a manifest says of consoles: its reader has to know that the files are not the whole text.
MANIFEST_NOTE: Final = {
    "deep": "session channels and consoles were asked for, one request an instance",
    GET_CONSOLE_OUTPUT.action: "only lines that match SSM Agent's signatures, secrets masked",
}
#: AWS's answer where an instance type cannot give its console of this moment.
_NO_LATEST: Final = "UnsupportedOperation"


def ask_about_instance(client: BaseClient, call: Call, request: Request) -> Reply:
    """One request of a deep call. Raises the SDK's error for lost credentials only.

    A console is that of this moment, where the instance type has one, else the last one taken; the
    rest of its text does not leave this module.
    """
    reply = reply_to(client, call, request)
    if call is not GET_CONSOLE_OUTPUT:
        return reply
    if reply.refusal is not None and reply.refusal.code == _NO_LATEST:
        reply = reply_to(client, call, {"InstanceId": request["InstanceId"]})
    return _agent_lines_only(reply)


def _agent_lines_only(reply: Reply) -> Reply:
    if reply.response is None:
        return reply
    kept = {**reply.response, "Output": kept_console(reply.response.get("Output", ""))}
    return dataclasses.replace(reply, response=kept)
