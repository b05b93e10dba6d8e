"""An account of the run that could not be opened, or need not be: a line of coverage."""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.collect.refusal import Refusal
from inventory.facts import SIGN_IN_CALL

#: Opening an account, as the snapshot names its operations.
SIGN_IN: Final = SIGN_IN_CALL.replace(":", ".")


@dataclasses.dataclass(frozen=True)
class UnopenedAccount:
    """Nothing of the account is read, for the reason that ``refusal`` gives.

    Its status is denied or failed where opening it was tried, else not asked.
    """

    account_id: str
    name: str
    refusal: Refusal
