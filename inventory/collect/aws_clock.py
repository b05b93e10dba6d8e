"""How far the clock of this machine is from AWS's, by the Date that AWS puts on every answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from inventory.collect.notes import CLOCK
from inventory.collect.refusal import AwsError

#: Less is the time that an answer takes, and harms nothing: AWS signs for minutes.
NOTABLE: Final = timedelta(minutes=1)
#: AWS accepts no signature that is further off: who does so nevertheless is an emulator, whose
#: Date need not be right.
_MOST_ACCEPTED: Final = timedelta(minutes=15)


def clock_ahead(answer: Mapping[str, Any]) -> timedelta:
    """How far this machine is ahead, negative if behind; none if it is too little to matter.

    ``answer`` is one that has just come: a parsed answer, or an error's.
    """
    told = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        ahead = datetime.now(UTC) - parsedate_to_datetime(told)
    except (TypeError, ValueError):  # no date, or none with a zone
        return timedelta()
    return ahead if abs(ahead) >= NOTABLE else timedelta()


def clock_ahead_though_accepted(answer: Mapping[str, Any]) -> timedelta:
    """The same for an answer to a signature that AWS took for good."""
    ahead = clock_ahead(answer)
    return ahead if abs(ahead) <= _MOST_ACCEPTED else timedelta()


def clock_in_words(ahead: timedelta) -> str:
    """Say ``this machine's clock is 7 minutes ahead of AWS's``; ``""`` where it is not."""
    if not ahead:
        return ""
    minutes = round(abs(ahead).total_seconds() / 60)
    span = f"{minutes} minute{'s' if minutes != 1 else ''}"
    return f"this machine's clock is {span} {'ahead of' if ahead > timedelta() else 'behind'} AWS's"


def clock_note(ahead: timedelta) -> dict[str, str]:
    """What a manifest says of it; nothing where the clock is right."""
    told = clock_in_words(ahead)
    return {CLOCK: f"{told}; the snapshot's time is AWS's"} if told else {}


def clock_trouble(error: AwsError) -> str:
    """The same of an answer that refuses a signature."""
    return clock_in_words(clock_ahead(getattr(error, "response", {})))
