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
from botocore.exceptions import NoCredentialsError

from inventory.collect.settings import SIGN_IN_CONFIG

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
    source: boto3.Session, role_arn: str, external_id: str, region: str
) -> boto3.Session:
    """A session that assumes the role from the source's credentials at its first call.

    ``region`` is where STS is asked. Raises NoCredentialsError if the source has none.
    """
    credentials = source.get_credentials()
    if credentials is None:
        raise NoCredentialsError

    def sts_client(service: str, **keys: Any) -> Any:
        return source.client(service, region_name=region, config=SIGN_IN_CONFIG, **keys)

    identity = {"RoleSessionName": SESSION_NAME}
    if external_id:
        identity["ExternalId"] = external_id
    fetcher = AssumeRoleCredentialFetcher(sts_client, credentials, role_arn, extra_args=identity)
    inner = botocore.session.Session()
    inner.register_component("credential_provider", CredentialResolver([_RoleProvider(fetcher)]))
    return boto3.Session(botocore_session=inner, region_name=region)
