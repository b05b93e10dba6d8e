"""Which calls answered: the part of a snapshot that says what it does not hold."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

#: The code of a Region that its account has not enabled: there is nothing in it to ask for.
REGION_DISABLED: Final = "REGION_DISABLED"
#: The code of a call that was not made because no control that the run is about reads it.
LEFT_OUT: Final = "NOT_ASKED"
#: The call that stands for opening an account.
SIGN_IN_CALL: Final = "sts:AssumeRole"
_LISTS_INSTANCES: Final = "ec2:DescribeInstances"


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

    @property
    def hides_instances(self) -> bool:
        """Whether nobody knows which instances there are: not listed, or the account not opened."""
        is_gap = self.status in (Status.DENIED, Status.FAILED)
        return is_gap and self.call in (_LISTS_INSTANCES, SIGN_IN_CALL)


def left_out(coverage: Iterable[Coverage]) -> frozenset[str]:
    """The calls that were not made because the run was not about the controls that read them."""
    return frozenset(
        one.call for one in coverage if one.status is Status.NOT_ASKED and one.code == LEFT_OUT
    )
