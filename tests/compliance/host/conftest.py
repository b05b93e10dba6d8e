"""Testinfra's ``host``, for the machine that a cell is about."""

from __future__ import annotations

import pytest
from testinfra.host import Host

from fixtures.compliance import Subject
from fixtures.probe_options import PROBING


@pytest.fixture
def host(instance: Subject, request: pytest.FixtureRequest) -> Host:
    """The machine itself, as testinfra shows it: one test for each that ``--probe`` reaches.

    For tests of your own in this folder: ``def test_…(instance, host)``. Its ids are those of all
    other cells, account / Region / instance.
    """
    return request.config.stash[PROBING].login.host(instance.node)
