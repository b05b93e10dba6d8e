"""A share of a run: what one worker is asked to read, in plain values."""

from __future__ import annotations

import msgspec

from inventory.collect.account_spec import AccountSpec
from inventory.collect.tool import TOOL


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """One account with some of its Regions, because signing in and roles are the account's.

    It names profiles and roles, from which the worker takes credentials of its own; none are part
    of it. ``regions`` are names in full. ``instances`` and ``deep`` are those of ``collect``.
    ``as_hub``: the Regions are known to hold no instance, and are asked only for what instances of
    other accounts depend on there. ``actions`` are those of ``collect``, sorted. ``tool`` is the
    version that the worker has to run.
    """

    account: AccountSpec
    account_id: str
    regions: tuple[str, ...]
    instances: tuple[str, ...] = ()
    deep: bool = False
    as_hub: bool = False
    actions: tuple[str, ...] | None = None
    tool: str = TOOL

    @property
    def name(self) -> str:
        """Tells this share from the others of its run: ``111122223333`` or ``111122223333-hub``."""
        return f"{self.account_id}-hub" if self.as_hub else self.account_id


def encoded(share: Share) -> bytes:
    """The share as JSON."""
    return msgspec.json.encode(share)


def decoded(content: bytes) -> Share:
    """The share again; raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(content, type=Share)
