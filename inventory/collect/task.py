"""What a worker thread is given to do: one call, for one account and Region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from botocore.exceptions import EndpointConnectionError

from inventory.collect.accounts import OpenAccount
from inventory.collect.answers import ask
from inventory.collect.call import Call, Request
from inventory.collect.clients import Clients
from inventory.collect.refusal import AWS_ERRORS, refusal_unless_lost
from inventory.collect.regions_in_use import Place
from inventory.collect.replies import Outcome
from inventory.collect.service_regions import service_not_in_region


class Task(NamedTuple):
    """A call of the plan where it is made."""

    account: OpenAccount
    region: str
    call: Call

    @property
    def place(self) -> Place:
        """Account id and Region: whose clients the task uses."""
        return (self.account.account_id, self.region)


def carry_out(clients: Clients, task: Task, requests: Sequence[Request]) -> Outcome:
    """Ask what the task says. Making a client can fail as a request can, and counts the same.

    ``requests``: those of a per-resource call. Raises the SDK's error for lost credentials only.
    """
    account, region, call = task
    try:
        client = clients.client(account, call.service, region)
    except AWS_ERRORS as error:
        return Outcome(None, (refusal_unless_lost(error),))
    outcome = ask(client, call, requests)
    if _reached_nothing(outcome) and clients.is_known_to_lack(account, call.service, region):
        told = outcome.refusals[0].detail
        return Outcome(None, (service_not_in_region(call.service, region, told),))
    return outcome


def _reached_nothing(outcome: Outcome) -> bool:
    """Whether no answer came because the name of the endpoint leads nowhere."""
    codes = {one.code for one in outcome.refusals}
    return outcome.answer is None and codes == {EndpointConnectionError.__name__}
