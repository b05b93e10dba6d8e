"""What an earlier life of the machine left behind, on Windows (1.4; windows/leftovers.ps1)."""

from __future__ import annotations

from inventory.facts.host import Leftovers
from inventory.host.probe.asking import Asked
from inventory.host.probe.windows.script import Said


def read_leftovers(said: Said, _asked: Asked) -> Leftovers | None:
    """``None`` where the agent's data could not be seen."""
    found = said.one("registration")
    if found is None and not said.flag("looked"):
        return None
    registration = found or Said()
    credentials = said.text("credentials")
    sees_home = bool(said.flag("home") or credentials)
    return Leftovers(
        registration=registration.text("id"),
        registration_region=registration.text("region"),
        registration_file=registration.text("file"),
        credentials_file=credentials if sees_home else None,
        note="" if sees_home else "the home of LocalSystem is closed to the probe",
    )
