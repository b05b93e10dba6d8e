"""Reading AWS into a snapshot: accounts, Regions, the table of calls, and the collector."""

from inventory.collect.account_spec import AccountSpec, OrganizationSpec
from inventory.collect.accounts import OpenAccount, open_account
from inventory.collect.aws_clock import clock_note
from inventory.collect.clients import Clients
from inventory.collect.collector import collect
from inventory.collect.kept import RESUMABLE_FOR, Kept
from inventory.collect.opening import OpenedAccounts, Opening, open_accounts
from inventory.collect.plan import PLAN, required_actions
from inventory.collect.policy_cache import PolicyCache
from inventory.collect.preflight import AccountPreflight, missing, preflight
from inventory.collect.preflight_calls import Reply, Tried
from inventory.collect.progress import Progress
from inventory.collect.regions import RegionChoice, choose_regions
from inventory.collect.settings import CLIENT_CONFIG, TOOL
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
