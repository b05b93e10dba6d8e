"""What this tool calls itself, to AWS and in what it writes."""

from __future__ import annotations

from typing import Final

#: The same version as pyproject.toml; a test holds them together.
VERSION: Final = "0.1.0"
TOOL: Final = f"ssm-rollcall/{VERSION}"
