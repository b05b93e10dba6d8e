"""No test of collecting may reach, or be steered by, the AWS settings of whoever runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def aws_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty AWS configuration file of the test's own, and nothing else."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        monkeypatch.delenv(name)
    configuration = tmp_path / "aws-config"
    configuration.touch()
    monkeypatch.setenv("AWS_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    return configuration
