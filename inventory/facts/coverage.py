"""Which calls answered: the part of a snapshot that says what it does not hold."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Status(StrEnum):
    """What became of a call. ``absent``: it answered that there is none (no organization)."""

    COLLECTED = "collected"
    ABSENT = "absent"
    DENIED = "denied"
    FAILED = "failed"
    NOT_ASKED = "not_asked"


class Coverage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call of one account and Region; ``call`` is an IAM action name, ``ec2:DescribeVpcs``."""

    account: str
    region: str
    call: str
    status: Status
    code: str = ""
    detail: str = ""
    file: str = ""
    sha256: str = ""
