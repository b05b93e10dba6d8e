"""How an account is reached, as a plain value."""

from __future__ import annotations

import dataclasses
from typing import Final

_GLOB_CHARACTERS: Final = "*?["


@dataclasses.dataclass(frozen=True, kw_only=True)
class AccountSpec:
    """How to reach one account; ``file`` is where that is written, for error messages.

    ``profile`` names the credentials; with ``role_arn`` they are those of ``source_profile``, from
    which the role is assumed. With neither, the SDK's default credentials serve. ``regions`` are
    names or globs; ``account_id`` is checked against the caller.
    """

    name: str
    profile: str = ""
    role_arn: str = ""
    external_id: str = dataclasses.field(default="", repr=False)
    source_profile: str = ""
    embedded: bool = False
    account_id: str = ""
    regions: tuple[str, ...] = ()
    file: str = "accounts.yaml"

    @property
    def credentials_profile(self) -> str:
        """The AWS profile whose credentials come first, ``""`` for the default ones."""
        return self.source_profile or self.profile


def is_glob(pattern: str) -> bool:
    """Whether a Region pattern can match more than its own text."""
    return any(character in pattern for character in _GLOB_CHARACTERS)
