"""A quiet account, recorded once, behind a proxy that lets things go wrong.

Here and not above: whoever starts pytest in the checkout loads the conftest of tests/e2e, and need
not wait for an emulator to be imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from inventory.collect import OpenAccount
from tests.faults.calling import (
    Called,
    Run,
    call_the_roll,
    no_waiting,
    opened,
    shared_clients,
    user_of,
)
from tests.faults.proxy import FaultProxy, serving
from tests.faults.recording import REGIONS, Recording, recording_in


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """What the quiet account answers: recorded once for all the processes of a test run."""
    folder = tmp_path_factory.getbasetemp()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    return recording_in(folder.parent if is_worker else folder)


@pytest.fixture(scope="module")
def proxy(recording: Recording) -> Iterator[FaultProxy]:
    """A server with these answers, and whatever faults a test wants among them."""
    with serving(recording.memory()) as serving_proxy:
        yield serving_proxy
        assert serving_proxy.unanswered == []


@pytest.fixture(scope="module")
def account(proxy: FaultProxy) -> Iterator[OpenAccount]:
    """The account behind the proxy, for a user who never waits between two attempts."""
    with user_of(proxy.endpoint) as session, no_waiting():
        yield opened(session)


@pytest.fixture(scope="module")
def one_set_of_clients() -> Iterator[None]:
    """For modules in which no run is broken off: making clients is half of what a run costs."""
    with shared_clients():
        yield


@pytest.fixture(scope="module")
def quiet(
    proxy: FaultProxy,
    account: OpenAccount,
    recording: Recording,
    tmp_path_factory: pytest.TempPathFactory,
) -> Called:
    """The roll of the account's larger Region as it is called when nothing goes wrong."""
    proxy.start_over()
    return call_the_roll(account, tmp_path_factory.mktemp("quiet"), REGIONS[:1], recording.taken)


@pytest.fixture
def run(account: OpenAccount, recording: Recording, tmp_path: Path) -> Run:
    """Call the roll of the Regions, or that one, at the time that the answers are of."""
    folders = (tmp_path / f"run-{number}" for number in count(1))

    def call(*regions: str) -> Called:
        return call_the_roll(account, next(folders), regions or REGIONS[:1], recording.taken)

    return call
