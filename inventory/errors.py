"""The few errors of our own: each says where, what was found, and what to do."""

from __future__ import annotations


class RollcallError(Exception):
    """Something the user can put right; the message is one line and complete."""


class SnapshotError(RollcallError):
    """A snapshot that cannot be read or trusted: which file, which member, what is wrong."""

    def __init__(self, place: object, problem: str) -> None:
        super().__init__(f"snapshot {place}: {problem}")


class AccountError(RollcallError):
    """An account that cannot be reached, or is not the one that was asked for."""


class ExecutorError(RollcallError):
    """An engine that cannot be had, or whose workers cannot do what a run asks of them."""


class ConfigurationError(RollcallError):
    """A user's file that is wrong: names the file, the key, what was found and what is allowed."""

    def __init__(self, file: object, key: str, problem: str) -> None:
        place = f"{file}: {_printable(key)}" if key else f"{file}"
        super().__init__(f"{place}: {problem}")
        self.file, self.key, self.problem = file, key, problem


def _printable(key: str) -> str:
    """A key as a terminal may show it: the user's file can hold any character in quotes."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in key
    )
