"""What an earlier life of the machine left behind (2.2.1; linux and macos/leftovers.sh)."""

from __future__ import annotations

from inventory.facts.host import Leftovers
from inventory.host.probe.asking import Asked
from inventory.host.probe.shell import Told, at


def read_leftovers(said: Told, _asked: Asked) -> Leftovers | None:
    """The leftovers; ``None`` where the folders are closed to whoever probes."""
    looked = {at(words, 0) for words in said.every("looked")}
    registration = said.first("registration")
    credentials = said.word("credentials")
    sees_home = "root" in looked or bool(credentials)
    if "vault" not in looked and registration is None:
        return None
    file, name, region = (at(registration or (), place) for place in range(3))
    return Leftovers(
        registration=name,
        registration_region=region,
        registration_file=file,
        credentials_file=credentials if sees_home else None,
        note="" if sees_home else "the home of root is closed to the probe",
    )
