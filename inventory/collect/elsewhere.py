"""What a collection knows of accounts of the same run that are read by others."""

from __future__ import annotations

import dataclasses
from typing import Final


@dataclasses.dataclass(frozen=True)
class Elsewhere:
    """What is settled where the run's other accounts are read; by default there are none.

    ``may_need_hubs``: they may have instances in any Region, so that one without any of its own is
    asked as a hub (``regions_in_use``). ``settles_organizations``: whoever has all accounts asks
    for their policies, which get no line here. ``has_accounts``: credentials that run out here do
    not end the run, be they the last ones.
    """

    may_need_hubs: bool = False
    settles_organizations: bool = False
    has_accounts: bool = False


#: The run has no other accounts.
NOWHERE: Final = Elsewhere()
