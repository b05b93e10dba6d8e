"""Who this machine is, asked of the metadata service that only it can reach (domain.md 2.6)."""

from __future__ import annotations

import dataclasses
import http.client
import json
import os
import re
import urllib.parse
import urllib.request
from typing import Final

from inventory.host.probe import METADATA_ENDPOINT

#: As the AWS SDKs call the variable that points them at another metadata service.
ENDPOINT_VARIABLE: Final = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_SECONDS: Final = 2.0
_TOKEN_LIFE: Final = "60"  # noqa: S105 - seconds
_LARGEST: Final = 64 * 1024
_INSTANCE_ID: Final = re.compile(r"i-[0-9a-f]{8,32}")
_ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
_REGION: Final = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")


@dataclasses.dataclass(frozen=True)
class LocalIdentity:
    """What the instance identity document says; the instance, its Region and its account."""

    instance_id: str
    region: str
    account: str


def metadata_endpoint() -> str:
    """Where the metadata service is asked: ``AWS_EC2_METADATA_SERVICE_ENDPOINT``, else its own.

    What is no http address is passed over, as nothing could answer there.
    """
    given = os.environ.get(ENDPOINT_VARIABLE, "").rstrip("/")
    parts = urllib.parse.urlsplit(given)
    return given if parts.scheme == "http" and parts.netloc else METADATA_ENDPOINT


def local_identity(endpoint: str) -> LocalIdentity | None:
    """The identity of the machine that this runs on; ``None`` where nothing answers, or not so.

    Asks as IMDSv2 does, for a token and with it for the identity document, and never through a
    proxy. Each answer may take two seconds.
    """
    try:
        token = _asked(
            endpoint,
            "/latest/api/token",
            method="PUT",
            headers={"X-aws-ec2-metadata-token-ttl-seconds": _TOKEN_LIFE},
        )
        document = json.loads(
            _asked(
                endpoint,
                "/latest/dynamic/instance-identity/document",
                headers={"X-aws-ec2-metadata-token": token.decode("ascii").strip()},
            )
        )
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        return None
    return _identity(document)


def _asked(endpoint: str, path: str, *, headers: dict[str, str], method: str = "GET") -> bytes:
    request = urllib.request.Request(  # noqa: S310 - http only, by metadata_endpoint
        endpoint + path, method=method, headers=headers
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=_SECONDS) as answer:
        content: bytes = answer.read(_LARGEST)
    return content


def _identity(document: object) -> LocalIdentity | None:
    """What cannot be an id is no identity: it would become the name of a folder."""
    if not isinstance(document, dict):
        return None
    said = [document.get(name) for name in ("instanceId", "region", "accountId")]
    patterns = (_INSTANCE_ID, _REGION, _ACCOUNT_ID)
    if all(
        isinstance(one, str) and pattern.fullmatch(one)
        for one, pattern in zip(said, patterns, strict=True)
    ):
        return LocalIdentity(*(str(one) for one in said))
    return None
