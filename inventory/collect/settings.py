"""How every client behaves: retries, time-outs, and the name it gives itself."""

from __future__ import annotations

from typing import Final

from botocore.config import Config

from inventory.collect.tool import TOOL

#: Seconds and attempts. IAM's buckets are shared by all Regions, hence the many attempts and the
#: client-side rate limit of adaptive mode (spec iam.md 8).
CLIENT_CONFIG: Final = Config(
    retries={"mode": "adaptive", "total_max_attempts": 10},
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=16,
    user_agent_extra=TOOL,
)

#: Signing in is one small request that a person waits for: an unreachable endpoint is told soon.
SIGN_IN_CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 4},
    connect_timeout=5,
    read_timeout=20,
    user_agent_extra=TOOL,
)
