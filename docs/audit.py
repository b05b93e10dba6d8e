"""Asks for known vulnerabilities of the locked packages, and says what could not be asked.

``tox run -e audit``; ``tox run -e audit -- --online`` where somebody has to have answered.
pip-audit itself ends well where an index knows none of the packages, and with a traceback where
there is no network: neither is a vulnerability, and neither says that there is none.

Exit status: 0 no vulnerability is known; 1 one is, or with ``--online`` not every package could be
asked about.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
SECONDS = 600


def main(arguments: list[str]) -> int:
    """Ask, tell, and give the exit status."""
    answers = _asked()
    unanswered = [one["name"] for one in answers if "skip_reason" in one]
    found = [
        f"{one['name']} {one['version']}: {flaw['id']}, repaired in "
        f"{', '.join(flaw['fix_versions']) or 'no version'}"
        for one in answers
        for flaw in one.get("vulns", ())
    ]
    for line in found:
        sys.stdout.write(f"audit: {line}\n")
    answered = len(answers) - len(unanswered)
    sys.stdout.write(
        f"audit: {answered} packages asked about, {len(found)} vulnerabilities known\n"
    )
    if unanswered or not answers:
        told = f"{len(unanswered)} packages" if answers else "any package: nobody answers"
        sys.stdout.write(f"audit: nothing is known about {told}; this is no clean bill for them\n")
    is_incomplete = bool(unanswered) or not answers
    return int(bool(found) or ("--online" in arguments and is_incomplete))


def _asked() -> list[dict[str, Any]]:
    """pip-audit's answer about each package; none where it could not ask at all."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "audit.json"
        subprocess.run(  # noqa: S603 - the lock's own check
            [
                *(sys.executable, "-m", "pip_audit", "--requirement", str(LOCK)),
                *("--require-hashes", "--disable-pip", "--progress-spinner", "off"),
                *("--format", "json", "--output", str(answer)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=SECONDS,
        )
        if not answer.exists():
            return []
        dependencies: list[dict[str, Any]] = json.loads(answer.read_text("utf-8"))["dependencies"]
        return dependencies


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
