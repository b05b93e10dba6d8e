"""``assume: scp: allow``: an answer where only the organization's unread policies stood open.

A member account may not read the policies of its organization. Whoever knows them can vouch for
them in parameters.yaml; a verdict that rests on such a word says so, and whose it is (design 4).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from inventory.facts import Evidence
from policies.control import Context, Outcome, Premise, Verdict
from policies.iam.evaluation import Layer
from policies.parameters import Assumption

CODE = "ASSUMED"
#: Where the evidence of an assumption comes from: no API call, the user's own file.
SOURCE = "parameters.yaml"

#: The same question once more, under another premise.
Again = Callable[[Context], Verdict]


def assumed(verdict: Verdict, account: str, context: Context, again: Again) -> Verdict:
    """The verdict that the account would have if its unread organization policies allowed.

    Unchanged where it is not unknown, where nobody vouches for the account, and where something
    else is open too. A pass becomes ``ASSUMED``; any other verdict keeps its code.
    """
    assumption = context.parameters.scp_assumption(account)
    if verdict.outcome is not Outcome.UNKNOWN or assumption is None:
        return verdict
    answer = again(context.under(Premise.ASSUMPTION))
    if answer.outcome is Outcome.UNKNOWN:
        return verdict
    return dataclasses.replace(
        answer,
        code=CODE if answer.outcome is Outcome.PASS else answer.code,
        reason=f"{answer.reason}, assuming that the organization's unread policies allow it",
        evidence=(*answer.evidence, _quoted(assumption, account), computed(verdict, account)),
        assumption=assumption,
    )


def computed(verdict: Verdict, resource: str) -> Evidence:
    """What the facts alone came to, kept as evidence (D10)."""
    return Evidence(
        resource=resource,
        path="computed",
        value=f"{verdict.outcome} {verdict.code}: {verdict.reason}",
        call="judgement",
    )


def where_assumed(layers: tuple[Layer, ...], context: Context) -> tuple[Layer, ...]:
    """An organization's layers for any request: without the unread ones under an assumption."""
    return _read(layers) if context.premise is Premise.ASSUMPTION else layers


def where_witnessed(layers: tuple[Layer, ...], context: Context) -> tuple[Layer, ...]:
    """The layers around the heartbeat and the trust it needs, which a witness settles too (D11)."""
    return layers if context.premise is Premise.NOTHING else _read(layers)


def _read(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """A layer of which something was read stays as it is, with what it leaves open."""
    return tuple(layer for layer in layers if layer.policies or not layer.unread)


def _quoted(assumption: Assumption, account: str) -> Evidence:
    return Evidence(
        resource=account,
        path="assume",
        value={
            "setting": assumption.setting,
            "owner": assumption.owner,
            "reason": assumption.reason,
        },
        call=SOURCE,
    )
