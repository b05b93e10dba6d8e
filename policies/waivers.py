"""Waivers: failures that someone accepts, for a reason, until a day (design 4)."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from fnmatch import translate

from inventory.facts import Node, Place


@dataclasses.dataclass(frozen=True)
class Waiver:
    """One entry of waivers.yaml: who accepts which failures of what, and until when.

    ``controls`` are control ids; ``ids``, ``accounts`` and ``regions`` anchored globs, ``tags``
    names and globs of their values: all that are given have to fit. ``expires`` is the last day
    on which it holds.
    """

    controls: tuple[str, ...]
    owner: str
    ticket: str
    reason: str
    expires: date
    ids: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def is_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return today > self.expires

    def selects(self, subject: Node | Place) -> bool:
        """Whether the instance, or the account and Region, is among what it names.

        Ids and tags are those of instances: an entry that has any never selects a whole Region.
        """
        account, region = subject.key[:2]
        if not (_fits(self.accounts, account) and _fits(self.regions, region)):
            return False
        if not isinstance(subject, Node):
            return not self.ids and not self.tags
        return _fits(self.ids, subject.id) and self._fits_tags(subject)

    def may_select_in(self, account: str, region: str) -> bool:
        """Whether anything of that account and Region can be among what it names."""
        return _fits(self.accounts, account) and _fits(self.regions, region)

    def _fits_tags(self, node: Node) -> bool:
        if not self.tags:
            return True
        there = {tag.key: tag.value for tag in node.instance.tags}
        return all(name in there and _fits((glob,), there[name]) for name, glob in self.tags)


@dataclasses.dataclass(frozen=True)
class WaiverBook:
    """The user's waivers in the order of the file. ``is_applied`` is false under ``--runxfail``."""

    waivers: tuple[Waiver, ...] = ()
    is_applied: bool = True

    def in_force(self, control: str, subject: Node | Place) -> Waiver | None:
        """The first that accepts a failure of the control on the subject on the subject's day."""
        today = day_of(subject.as_of)
        if today is None:
            return None
        matching = self._matching(control, subject)
        return next((one for one in matching if not one.is_expired(today)), None)

    def expired(self, control: str, subject: Node | Place) -> Waiver | None:
        """The one that expired last of those that would accept it; the first of equals."""
        today = day_of(subject.as_of)
        if today is None:
            return None
        over = [one for one in self._matching(control, subject) if one.is_expired(today)]
        return max(over, key=lambda one: one.expires, default=None)

    def covers(self, control: str, subject: Node | Place) -> bool:
        """Whether any waiver, in force or not, is about the control on the subject."""
        return bool(self.about(control)) and any(True for _ in self._matching(control, subject))

    def _matching(self, control: str, subject: Node | Place) -> Iterator[Waiver]:
        return (one for one in self.about(control) if one.selects(subject))

    def about(self, control: str) -> Sequence[Waiver]:
        """Those that name the control, where waivers are applied at all."""
        return self._by_control.get(control, ()) if self.is_applied else ()

    @functools.cached_property
    def _by_control(self) -> dict[str, list[Waiver]]:
        found: dict[str, list[Waiver]] = {}
        for waiver in self.waivers:
            for control in waiver.controls:
                found.setdefault(control, []).append(waiver)
        return found


def day_of(as_of: datetime | None) -> date | None:
    """The day (UTC) on which waivers are looked at: a run's, which is its snapshot's (design 6)."""
    return as_of.astimezone(UTC).date() if as_of is not None else None


def _fits(globs: tuple[str, ...], text: str) -> bool:
    """Whether one of the globs is the whole text, letter case included; none given = any text."""
    return not globs or _pattern(globs).fullmatch(text) is not None


@functools.cache
def _pattern(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(one) for one in globs))
