"""A pytest plugin under which judging costs nothing: every control holds, and nothing is written.

What is left of a roll call is what its cells cost: collecting, running and telling them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pytest

from inventory.facts import Node
from policies.control import ControlModule, Outcome, passed
from policies.finding import Finding, finding_of
from policies.judgement import Judgement

_HOLDS: Final = passed("PREPARED", "an answer from memory")


def _explained(_judgement: Judgement, control: ControlModule, node: Node) -> Finding:
    return finding_of(control.CONTROL, node, _HOLDS)


def _plain(
    _judgement: Judgement, _control: ControlModule, nodes: Iterable[Node]
) -> Iterator[Outcome]:
    return (Outcome.PASS for _ in nodes)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Put the answers in the place of judging, and leave the reports out."""
    Judgement.explained = _explained  # type: ignore[method-assign,assignment]
    Judgement.plain = _plain  # type: ignore[method-assign,assignment]
    manager = session.config.pluginmanager
    manager.unregister(manager.get_plugin("rollcall-reporter"))
