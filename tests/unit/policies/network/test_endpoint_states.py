"""Which states of an endpoint settle anything (EP1)."""

from __future__ import annotations

import pytest

from policies.control import Context, Outcome
from policies.network import endpoints_in_subnet
from tests.unit.policies.network.scenario import change, node_in, world


@pytest.mark.parametrize(
    "state",
    ["PendingAcceptance", "Pending", "Deleting", "Rejected", "Failed", "Expired", "Partial"],
)
@pytest.mark.parametrize("letters", [str, str.lower, str.upper])
def test_the_states_that_aws_lists_fail(state: str, letters: type[str]) -> None:
    """EP1, D24: in any letter case."""
    assert _outcome(letters(state)) is Outcome.FAIL


@pytest.mark.parametrize("state", ["", "Paused", "unavailable", "available "])
def test_any_other_state_is_unknown(state: str) -> None:
    """Design 4: a value that is not known settles nothing."""
    assert _outcome(state) is Outcome.UNKNOWN


def _outcome(state: str) -> Outcome:
    one_state = {"put": ["VpcEndpoints", "vpce-ssm", "State"], "to": state}
    return endpoints_in_subnet.evaluate(
        node_in(change(world("endpoints"), one_state)), Context()
    ).outcome
