"""Which calls of the plan a run makes that is about some controls only.

Calls depend on each other: what a call asks about, another one has named. So a run that wants one
makes those that lead to it as well, and without the instances there is nothing to judge at all.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from inventory.collect.call import Call
from inventory.collect.node_calls import SERVICE_SETTING
from inventory.collect.plan import (
    DESCRIBE_ORGANIZATION,
    FIRST_CALL,
    INSTANCE_PROFILES,
    ORGANIZATION_CALLS,
    PLAN,
    ROLE_CALLS,
)
from inventory.collect.refusal import Refusal
from inventory.facts import LEFT_OUT, Status

NOT_WANTED: Final = Refusal(
    Status.NOT_ASKED, LEFT_OUT, "left out: no control that the run is about reads it"
)
EVERYTHING: Final = frozenset(PLAN)
_BY_OPERATION: Final = {call.operation: call for call in PLAN}
#: Which roles are in use is told by the instances, by their profiles, and by the setting of DHMC.
_TOLD_BY: Final = (_BY_OPERATION[INSTANCE_PROFILES], _BY_OPERATION[SERVICE_SETTING])
_OF_ROLES: Final = frozenset((*ROLE_CALLS, *_TOLD_BY))
_OF_ORGANIZATIONS: Final = frozenset((DESCRIBE_ORGANIZATION, *ORGANIZATION_CALLS))


def wanted_calls(actions: Collection[str] | None) -> frozenset[Call]:
    """The calls for these IAM actions, those they start from, and DescribeInstances.

    ``None``: every call. Roles are read in bulk or one by one, and the policies of an organization
    from its root down: who wants one of these calls wants all of them (iam.md 8).
    """
    if actions is None:
        return EVERYTHING
    wanted = {FIRST_CALL} | {call for call in PLAN if call.action in actions}
    if not wanted.isdisjoint(ROLE_CALLS):
        wanted |= _OF_ROLES
    if not wanted.isdisjoint(_OF_ORGANIZATIONS):
        wanted |= _OF_ORGANIZATIONS
    waiting = [*wanted]
    while waiting:
        sources = {_BY_OPERATION[source] for source in waiting.pop().sources} - wanted
        wanted |= sources
        waiting += sources
    return frozenset(wanted)
