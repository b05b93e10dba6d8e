"""Reading a run's accounts on an engine's workers, on this machine or on others."""

from inventory.collect.executor.engine import Done, Executor, NotDone
from inventory.collect.executor.reading import read_share
from inventory.collect.executor.share import Share

__all__ = ["Done", "Executor", "NotDone", "Share", "read_share"]
