"""Tests of no weight, as many as a run has cells: what pytest itself costs for them.

Run by ``benchmarks.peers`` with ``ROLLCALL_INSTANCES`` set; no file that pytest collects by itself.
"""

import os

import pytest

from policies.catalogue import CONTROLS

_INSTANCES = [f"i-{number:017x}" for number in range(int(os.environ["ROLLCALL_INSTANCES"]))]
_CONTROLS = [one.CONTROL.id for one in CONTROLS]


@pytest.fixture(scope="session")
def fleet() -> frozenset[str]:
    """What a suite of this kind reads once."""
    return frozenset(_INSTANCES)


@pytest.mark.parametrize("instance", _INSTANCES)
@pytest.mark.parametrize("control", _CONTROLS)
def test_cell(control: str, instance: str, fleet: frozenset[str]) -> None:
    """Always passes."""
    assert control  # noqa: S101 - a test
    assert instance in fleet  # noqa: S101 - a test
