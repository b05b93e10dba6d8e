"""What a verdict rests on: the facts looked at, and the sources that could not be read."""

from __future__ import annotations

import functools
from typing import Any, ClassVar, Final, Self

import msgspec

#: The code of what another object names although its own, complete source does not know it.
VANISHED: Final = "CHANGED_DURING_COLLECTION"
#: The codes of what nobody asked for: not recorded, left out, asked with --deep only, of nothing.
NEVER_ASKED: Final = frozenset({"NOT_RECORDED", "NOT_ASKED", "NOT_DEEP", "NOTHING_TO_ASK"})


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that was looked at.

    ``resource`` is an AWS id, ``path`` the member in AWS's own names (``MetadataOptions.State``),
    ``value`` plain JSON, ``call`` the API call it came from (``ec2:DescribeInstances``).
    """

    resource: str
    path: str
    value: Any
    call: str


class Unread(msgspec.Struct, frozen=True):
    """A source that is not there to be judged: refused, failed, or not part of the snapshot.

    ``call`` is the API call that would supply it, ``code`` why it did not: an AWS error code
    (``AccessDenied``), ``NOT_RECORDED`` (the snapshot has no such file) or
    ``CHANGED_DURING_COLLECTION`` (another object names this one, its own listing does not).
    """

    call: str
    code: str
    detail: str = ""

    @property
    def has_vanished(self) -> bool:
        """Whether the source was read and knows no such thing, rather than not read."""
        return self.code == VANISHED

    @property
    def is_lost(self) -> bool:
        """Whether somebody asked and got no answer: it was refused, or went wrong for good."""
        return not self.has_vanished and self.code not in NEVER_ASKED

    def find(self, _key: str) -> Self:
        """An unread source has no rows: looking anything up gives the gap itself."""
        return self

    def __str__(self) -> str:
        told = f"{self.call} ({self.code})"
        return f"{told}: {self.detail}" if self.detail else told


class Member(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", gc=False):
    """A structure as AWS answers it: members keep AWS's names, unknown members are ignored.

    It is out of the garbage collector's way: nothing that was decoded refers to itself.
    """


class Fact(Member, frozen=True, kw_only=True):
    """A structure with an id of its own, so that evidence can be filed under it.

    ``repeated`` are members that are equal in many rows: they are kept in memory once.
    """

    call: ClassVar[str] = ""
    repeated: ClassVar[tuple[str, ...]] = ()

    @property
    def parts(self) -> tuple[Fact, ...]:
        """Facts within this one that have repeated members of their own."""
        return ()

    @property
    def id(self) -> str:
        """The AWS id that evidence about this fact is filed under."""
        raise NotImplementedError

    def evidence(self, path: str = "") -> Evidence:
        """Quote one member by its AWS path, ``MetadataOptions.State``; ``""`` = all of it."""
        value: Any = self
        for name in path.split(".") if path else ():
            kind: Any = type(value)
            value = None if value is None else getattr(value, _attribute(kind, name))
        return Evidence(
            resource=self.id, path=path, value=msgspec.to_builtins(value), call=self.call
        )


@functools.cache
def _attribute(kind: Any, encoded: str) -> str:
    names = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
    return str(names[encoded])
