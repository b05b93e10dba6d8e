"""Answers to calls that are made once per resource: which of them came, and why others did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from inventory.facts import NOT_RECORDED, Unread
from inventory.facts.evidence import VANISHED
from inventory.reader import Reader
from inventory.snapshot import iam_action

#: AWS's ways to say that there is no such thing.
_NO_SUCH: Final = frozenset({"NoSuchEntity", "NoSuchHostedZone", "ResourceNotFoundException"})


class FollowUpAnswers:
    """One member of the responses of one call, by the values of its requests.

    ``is_recorded``: some request was answered. Raises SnapshotError, naming the file, for entries
    that are not ``{request, response}`` or ``{request, error}`` and responses without the member.
    """

    def __init__(self, read: Reader, operation: str, member: str, *keys: str) -> None:
        self._call = iam_action(operation)
        self._responses: dict[tuple[str, ...], Any] = {}
        self._errors: dict[tuple[str, ...], Unread] = {}
        answers = read.answer(operation)
        self.is_recorded = not isinstance(answers, Unread)
        self._otherwise = (
            answers if isinstance(answers, Unread) else Unread(self._call, NOT_RECORDED)
        )
        if isinstance(answers, Unread):
            return
        with read.place(operation):
            for entry in answers:
                key = tuple(entry["request"][name] for name in keys)
                if "error" in entry:
                    self._errors[key] = refusal(self._call, entry["error"])
                else:
                    self._responses[key] = entry["response"][member]

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Each answered request's values, and what it was answered."""
        return iter(self._responses.items())

    @property
    def gaps(self) -> Mapping[tuple[str, ...], Unread]:
        """Why single requests were not answered."""
        return self._errors

    @property
    def otherwise(self) -> Unread:
        """Why what was not asked for, or refused as a whole, is not there."""
        return self._otherwise

    def of(self, *values: str) -> Any | Unread:
        """What was answered about these values, or why there is no answer."""
        if values in self._responses:
            return self._responses[values]
        return self._errors.get(values, self._otherwise)


def refusal(call: str, error: Mapping[str, str]) -> Unread:
    """Why one request was not answered, from the error that AWS gave."""
    code = VANISHED if error["Code"] in _NO_SUCH else error["Code"]
    return Unread(call, code, error.get("Message", ""))
