"""A record that is made fast is the record that its class makes."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from policies.control import Outcome, Verdict
from policies.finding import Finding
from policies.imds.metadata_service_enabled import CONTROL
from policies.made import made

VERDICT = Verdict(Outcome.PASS, "FINE", "it holds")
PLAIN: dict[Any, dict[str, Any]] = {
    Verdict: {"outcome": Outcome.PASS, "code": "FINE", "reason": "it holds"},
    Finding: {
        "control": CONTROL,
        "account": "111122223333",
        "region": "eu-central-1",
        "resource": "i-1",
        "name": "web",
        "verdict": VERDICT,
    },
}


@pytest.mark.parametrize("kind", PLAIN)
def test_it_is_what_the_class_makes(kind: Any) -> None:
    """Equal, as hashable, as frozen, and to be copied, changed and shipped like it."""
    fast, slow = made(kind, PLAIN[kind]), kind(**PLAIN[kind])
    assert fast == slow
    assert hash(fast) == hash(slow)
    assert repr(fast) == repr(slow)
    assert dataclasses.asdict(fast) == dataclasses.asdict(slow)
    assert dataclasses.replace(fast) == slow
    assert pickle.loads(pickle.dumps(fast)) == slow  # noqa: S301 - made two lines above
    with pytest.raises(dataclasses.FrozenInstanceError):
        fast.verdict = VERDICT


@pytest.mark.parametrize("kind", PLAIN)
def test_every_default_is_one_that_the_class_holds(kind: Any) -> None:
    """A member with a factory would be missing."""
    for member in dataclasses.fields(kind):
        assert member.default_factory is dataclasses.MISSING
