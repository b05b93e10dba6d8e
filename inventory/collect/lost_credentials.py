"""Accounts whose credentials ran out while the run was going on, and could not be renewed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inventory.collect.access_errors import access_error
from inventory.collect.accounts import OpenAccount
from inventory.collect.refusal import AWS_ERRORS, Refusal, refusal_of
from inventory.collect.replies import Outcome
from inventory.facts import Status

#: The code of every call that an account was to be asked after its credentials were gone.
CREDENTIALS_LOST: Final = "CREDENTIALS_LOST"


class LostCredentials:
    """Tells what further calls of such an account come to; ends the run where none is left.

    That is only known where the accounts ``are_all`` of the run. May be asked from any thread.
    """

    def __init__(self, accounts: Sequence[OpenAccount], *, are_all: bool = True) -> None:
        self._left = {one.account_id for one in accounts}
        self._are_all = are_all
        self._outcomes: dict[str, Outcome] = {}

    def outcome(self, account: OpenAccount) -> Outcome | None:
        """What a call of the account comes to, ``None`` while it has its credentials."""
        return self._outcomes.get(account.account_id)

    def note(self, account: OpenAccount, error: BaseException) -> Outcome:
        """Note what a call of the account ended in, and give what it comes to.

        Raises AccountError if no account of the run has its credentials any more, and ``error``
        itself if AWS had no part in it.
        """
        if not isinstance(error, AWS_ERRORS):
            raise error
        self._left.discard(account.account_id)
        if self._are_all and not self._left:
            raise access_error(account.spec, error) from error
        why = refusal_of(error)
        refusal = Refusal(Status.FAILED, CREDENTIALS_LOST, f"{why.code}: {why.detail}")
        return self._outcomes.setdefault(account.account_id, Outcome(None, (refusal,)))
