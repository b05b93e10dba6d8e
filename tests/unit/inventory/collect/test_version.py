"""The version is told in one voice."""

import tomllib
from pathlib import Path

from inventory.collect import CLIENT_CONFIG, TOOL

ROOT = Path(__file__).parents[4]


def test_the_tools_name_carries_the_projects_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"{project['name']}/{project['version']}" == TOOL


def test_large_accounts_get_patient_retries() -> None:
    """iam.md 8: adaptive or standard retries with at least 8 attempts."""
    assert CLIENT_CONFIG.retries["mode"] == "adaptive"
    assert CLIENT_CONFIG.retries["total_max_attempts"] >= 8
