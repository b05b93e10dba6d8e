"""Reading AWS into a snapshot: accounts, Regions, the table of calls, and the collector."""

from inventory.collect.account_spec import AccountSpec
from inventory.collect.accounts import OpenAccount, open_account
from inventory.collect.clients import Clients
from inventory.collect.collector import collect
from inventory.collect.plan import PLAN, required_actions
from inventory.collect.policy_cache import PolicyCache
from inventory.collect.progress import Progress
from inventory.collect.regions import RegionChoice, choose_regions
from inventory.collect.settings import CLIENT_CONFIG, TOOL

__all__ = [
    "CLIENT_CONFIG",
    "PLAN",
    "TOOL",
    "AccountSpec",
    "Clients",
    "OpenAccount",
    "PolicyCache",
    "Progress",
    "RegionChoice",
    "choose_regions",
    "collect",
    "open_account",
    "required_actions",
]
