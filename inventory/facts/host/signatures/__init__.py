"""The signature table of the agent's log (spec domain.md 3.3 and 3.4), as data."""

from typing import Final

from inventory.facts.host.signatures.credentials import CREDENTIALS, POLICY_KIND
from inventory.facts.host.signatures.endpoints import ENDPOINTS
from inventory.facts.host.signatures.harmless import HARMLESS
from inventory.facts.host.signatures.machine import MACHINE
from inventory.facts.host.signatures.metadata import METADATA
from inventory.facts.host.signatures.rungs import IDENTITY_ASKED, RUNGS, Rung
from inventory.facts.host.signatures.services import CLOCK, SERVICES
from inventory.facts.host.signatures.signature import Signature, Weight

#: Every signature, in the order of the table; the harmless lines last.
SIGNATURES: Final = (
    *METADATA,
    *CREDENTIALS,
    *ENDPOINTS,
    *SERVICES,
    *CLOCK,
    *MACHINE,
    *HARMLESS,
)
_BY_ID: Final = {one.id: one for one in SIGNATURES}


def signature(name: str) -> Signature | None:
    """The signature of that id (``C12b``), ``None`` if this version knows none."""
    return _BY_ID.get(name)


__all__ = [
    "IDENTITY_ASKED",
    "POLICY_KIND",
    "RUNGS",
    "SIGNATURES",
    "Rung",
    "Signature",
    "Weight",
    "signature",
]
