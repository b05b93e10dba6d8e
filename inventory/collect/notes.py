"""What a manifest notes of how its snapshot was read, and under which names."""

from __future__ import annotations

from typing import Final

#: How far this machine's clock is from AWS's.
CLOCK: Final = "clock"
#: That the run took up an interrupted one.
RESUMED: Final = "resumed"
#: What the coverage says of an answer that the interrupted run had read.
READ_BEFORE: Final = "read by the interrupted run that this one took up"
