"""What an engine has to do for a run: have shares read wherever it likes, and hand back parts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Protocol

from inventory.collect.executor.share import Share


@dataclasses.dataclass(frozen=True)
class Done:
    """A share that was read; ``content`` is what ``read_share`` returned for it."""

    share: Share
    content: bytes


@dataclasses.dataclass(frozen=True)
class NotDone:
    """A share that no worker could read, and why: the run records its calls as failed."""

    share: Share
    code: str
    detail: str


class Executor(Protocol):
    """Carries ``read_share`` to workers.

    An engine may read a share anew after a failure, as reading changes nothing in AWS.
    """

    def run(self, shares: Sequence[Share]) -> Iterator[Done | NotDone]:
        """Give each share's end as soon as it has come to it, once, in any order.

        Abandoning the iterator gives up the shares that are left.
        """
