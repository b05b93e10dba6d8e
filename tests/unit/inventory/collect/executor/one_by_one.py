"""An engine without workers: shares are read in this process, in the last share's order first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from inventory.collect import OpenAccount
from inventory.collect.executor.engine import Done, NotDone
from inventory.collect.executor.reading import read_share
from inventory.collect.executor.share import Share, encoded

Spoil = Callable[[Share, bytes], Done | NotDone]


def as_read(share: Share, content: bytes) -> Done | NotDone:
    return Done(share, content)


class OneByOne:
    """Reads by the given sessions; ``spoil`` decides what becomes of what was read."""

    def __init__(self, accounts: Mapping[str, OpenAccount], spoil: Spoil = as_read) -> None:
        self._accounts = accounts
        self._spoil = spoil
        self.shares: list[Share] = []

    def run(self, shares: Sequence[Share]) -> Iterator[Done | NotDone]:
        self.shares += shares
        for share in reversed(shares):
            content = read_share(encoded(share), lambda one: self._accounts[one.account_id])
            yield self._spoil(share, content)
