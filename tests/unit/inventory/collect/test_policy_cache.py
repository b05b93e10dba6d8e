"""The cache of policy documents: it saves calls, and never changes an answer (iam.md 8)."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inventory.collect.policy_cache import PolicyCache, PolicyVersionKey

ROOT = Path(__file__).parents[4]
KEY = PolicyVersionKey("arn:aws:iam::111122223333:policy/own", "ANPA1", "v2")
ANSWER: dict[str, Any] = {
    "PolicyVersion": {
        "VersionId": "v2",
        "IsDefaultVersion": True,
        "Document": {"Version": "2012-10-17", "Statement": []},
        "CreateDate": "2026-01-01T00:00:00+00:00",
    }
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "new" / "cache"


def changed(**members: Any) -> dict[str, Any]:
    return {"PolicyVersion": ANSWER["PolicyVersion"] | members}


def test_what_was_kept_is_recalled(folder: Path) -> None:
    cache = PolicyCache(folder)
    assert cache.recall(KEY) is None
    cache.keep(KEY, changed(CreateDate=datetime(2026, 1, 1, tzinfo=UTC)))
    assert cache.recall(KEY) == ANSWER


@pytest.mark.parametrize(
    "other",
    [
        PolicyVersionKey("arn:aws:iam::111122223333:policy/other", "ANPA1", "v2"),
        PolicyVersionKey(KEY.policy_arn, "ANPA2", "v2"),
        PolicyVersionKey(KEY.policy_arn, "ANPA1", "v3"),
    ],
    ids=["arn", "made-anew", "version"],
)
def test_another_document_is_not_recalled(folder: Path, other: PolicyVersionKey) -> None:
    """A policy that was deleted and made anew begins at v1 again, under another PolicyId."""
    cache = PolicyCache(folder)
    cache.keep(KEY, ANSWER)
    assert cache.recall(other) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"key": {}, "response": {}}'],
    ids=["empty", "cut-off", "list", "no-text", "no-members"],
)
def test_a_damaged_entry_is_as_good_as_none(folder: Path, content: bytes) -> None:
    cache = PolicyCache(folder)
    cache.keep(KEY, ANSWER)
    (entry,) = folder.iterdir()
    entry.write_bytes(content)
    assert cache.recall(KEY) is None
    cache.keep(KEY, ANSWER)
    assert cache.recall(KEY) == ANSWER


def test_an_entry_under_anothers_name_is_not_believed(folder: Path) -> None:
    cache, other = PolicyCache(folder), PolicyVersionKey("arn:x", "ANPA9", "v2")
    cache.keep(other, ANSWER)
    (entry,) = folder.iterdir()
    cache.keep(KEY, ANSWER)
    (own,) = set(folder.iterdir()) - {entry}
    entry.replace(own)
    assert cache.recall(KEY) is None


@pytest.mark.parametrize(
    "answer",
    [{}, changed(VersionId="v1"), changed(IsDefaultVersion=False), changed(Document=None)],
    ids=["empty", "another-version", "not-in-force", "no-document"],
)
def test_only_a_version_in_force_is_kept(folder: Path, answer: dict[str, Any]) -> None:
    """IsDefaultVersion is the one member that may change: it is kept only where it is true."""
    PolicyCache(folder).keep(KEY, answer)
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = PolicyCache(tmp_path / "file" / "cache")
    cache.keep(KEY, ANSWER)
    assert cache.recall(KEY) is None


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, Path("/c/ssm-rollcall/policy-versions")),
        ({"HOME": "/h"}, Path("/h/.cache/ssm-rollcall/policy-versions")),
        ({"XDG_CACHE_HOME": "c", "HOME": "/h"}, Path("/h/.cache/ssm-rollcall/policy-versions")),
        ({"XDG_CACHE_HOME": "/c", "ROLLCALL_CACHE": "off"}, None),
        ({"XDG_CACHE_HOME": "/c", "ROLLCALL_CACHE": "OFF"}, None),
        ({}, None),
    ],
)
def test_where_the_users_cache_lies(environment: dict[str, str], folder: Path | None) -> None:
    assert PolicyCache.of_user(environment).folder == folder


@pytest.mark.parametrize(
    ("endpoint", "served"),
    [
        ("https://iam.amazonaws.com", True),
        ("https://iam.cn-north-1.amazonaws.com.cn", True),
        ("https://iam.us-gov.amazonaws.com", True),
        ("http://127.0.0.1:5000", False),
        ("https://amazonaws.com.example.org", False),
        ("", False),
    ],
)
def test_only_awss_own_answers_are_kept(folder: Path, endpoint: str, served: bool) -> None:
    assert (PolicyCache(folder).serving(endpoint).folder == folder) is served


WRITER = """
import sys
from pathlib import Path
from tests.unit.inventory.collect.test_policy_cache import ANSWER, KEY
from inventory.collect.policy_cache import PolicyCache
for _ in range(50):
    PolicyCache(Path(sys.argv[1])).keep(KEY, ANSWER)
"""


def test_processes_that_write_at_once_never_show_half_an_entry(folder: Path) -> None:
    PolicyCache(folder).keep(KEY, ANSWER)
    command = [sys.executable, "-c", WRITER, str(folder)]
    writers = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    seen = [PolicyCache(folder).recall(KEY)]
    while any(writer.poll() is None for writer in writers):
        seen.append(PolicyCache(folder).recall(KEY))
    assert all(one == ANSWER for one in seen)
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(list(folder.iterdir())) == 1
