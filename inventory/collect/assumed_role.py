"""A session of an assumed role, whose credentials botocore renews by itself."""

from __future__ import annotations

from typing import Any, Final

import boto3
import botocore.session
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)

from inventory.collect.credential_sources import CredentialSource

SESSION_NAME: Final = "ssm-rollcall"


class _RoleProvider(CredentialProvider):
    """The only source of credentials of the role's session."""

    METHOD = "assume-role"

    def __init__(self, fetcher: AssumeRoleCredentialFetcher) -> None:
        super().__init__()
        self._fetcher = fetcher

    def load(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(
            refresh_using=self._fetcher.fetch_credentials, method=self.METHOD
        )


def session_of_role(
    source: CredentialSource, role_arn: str, external_id: str, region: str
) -> boto3.Session:
    """A session that assumes the role from the source's credentials at its first call.

    The credentials are renewed from 15 minutes before they end; the source's own, be they those
    of an SSO sign-in or of another role, are renewed by botocore on the way. ``region`` is where
    STS is asked. Raises NoCredentialsError if the source has none.
    """

    def sts_client(_service: str, **_keys: Any) -> Any:
        """Stand in for a new client with the source's keys of the moment: this one has them."""
        return source.sts(region)

    identity = {"RoleSessionName": SESSION_NAME}
    if external_id:
        identity["ExternalId"] = external_id
    fetcher = AssumeRoleCredentialFetcher(
        sts_client, source.credentials(), role_arn, extra_args=identity
    )
    inner = botocore.session.Session(profile=source.profile or None)
    if source.models is not None:
        inner.register_component("data_loader", source.models)
    inner.register_component("credential_provider", CredentialResolver([_RoleProvider(fetcher)]))
    return boto3.Session(botocore_session=inner, region_name=region)
