"""Reading AWS into a snapshot: accounts, Regions, the table of calls, and the collector.

A name is imported when it is first asked for: with all of them comes the SDK, which takes as long
to load as a small fleet takes to judge, and a run that judges a snapshot asks for little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from inventory.collect.account_spec import AccountSpec, OrganizationSpec
    from inventory.collect.accounts import OpenAccount, open_account
    from inventory.collect.aws_clock import clock_note
    from inventory.collect.clients import Clients
    from inventory.collect.collector import collect
    from inventory.collect.kept import RESUMABLE_FOR, Kept
    from inventory.collect.opening import OpenedAccounts, Opening, open_accounts
    from inventory.collect.plan import PLAN, required_actions
    from inventory.collect.policy_cache import PolicyCache
    from inventory.collect.preflight_calls import Reply, Tried
    from inventory.collect.preflight_run import AccountPreflight, missing, preflight
    from inventory.collect.progress import Progress
    from inventory.collect.regions import RegionChoice, choose_regions
    from inventory.collect.settings import CLIENT_CONFIG
    from inventory.collect.tool import TOOL
    from inventory.collect.unopened import UnopenedAccount

__all__ = [
    "CLIENT_CONFIG",
    "PLAN",
    "RESUMABLE_FOR",
    "TOOL",
    "AccountPreflight",
    "AccountSpec",
    "Clients",
    "Kept",
    "OpenAccount",
    "OpenedAccounts",
    "Opening",
    "OrganizationSpec",
    "PolicyCache",
    "Progress",
    "RegionChoice",
    "Reply",
    "Tried",
    "UnopenedAccount",
    "choose_regions",
    "clock_note",
    "collect",
    "missing",
    "open_account",
    "open_accounts",
    "preflight",
    "required_actions",
]

#: The module that each name is defined in.
_HOMES: Final = {
    "CLIENT_CONFIG": "settings",
    "PLAN": "plan",
    "RESUMABLE_FOR": "kept",
    "TOOL": "tool",
    "AccountPreflight": "preflight_run",
    "AccountSpec": "account_spec",
    "Clients": "clients",
    "Kept": "kept",
    "OpenAccount": "accounts",
    "OpenedAccounts": "opening",
    "Opening": "opening",
    "OrganizationSpec": "account_spec",
    "PolicyCache": "policy_cache",
    "Progress": "progress",
    "RegionChoice": "regions",
    "Reply": "preflight_calls",
    "Tried": "preflight_calls",
    "UnopenedAccount": "unopened",
    "choose_regions": "regions",
    "clock_note": "aws_clock",
    "collect": "collector",
    "missing": "preflight_run",
    "open_account": "accounts",
    "open_accounts": "opening",
    "preflight": "preflight_run",
    "required_actions": "plan",
}

if not TYPE_CHECKING:  # where it would give every name a type, misspelt ones as well

    def __getattr__(name: str) -> object:
        """The name from its module, kept here from then on (PEP 562)."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = found
        return found
