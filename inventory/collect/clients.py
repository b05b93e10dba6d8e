"""AWS clients: one per account, service and Region, with the retries a large fleet needs.

A client takes more than a megabyte, so a run of a thousand accounts cannot keep one for each of
its places: those that were used last are kept, and another is made where one is needed again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, Final

from botocore.client import BaseClient
from botocore.config import Config

from inventory.collect.accounts import OpenAccount
from inventory.collect.lean_xml import LeanXml
from inventory.collect.service_regions import is_known_to_lack
from inventory.collect.settings import CLIENT_CONFIG
from inventory.snapshot import GLOBAL

#: One endpoint for all Regions of an account, so one client, which then knows the shared rate.
_GLOBAL_SERVICES: Final = frozenset({"route53"})
#: More than an account has in all Regions, so only runs of many accounts make clients anew.
MOST_CLIENTS: Final = 160
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

    def __init__(self, config: Config = CLIENT_CONFIG, most: int = MOST_CLIENTS) -> None:
        self._config = config
        self._most = most
        self._clients: OrderedDict[tuple[str, str, str], BaseClient] = OrderedDict()
        self._lean_xml = LeanXml()
        self._creating = threading.Lock()
        self._counting = threading.Lock()
        self._throttles = 0
        self._is_given_up = False

    @property
    def throttles(self) -> int:
        """Throttled answers so far."""
        return self._throttles

    def client(self, account: OpenAccount, service: str, region: str) -> BaseClient:
        """The client; for ``global``, and for a global service, in the account's home Region.

        Raises botocore's errors where the SDK knows no such service or Region.
        """
        if service in _GLOBAL_SERVICES:
            region = GLOBAL
        key = (account.account_id, service, region)
        with self._creating:
            if key not in self._clients:
                self._clients[key] = self._create(account, service, region)
            self._clients.move_to_end(key)
            if len(self._clients) > self._most:
                # Not closed: whoever still has it in hand goes on, and it ends with them.
                self._clients.popitem(last=False)
            return self._clients[key]

    def is_known_to_lack(self, account: OpenAccount, service: str, region: str) -> bool:
        """Whether the Region is known not to have the service.

        Not where the configuration names an endpoint in place of the Region's own.
        """
        endpoint = self.client(account, service, region).meta.endpoint_url
        with self._creating:
            return region in endpoint and is_known_to_lack(account.session, service, region)

    def release(self, account_id: str, region: str) -> None:
        """Close the clients of a place that is done with: each holds about a megabyte."""
        with self._creating:
            done = [key for key in self._clients if (key[0], key[2]) == (account_id, region)]
            for key in done:
                self._clients.pop(key).close()

    def give_up(self) -> None:
        """Try nothing again from now on: who waits for what is under way need not wait long."""
        self._is_given_up = True

    def _create(self, account: OpenAccount, service: str, region: str) -> BaseClient:
        client: BaseClient = account.session.client(
            service,
            region_name=account.home_region if region == GLOBAL else region,
            config=self._config,
        )
        client.meta.events.register_first("needs-retry", self._refuse_retry)
        client.meta.events.register("needs-retry", self._count_throttle)
        self._lean_xml.read_for(client)
        return client

    def _refuse_retry(self, **_: Any) -> Any:
        """Handle botocore's event, whose first answer counts; ``None`` leaves it to the SDK."""
        return False if self._is_given_up else None

    def _count_throttle(self, response: Any = None, **_: Any) -> None:
        """Handle botocore's event after each attempt: ``response`` is (HTTP, parsed) or None."""
        if response is None:
            return
        if response[1].get("Error", {}).get("Code") in _THROTTLE_CODES:
            with self._counting:
                self._throttles += 1
