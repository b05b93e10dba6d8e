"""Who is measured: how each is installed, and the command it is run by."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.fleets import ACCOUNT, REGION

_ROOT: Final = Path(__file__).parents[2]
_POLICIES: Final = Path(__file__).with_name("custodian.yml")
_STOCK: Final = Path(__file__).with_name("stock_cells.py")
#: Prowler's nearest equivalents of what makes an instance a managed node.
_CHECKS: Final = (
    "ec2_instance_managed_by_ssm",
    "ec2_instance_profile_attached",
    "ec2_instance_imdsv2_enabled",
    "ec2_instance_account_imdsv2_enabled",
    "vpc_endpoint_for_ec2_enabled",
    "vpc_endpoint_multi_az_enabled",
    "ssm_managed_compliant_patching",
)


@dataclasses.dataclass(frozen=True)
class Tool:
    """``command`` takes a folder to write to, a fleet's snapshot and its number of instances.

    ``package`` is what is installed from PyPI into an environment of its own; "" = ours.
    ``exits`` are the statuses of a run that did what it should; ``largest`` is the largest fleet
    that it is worth waiting for.
    """

    name: str
    does: str
    command: Callable[[Path, Path, int], tuple[str, ...]]
    exits: tuple[int, ...] = (0,)
    package: str = ""
    largest: int = 10_000


def _ours(out: Path, *options: str) -> tuple[str, ...]:
    cache = f"cache_dir={out / 'cache'}"
    return (sys.executable, "-m", "pytest", *options, "-q", "-o", cache)


def _live(out: Path, _: Path, __: int) -> tuple[str, ...]:
    return _ours(out, "--account", ACCOUNT, "--region", REGION, "--report-dir", str(out))


def _replay(out: Path, snapshot: Path, _: int) -> tuple[str, ...]:
    return _ours(out, "--snapshot", str(snapshot), "--report-dir", str(out))


def _stock_items(out: Path, snapshot: Path, _: int) -> tuple[str, ...]:
    return (*_replay(out, snapshot, 0), "--stock-items")


def _stock_pytest(out: Path, _: Path, instances: int) -> tuple[str, ...]:
    reports = (f"--junitxml={out / 'junit.xml'}", "-c", os.devnull, f"--rootdir={_ROOT}")
    environment = ("env", f"ROLLCALL_INSTANCES={instances}", f"PYTHONPATH={_ROOT}")
    return (*environment, *_ours(out, str(_STOCK), "--import-mode=importlib", *reports))


def _floor(_: Path, __: Path, ___: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.peers.floor")


def _custodian(out: Path, _: Path, __: int) -> tuple[str, ...]:
    cache = str(out / "cache")
    return ("custodian", "run", "-r", REGION, "-s", str(out), "-f", cache, str(_POLICIES))


def _prowler(out: Path, _: Path, __: int) -> tuple[str, ...]:
    where = ("-M", "csv", "json-ocsf", "-o", str(out), "-F", "report", "-b", "--no-color")
    return ("prowler", "aws", "-f", REGION, "-c", *_CHECKS, *where)


#: Ours end with 1 (there are failures), Prowler with 3 for the same reason.
TOOLS: Final = (
    Tool("plain boto3", "the same calls, nothing else", _floor),
    Tool("ssm-rollcall", "33 controls, all reports", _live, exits=(1,)),
    Tool("ssm-rollcall, replay", "33 controls, all reports", _replay, (1,), largest=100_000),
    Tool("ssm-rollcall, stock items", "33 controls, all reports", _stock_items, (1,), largest=1000),
    Tool("pytest", "as many empty tests, JUnit", _stock_pytest, largest=1000),
    Tool("Cloud Custodian", "9 policies", _custodian, package="c7n==0.9.53"),
    Tool("Prowler", f"{len(_CHECKS)} checks", _prowler, exits=(3,), package="prowler==5.46.0"),
)


class Environments:
    """The environments of the tools that are not ours, made when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, tool: Tool) -> str:
        """The ``PATH`` to run it with."""
        if not tool.package:
            return os.environ["PATH"]
        place = self._folder / tool.package.replace("==", "-")
        if not (place / "installed").exists():
            _run(sys.executable, "-m", "venv", "--clear", str(place))
            python = str(place / "bin" / "python")
            _run(sys.executable, "-m", "uv", "pip", "install", "--python", python, tool.package)
            (place / "installed").touch()
        return f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"


def environment(home: Path, endpoint: str, path: str) -> Mapping[str, str]:
    """Nothing of the settings of whoever measures: an account that is not there, and its server."""
    return {
        "PATH": path,
        "HOME": str(home),
        "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 - our own commands
