"""A JSON list on disk, one entry a line: written as a stream, so that no fleet is too large."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reports.lone_surrogates import well_formed


def write_json_list(entries: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write the list in ASCII, keys in order: equal entries give equal bytes.

    Raises OSError where the path cannot be written.
    """
    with path.open("w", encoding="ascii", newline="\n") as file:
        separator = ""
        file.write("[")
        for entry in entries:
            file.write(f"{separator}\n{json.dumps(well_formed(entry), sort_keys=True)}")
            separator = ","
        file.write("\n]\n" if separator else "]\n")
