"""``assume:``: an answer where only what the user vouches for stood open (design 4).

A member account may not read the policies of its organization, nobody sees what lies behind a
gateway, a DNS server or a proxy of one's own. Whoever knows them can vouch for them in
parameters.yaml; a verdict that rests on such words says so, and whose they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Final

from inventory.facts import Evidence, Node, Place
from policies.control import Context, Outcome, Premise, Verdict
from policies.iam.evaluation import Layer
from policies.parameters import Assumption, Parameters, Proxy, Topic

CODE = "ASSUMED"
#: Where the evidence of an assumption comes from: no API call, the user's own file.
SOURCE = "parameters.yaml"

#: The same question once more, under another premise.
Again = Callable[[Context], Verdict]
_Words = tuple[Assumption, ...]

_TOLD: Final = {
    Topic.SCP: "the organization's unread policies allow it",
    Topic.EGRESS: "{names} leads to the internet",
    Topic.DNS: "{names} answers as Amazon's resolver would",
    Topic.PROXY: "the proxy {names} reaches the agent's hosts",
}


def assumed(verdict: Verdict, about: Node | Place, context: Context, again: Again) -> Verdict:
    """The verdict that the node or place would have if what the user vouches for were so.

    Unchanged where it is not unknown, where nobody vouches for what is open, and where something
    else is open too. It cites the words it rests on and no others. A pass becomes ``ASSUMED``; any
    other verdict keeps its code.
    """
    if verdict.outcome is not Outcome.UNKNOWN:
        return verdict

    def answer_with(words: _Words) -> Verdict | None:
        answer = again(context.assuming(words))
        return None if answer.outcome is Outcome.UNKNOWN else answer

    for words in _attempts(_words_about(about, context.parameters)):
        answer = answer_with(words)
        if answer is not None:
            needed = _needed(words, answer, answer_with)
            return _resting_on(*needed, verdict, about.account.account_id)
    return verdict


def declared_proxy(node: Node, parameters: Parameters) -> Proxy | None:
    """The proxy that the node's agent uses, by the user's own word (H8)."""
    if not parameters.proxies:
        return None
    own = {
        address
        for interface in node.instance.network_interfaces
        for address in (
            *(one.private_ip_address for one in interface.private_ip_addresses),
            *(one.ipv6_address for one in interface.ipv6_addresses),
        )
    }
    tags = {tag.key: tag.value for tag in node.instance.tags}
    found = parameters.proxy_of(node.account.account_id, node.instance.vpc_id, tags)
    # The machine that is the proxy does not reach itself by itself.
    return None if found is not None and found.address in own else found


def _words_about(about: Node | Place, parameters: Parameters) -> _Words:
    words = parameters.assumptions(about.account.account_id)
    proxy = declared_proxy(about, parameters) if isinstance(about, Node) else None
    return words if proxy is None else (*words, proxy.word)


def _attempts(words: _Words) -> Iterator[_Words]:
    """Each alone before all together: an answer is to cite no word that it does not need."""
    yield from ((one,) for one in words)
    if len(words) > 1:
        yield words


def _needed(
    words: _Words, answer: Verdict, answer_with: Callable[[_Words], Verdict | None]
) -> tuple[_Words, Verdict]:
    """The words without those that can be left out, and the answer that rests on the others."""
    if len(words) == 1:
        return words, answer
    for word in words:
        others = tuple(one for one in words if one is not word)
        found = answer_with(others)
        if found is not None:
            words, answer = others, found
    return words, answer


def _resting_on(words: _Words, answer: Verdict, verdict: Verdict, account: str) -> Verdict:
    told = " and ".join(f"that {_told(one)}" for one in words)
    return dataclasses.replace(
        answer,
        code=CODE if answer.outcome is Outcome.PASS else answer.code,
        reason=f"{answer.reason}, assuming {told}",
        evidence=(
            *answer.evidence,
            *(quoted(one, account) for one in words),
            computed(verdict, account),
        ),
        assumptions=words,
    )


def _told(word: Assumption) -> str:
    return _TOLD[word.topic].format(names=", ".join(word.names))


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


def quoted(assumption: Assumption, account: str) -> Evidence:
    """The user's word with its owner and reason."""
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
