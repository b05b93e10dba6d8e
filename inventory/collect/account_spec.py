"""How accounts are reached, as plain values: one account, or those of an organization."""

from __future__ import annotations

import dataclasses
from typing import Final

_GLOB_CHARACTERS: Final = "*?["


@dataclasses.dataclass(frozen=True, kw_only=True)
class AccountSpec:
    """How to reach one account; ``file`` is where that is written, for error messages.

    ``profile`` names the credentials; with ``role_arn`` they are those of ``source_profile``, from
    which the role is assumed. With neither, the SDK's default credentials serve. ``regions`` are
    names or globs; ``account_id`` is checked against the caller. ``organization`` is the entry
    whose organization the account was found in, ``""`` for one that was named itself.
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
    organization: str = ""

    @property
    def credentials_profile(self) -> str:
        """The AWS profile whose credentials come first, ``""`` for the default ones."""
        return self.source_profile or self.profile

    @property
    def expected_id(self) -> str:
        """The account's id as far as it is known before signing in, else ``""``."""
        return self.account_id or (self.role_arn.split(":")[4] if self.role_arn else "")


@dataclasses.dataclass(frozen=True, kw_only=True)
class OrganizationSpec:
    """An entry that stands for the accounts of an organization.

    ``profile`` names credentials of the management account or a delegated administrator, ``""``
    the SDK's default ones. From there ``role_name``, which may begin with a path, is assumed in
    each account. ``units`` are the roots and organizational units whose accounts are meant, with
    all units below them; none = the whole organization. ``exclude`` are account ids and units.
    ``only``: the account ids that a command named, none = all.
    """

    name: str
    role_name: str
    profile: str = ""
    external_id: str = dataclasses.field(default="", repr=False)
    units: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    include_management: bool = False
    only: tuple[str, ...] = ()
    file: str = "accounts.yaml"

    @property
    def caller(self) -> AccountSpec:
        """The account whose credentials list the organization and assume the roles."""
        return AccountSpec(
            name=self.name, profile=self.profile, regions=self.regions, file=self.file
        )

    def member(self, account_id: str, partition: str) -> AccountSpec:
        """One account of the organization, reached by its role."""
        return AccountSpec(
            name=f"{self.name}/{account_id}",
            role_arn=f"arn:{partition}:iam::{account_id}:role/{self.role_name}",
            external_id=self.external_id,
            source_profile=self.profile,
            account_id=account_id,
            regions=self.regions,
            file=self.file,
            organization=self.name,
        )

    def caller_as_member(self, account_id: str) -> AccountSpec:
        """The caller's own account: no role has to let it in."""
        return dataclasses.replace(
            self.caller,
            name=f"{self.name}/{account_id}",
            account_id=account_id,
            organization=self.name,
        )


def is_glob(pattern: str) -> bool:
    """Whether a Region pattern can match more than its own text."""
    return any(character in pattern for character in _GLOB_CHARACTERS)
