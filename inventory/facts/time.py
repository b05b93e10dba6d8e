"""Points in time as AWS, the AWS CLI and boto3 write them."""

from __future__ import annotations

from datetime import UTC, datetime

#: ISO 8601 text (``T`` or a space), seconds since 1970 (AWS CLI v1, JSON services), or absent.
Timestamp = str | float | None


def moment(stamp: Timestamp) -> datetime | None:
    """The stamp as an aware UTC datetime; ``None`` when absent or not a time at all."""
    if stamp is None or stamp == "":
        return None
    try:
        if isinstance(stamp, str):
            parsed = datetime.fromisoformat(stamp)
        else:
            parsed = datetime.fromtimestamp(stamp, UTC)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
