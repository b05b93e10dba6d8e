"""Controls that judge a machine from within: whom they concern, and what they may not conclude."""

from __future__ import annotations

from typing import Final

from inventory.facts import NOT_RECORDED, Node, Unread
from inventory.facts.host import HostFacts
from policies.control import (
    Context,
    Control,
    ControlModule,
    Outcome,
    Verdict,
    not_applicable,
    unread,
)

#: The categories of these controls: what sources say of the machine, and what its agent logged.
HOST: Final = "host"
LOG: Final = "log"
READINGS_CALL: Final = "host:Readings"
_NOT_LOOKED_AT: Final = f"{READINGS_CALL} ({NOT_RECORDED})"


def is_from_within(control: Control) -> bool:
    """Whether it judges what only the machine can tell."""
    return control.category in (HOST, LOG)


def is_asked(control: Control, node: Node) -> bool:
    """Whether there is anything that such a control could judge the node by."""
    host = node.host
    if host is None:
        return False
    if control.category == LOG:
        return host.log is not None
    return bool(host.readings) or host.unreached is not None


def judge_from_within(control: ControlModule, node: Node, context: Context) -> Verdict:
    """One verdict by what is known of the machine from within.

    Whether EC2 calls it running does not matter: who hands in the logs of a stopped machine wants
    to know why it was silent. Where a probe could not reach it, that is what is missing; what no
    file that people collected looks at was not asked (D14).
    """
    host = node.host
    if host is None:
        return unread(Unread(READINGS_CALL, NOT_RECORDED))
    if control.CONTROL.category == HOST and _is_bottlerocket(node):
        told = "the agent of Bottlerocket runs in a container, which no look at the system shows"
        return not_applicable("BOTTLEROCKET", told)
    verdict = control.evaluate(node, context)
    if verdict.outcome is not Outcome.UNKNOWN:
        return verdict
    if host.unreached is not None:
        return unread(host.unreached, evidence=verdict.evidence)
    if not host.is_probed and _nothing_looked(verdict):
        return not_applicable("NOT_ASKED", _told(host), *verdict.evidence)
    return verdict


def _is_bottlerocket(node: Node) -> bool:
    """By what its agent reports, else by the name of AWS's image (D19, T-126)."""
    row = node.region.managed_nodes.find(node.id)
    if not isinstance(row, Unread) and row.platform_name:
        return row.platform_name.casefold() == "bottlerocket"
    image = node.region.images.find(node.instance.image_id)
    return not isinstance(image, Unread) and image.name.casefold().startswith("bottlerocket-")


def _nothing_looked(verdict: Verdict) -> bool:
    return bool(verdict.missing) and all(
        one.what.startswith(_NOT_LOOKED_AT) for one in verdict.missing
    )


def _told(host: HostFacts) -> str:
    sources = ", ".join(dict.fromkeys(one.source for one in host.readings))
    return f"nothing that was handed in looks at this ({sources}); --probe would"
