"""AWS clients: one per account, service and Region, with the retries a large fleet needs."""

from __future__ import annotations

import threading
from typing import Any, Final

from botocore.client import BaseClient
from botocore.config import Config

from inventory.collect.accounts import OpenAccount
from inventory.collect.settings import CLIENT_CONFIG
from inventory.snapshot import GLOBAL

_THROTTLE_CODES: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


class Clients:
    """Hands out clients to any thread; sessions are not thread-safe, clients are.

    Counts the throttled answers of all its clients, also those that a retry made good.
    """

    def __init__(self, config: Config = CLIENT_CONFIG) -> None:
        self._config = config
        self._clients: dict[tuple[str, str, str], BaseClient] = {}
        self._creating = threading.Lock()
        self._counting = threading.Lock()
        self._throttles = 0

    @property
    def throttles(self) -> int:
        """Throttled answers so far."""
        return self._throttles

    def client(self, account: OpenAccount, service: str, region: str) -> BaseClient:
        """The client; for ``global`` in the account's home Region.

        Raises botocore's errors where the SDK knows no such service or Region.
        """
        key = (account.account_id, service, region)
        with self._creating:
            if key not in self._clients:
                self._clients[key] = self._create(account, service, region)
            return self._clients[key]

    def release(self, account_id: str, region: str) -> None:
        """Close the clients of a place that is done with: each holds about a megabyte."""
        with self._creating:
            done = [key for key in self._clients if (key[0], key[2]) == (account_id, region)]
            for key in done:
                self._clients.pop(key).close()

    def _create(self, account: OpenAccount, service: str, region: str) -> BaseClient:
        client: BaseClient = account.session.client(
            service,
            region_name=account.home_region if region == GLOBAL else region,
            config=self._config,
        )
        client.meta.events.register("needs-retry", self._count_throttle)
        return client

    def _count_throttle(self, response: Any = None, **_: Any) -> None:
        """Handle botocore's event after each attempt: ``response`` is (HTTP, parsed) or None."""
        if response is None:
            return
        if response[1].get("Error", {}).get("Code") in _THROTTLE_CODES:
            with self._counting:
                self._throttles += 1
