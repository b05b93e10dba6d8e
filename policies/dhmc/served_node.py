"""Which nodes DHMC-03 and DHMC-04 judge: those that nothing but DHMC can serve (design 5, D1)."""

from __future__ import annotations

import dataclasses

from inventory.facts import Node, ServiceSetting, Unread
from policies.control import Context, Verdict, not_applicable
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.iam.evaluation import Malformed
from policies.iam.undecided import undecided
from policies.identity import Credentials, Fallback, Source, fallback


@dataclasses.dataclass(frozen=True)
class ServedNode:
    """Default Host Management is on, and the instance profile certainly does not serve."""

    setting: ServiceSetting
    fallback: Fallback


def served_node(node: Node, context: Context) -> ServedNode | Verdict:
    """Whether only DHMC can serve the node; else not applicable, naming the source, or unknown."""
    state = dhmc_state(node)
    if isinstance(state, DhmcOff):
        return not_applicable("DHMC_OFF", "Default Host Management is off here")
    if isinstance(state, Unread | Malformed):
        return _not_entailed(
            undecided("DHMC_SETTING_UNRECOGNIZED", f"is DHMC on? {state}", (state,))
        )
    found = context.once(("fallback", node.key), lambda: fallback(node, context))
    if isinstance(found, Fallback):
        return ServedNode(state.setting, found)
    return _otherwise(found)


def _otherwise(found: Credentials) -> Verdict:
    if found.source is Source.PROFILE:
        return not_applicable("SOURCE_IS_PROFILE", f"the instance profile serves: {found.reason}")
    return _not_entailed(undecided("SOURCE_UNDECIDED", found.reason, found.needs))


def _not_entailed(unknown: Verdict) -> Verdict:
    """A ping says that some source works, not which (D9)."""
    return dataclasses.replace(unknown, entailed_by_online=False)
