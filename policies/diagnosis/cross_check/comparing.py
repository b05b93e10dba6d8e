"""All that both sides tell of one node, compared."""

from __future__ import annotations

from collections.abc import Iterable

from inventory.facts import Node
from policies.control import Context
from policies.diagnosis.cross_check.attempts import attempts
from policies.diagnosis.cross_check.connections import connection_remark
from policies.diagnosis.cross_check.identity import identity_remarks
from policies.diagnosis.cross_check.remark import CrossCheck
from policies.finding import Finding


def cross_checked(
    node: Node, findings: Iterable[Finding], context: Context
) -> tuple[CrossCheck, ...]:
    """What the machine told against AWS's side, connections first; nothing where nobody looked.

    ``findings`` are all of the node, each with its causes. A source that its own control doubts,
    because it is old or of unknown time, is compared with nothing (D9). Spec: domain.md 3.4 A to C,
    5.6, D10.
    """
    if node.host is None:
        return ()
    by_control = {one.control.id: one for one in findings}
    told = (connection_remark(one, by_control) for one in attempts(node, by_control, context))
    return (*filter(None, told), *identity_remarks(node, by_control))
