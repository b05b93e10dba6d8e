"""Documents of managed policies, kept across runs: a version's document never changes (iam.md 8).

Only answers of GetPolicyVersion are kept: inline policies, trust policies and tags have no version.
A policy that is deleted and made anew has the same ARN and starts again at ``v1``, so the key also
holds the policy's unique id, which GetPolicy tells freshly in every run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from inventory.snapshot import as_json

SWITCH: Final = "ROLLCALL_CACHE"
#: An emulator's answers are not AWS's, and must not outlive it.
_AWS_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)+amazonaws\.(?:com|com\.cn|eu)")


class PolicyVersionKey(msgspec.Struct, frozen=True):
    """Names one document for good."""

    policy_arn: str
    policy_id: str
    version_id: str


class _Kept(msgspec.Struct, frozen=True):
    key: PolicyVersionKey
    response: dict[str, Any]


class PolicyCache:
    """A folder of documents that any number of processes may read and write; ``None``: no cache.

    It only ever saves calls. What cannot be read, or is not what its name says, is asked again;
    what cannot be written is not kept.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @classmethod
    def of_user(cls, environment: Mapping[str, str] = os.environ) -> PolicyCache:
        """The user's own: ``$XDG_CACHE_HOME/ssm-rollcall``, or none with ``ROLLCALL_CACHE=off``."""
        if environment.get(SWITCH, "").strip().casefold() == "off":
            return cls(None)
        named = environment.get("XDG_CACHE_HOME", "")
        # The XDG specification has relative paths ignored.
        home = environment.get("HOME", "")
        if Path(named).is_absolute():
            base = Path(named)
        elif home:
            base = Path(home) / ".cache"
        else:
            return cls(None)
        return cls(base / "ssm-rollcall" / "policy-versions")

    def serving(self, endpoint: str) -> PolicyCache:
        """The cache itself for AWS's own endpoints, none for any other."""
        host = urlsplit(endpoint).hostname or ""
        return self if _AWS_HOST.fullmatch(host) else PolicyCache(None)

    def recall(self, key: PolicyVersionKey) -> dict[str, Any] | None:
        """The answer of GetPolicyVersion as a snapshot keeps it, if it is there and sound."""
        path = self._path(key)
        if path is None:
            return None
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        return kept.response if kept.key == key and _is_default(kept.response, key) else None

    def keep(self, key: PolicyVersionKey, response: Mapping[str, Any]) -> None:
        """Keep the answer about a version that is in force.

        Written aside and moved into place, so that nobody ever reads half of it.
        """
        path = self._path(key)
        if path is None or not _is_default(response, key):
            return
        content = as_json({"key": msgspec.to_builtins(key), "response": response})
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as partial:
                partial.write(content)
            Path(partial.name).replace(path)

    def _path(self, key: PolicyVersionKey) -> Path | None:
        if self.folder is None:
            return None
        name = hashlib.sha256(msgspec.json.encode(key)).hexdigest()
        return self.folder / f"{name}.json"


def _is_default(response: Mapping[str, Any], key: PolicyVersionKey) -> bool:
    """Whether the answer is that version's, in force: the one member that may change is then true.

    Whoever asks again does so because the version is in force again.
    """
    version = response.get("PolicyVersion")
    return (
        isinstance(version, Mapping)
        and version.get("VersionId") == key.version_id
        and version.get("IsDefaultVersion") is True
        and bool(version.get("Document"))
    )
