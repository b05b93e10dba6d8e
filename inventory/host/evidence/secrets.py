"""What of a tool's output is no one's business: passwords in the addresses of proxies."""

from __future__ import annotations

import re
from typing import Final

_BLOT: Final = "***"
_USER: Final = re.compile(r"(?<=://)[^\s/]*@|^[^\s/@:]+:[^\s/]*@")
_AMONG_WORDS: Final = re.compile(
    r"(?<=://)[^\s/]{1,512}@|(?<![\w./:-])[\w.%+-]{1,128}:[^\s/]{1,256}@"
)
_KEYS: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{8,}\b")


def without_user(address: str) -> str:
    """A proxy's address without user and password: ``http://***@proxy:3128``."""
    return _USER.sub(f"{_BLOT}@", address)


def without_secrets(line: str) -> str:
    """A line of prose in which users of addresses and access keys are blotted out."""
    return _KEYS.sub(_BLOT, _AMONG_WORDS.sub(f"{_BLOT}@", line))
