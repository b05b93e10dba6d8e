"""Whose credentials come first: one session a profile, from which any number of roles is assumed.

A session reads AWS's models anew, some 24 MB for EC2 alone, unless it is given another's loader;
so all sessions of a source share one. Sessions are not thread-safe, hence the lock.
"""

from __future__ import annotations

import threading
from typing import Any

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from botocore.loaders import Loader

from inventory.collect.settings import SIGN_IN_CONFIG


class CredentialSource:
    """A session with credentials of its own, and what sessions of assumed roles take from it."""

    def __init__(self, session: boto3.Session, profile: str, models: Loader | None = None) -> None:
        self.session = session
        self.profile = profile
        self.models = models
        self._lock = threading.Lock()
        self._clients: dict[str, BaseClient] = {}

    @classmethod
    def of_profile(cls, profile: str, models: Loader | None = None) -> CredentialSource:
        """The profile's source, ``""`` for the default credentials; raises ProfileNotFound.

        ``models`` are those of other sources, which have read them already.
        """
        inner = botocore.session.Session(profile=profile or None)
        if models is not None:
            inner.register_component("data_loader", models)
        session = boto3.Session(botocore_session=inner)
        return cls(session, profile, inner.get_component("data_loader"))

    def credentials(self) -> Credentials:
        """The source's own credentials; raises NoCredentialsError if there are none."""
        with self._lock:
            found = self.session.get_credentials()
        if found is None:
            raise NoCredentialsError
        return found

    def sts(self, region: str) -> Any:
        """The Region's STS client: clients may be shared, and renew the source's credentials."""
        with self._lock:
            if region not in self._clients:
                self._clients[region] = self.session.client(
                    "sts", region_name=region, config=SIGN_IN_CONFIG
                )
            return self._clients[region]


class CredentialSources:
    """The sources of a run, each made once; for any thread.

    ``models`` are AWS's, as an earlier run of this process has read them.
    """

    def __init__(self, models: Loader | None = None) -> None:
        self._models = models
        self._lock = threading.Lock()
        self._sources: dict[str, CredentialSource] = {}

    def of(self, profile: str) -> CredentialSource:
        """The profile's source; raises ProfileNotFound."""
        with self._lock:
            if profile not in self._sources:
                self._sources[profile] = CredentialSource.of_profile(profile, self._models)
            return self._sources[profile]
