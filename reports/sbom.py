"""docs/sbom.cdx.json: what a run is made of, as CycloneDX (the software bill of materials).

``python -m reports.sbom`` writes it from requirements.lock and from nothing else: no date, no path
and no host, so that the same lock is always the same file, and a test says when it is stale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = _ROOT / "requirements.lock"
DIRECT: Final = _ROOT / "requirements.in"
SBOM: Final = _ROOT / "docs" / "sbom.cdx.json"
SPEC_VERSION: Final = "1.6"
#: The start of an entry: ``name==version``, and on which platforms it is installed.
_PINNED: Final = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)(?: ; (?P<only_if>[^\\]+))?"
)
_HASH: Final = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


def sbom(lock: str, direct: str, version: str) -> dict[str, Any]:
    """The document for the texts of the two files, and the project's own version.

    Raises ValueError for a line that is neither a pinned package nor one of its hashes.
    """
    wanted = {_normalized(name) for name in direct_names(direct)}
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "ssm-rollcall",
                "name": "ssm-rollcall",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [_component(one, hashes, wanted) for one, hashes in _entries(lock)],
    }


def direct_names(requirements: str) -> tuple[str, ...]:
    """The packages that requirements.in names, as it spells them."""
    lines = (line.partition("#")[0].strip() for line in requirements.splitlines())
    matches = (_NAME.match(line) for line in lines)
    return tuple(found[0] for found in matches if found)


def _entries(lock: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    """Each pinned package with the SHA-256 of all its files."""
    entry: re.Match[str] | None = None
    hashes: list[str] = []
    lines = (line.strip().removesuffix("\\").strip() for line in lock.splitlines())
    for line in filter(None, lines):
        digest = _HASH.fullmatch(line)
        if digest and entry:
            hashes.append(digest["digest"])
            continue
        if entry:
            yield entry, hashes
        entry, hashes = _PINNED.fullmatch(line), []
        if entry is None:
            raise ValueError(f"requirements.lock: found {line!r}, expected a package or a hash")
    if entry:
        yield entry, hashes


def _component(entry: re.Match[str], hashes: list[str], wanted: set[str]) -> dict[str, Any]:
    name, version = _normalized(entry["name"]), entry["version"]
    address = f"pkg:pypi/{name}@{version}"
    properties = {"direct": str(name in wanted).lower(), "only_if": entry["only_if"] or ""}
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "externalReferences": [
            {
                "type": "distribution",
                "url": address,
                "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
            }
        ],
        "properties": [
            {"name": f"ssm-rollcall:{key}", "value": value.strip()}
            for key, value in properties.items()
            if value
        ],
    }


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def sbom_text() -> str:
    """The file's text."""
    project = (_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "([^"]+)"$', project, re.MULTILINE)
    if found is None:
        raise ValueError("pyproject.toml: found no version of the project")
    lock, direct = (path.read_text(encoding="utf-8") for path in (LOCK, DIRECT))
    return json.dumps(sbom(lock, direct, found[1]), indent=1) + "\n"


if __name__ == "__main__":
    SBOM.write_text(sbom_text(), encoding="utf-8")
