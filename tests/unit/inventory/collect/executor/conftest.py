"""Workers use the policy cache of whoever they run as: no test may fill, or be helped by, it."""

import pytest


@pytest.fixture(autouse=True)
def without_a_policy_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_CACHE", "off")
