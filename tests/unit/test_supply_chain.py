"""What a run is made of: every package pinned, hashed, named with its reason, and listed."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from reports.sbom import DIRECT, LOCK, SBOM, direct_names, sbom, sbom_text

ROOT: Final = Path(__file__).resolve().parents[2]
DEPENDENCIES: Final = ROOT / "docs" / "dependencies.md"
HOUSE: Final = ("inventory", "policies", "reports", "fixtures", "tests", "benchmarks")
#: Imports of packages that one that is named requires, and whose objects it hands out.
BROUGHT: Final = {
    "cyclonedx": ("cyclonedx-bom", "cyclonedx-python-lib"),
    "filelock": ("tox", "filelock"),
    "markupsafe": ("Jinja2", "MarkupSafe"),
    "requests": ("moto", "requests"),
    "urllib3": ("botocore", "urllib3"),
    "werkzeug": ("flask", "Werkzeug"),
}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def direct() -> set[str]:
    return {normalized(name) for name in direct_names(DIRECT.read_text("utf-8"))}


def justified() -> list[str]:
    """The packages of each row of the tables in docs/dependencies.md."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", DEPENDENCIES.read_text("utf-8"), re.MULTILINE)
    return [
        normalized(name.strip())
        for names, reason in rows
        if names.strip() not in ("package", "---") and len(reason.strip()) > 10
        for name in names.split(",")
    ]


def test_every_package_that_is_named_says_why_and_no_other() -> None:
    """Issue 9, item 5: a minimal set, each line justified."""
    assert sorted(justified()) == sorted(direct())


def test_every_package_is_pinned_to_a_version_and_to_its_files() -> None:
    document = sbom(LOCK.read_text("utf-8"), DIRECT.read_text("utf-8"), "1")
    for component in document["components"]:
        (files,) = component["externalReferences"]
        assert files["hashes"], component["name"]
    assert {one["name"] for one in document["components"]} >= direct()


def test_the_lock_names_no_place_to_fetch_from() -> None:
    """Whoever installs says where from: the hashes hold wherever that is."""
    text = LOCK.read_text("utf-8")
    assert not re.search(r"://|^\s*(-i|-e|--index|--extra|--find|git\+|file:)", text, re.MULTILINE)


def test_the_bill_of_materials_is_up_to_date() -> None:
    assert SBOM.read_text("utf-8") == sbom_text(), "stale: run python -m reports.sbom"


def test_the_bill_of_materials_is_cyclonedx_and_says_nothing_of_this_machine() -> None:
    text = SBOM.read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert not {"timestamp", "serialNumber"} & {*json.loads(text), *json.loads(text)["metadata"]}
    assert str(ROOT) not in text


@pytest.mark.parametrize("line", ["requests>=2", "x @ https://example.org/x.whl", "--hash=md5:00"])
def test_a_line_that_pins_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="expected a package or a hash"):
        sbom(f"{line}\n", "", "1")


def imports() -> Iterator[tuple[str, str]]:
    """File, and the outermost name that it imports."""
    for folder in HOUSE:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Import(names=names):
                        yield from ((str(path), one.name.partition(".")[0]) for one in names)
                    case ast.ImportFrom(module=str(module), level=0):
                        yield str(path), module.partition(".")[0]


def test_what_is_imported_is_named() -> None:
    """No module leans on a package that another one happens to bring."""
    packages = importlib.metadata.packages_distributions()
    known = {*HOUSE, *sys.stdlib_module_names, *BROUGHT, "__future__"}
    undeclared = {
        (Path(path).relative_to(ROOT).as_posix(), name)
        for path, name in imports()
        if name not in known and not {normalized(one) for one in packages.get(name, ())} & direct()
    }
    assert undeclared == set()


@pytest.mark.parametrize("name", BROUGHT)
def test_what_is_brought_is_required_by_what_brings_it(name: str) -> None:
    by, package = BROUGHT[name]
    required = importlib.metadata.requires(by) or []
    assert normalized(package) in {
        normalized(one) for line in required for one in direct_names(line)
    }


def audited(monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]], *options: str) -> int:
    module = runpy.run_path(str(ROOT / "docs" / "audit.py"))
    monkeypatch.setitem(module["main"].__globals__, "_asked", lambda: answers)
    status: int = module["main"](list(options))
    return status


CLEAN: Final = {"name": "a", "version": "1", "vulns": []}
FLAWED: Final = {"name": "b", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
UNKNOWN: Final = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answers", "statuses", "told"),
    [
        ([CLEAN], (0, 0), "1 packages asked about, 0 vulnerabilities known"),
        ([CLEAN, FLAWED], (1, 1), "b 1: CVE-1, repaired in 2"),
        ([CLEAN, UNKNOWN], (0, 1), "nothing is known about 1 packages"),
        ([], (0, 1), "nothing is known about any package: nobody answers"),
    ],
)
def test_an_audit_tells_a_clean_bill_from_silence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answers: list[dict[str, Any]],
    statuses: tuple[int, int],
    told: str,
) -> None:
    """Offline is tolerated and said; with ``--online`` it is a failure."""
    assert audited(monkeypatch, answers) == statuses[0]
    assert told in capsys.readouterr().out
    assert audited(monkeypatch, answers, "--online") == statuses[1]
