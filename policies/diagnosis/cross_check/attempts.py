"""What the machine tells of its connections: what a source tried, and what the agent logged."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from inventory.facts import Node
from inventory.facts.host import EndpointTry, LogHit, Reading
from inventory.facts.host.signatures import Weight
from policies.control import Context, Outcome
from policies.diagnosis.cross_check.remark import ByControl, fails, outcome_of
from policies.host.log_weight import weight_of
from policies.host.overrides import asked_instead
from policies.host.readings import readings_of
from policies.host.stages import OK, WORDS, Stage, broken_before, ended

#: The control that follows the path to each service, as AWS's side sees it.
PATHS: Final[Mapping[str, str]] = MappingProxyType(
    {"ssm": "NET-08", "ssmmessages": "NET-09", "ec2messages": "NET-10"}
)
#: Signatures of connections that did not come about, and how those ended (domain.md 3.4 C).
_LOGGED: Final = MappingProxyType(
    {"C1": "timeout", "C2": "timeout", "C4": "refused", "C5": "unreachable"}
)
_TRIED: Final = "HOST-07"
_LOG: Final = "LOG-04"


@dataclasses.dataclass(frozen=True)
class Attempt:
    """A connection to a service on 443.

    ``ended`` is ``ok`` or a word of ``EndpointTry.tcp``; ``addresses`` are those it went to, empty
    = not told; ``control`` judges it; ``seen`` is when, ``""`` = nobody knows.
    """

    service: str
    ended: str
    addresses: tuple[str, ...]
    control: str
    seen: str = ""

    @property
    def is_private(self) -> bool:
        """An interface endpoint's address, as the error text tells it (C1)."""
        return bool(self.addresses) and not any(map(_is_public, self.addresses))

    @property
    def is_public(self) -> bool:
        return bool(self.addresses) and all(map(_is_public, self.addresses))


def attempts(node: Node, findings: ByControl, context: Context) -> tuple[Attempt, ...]:
    """Of each service and end the strongest source's word; none that its own control doubts."""
    told: dict[tuple[str, str], Attempt] = {}
    for one in (*_tried(node, findings), *_logged(node, findings, context)):
        told.setdefault((one.service, "ok" if one.ended == OK else "broken"), one)
    return tuple(told.values())


def _tried(node: Node, findings: ByControl) -> Iterator[Attempt]:
    if outcome_of(_TRIED, findings) not in (Outcome.PASS, Outcome.FAIL):
        return
    for reading in readings_of(node):
        tries = [one for one in reading.endpoints or () if one.service in PATHS]
        if tries:
            yield from filter(None, (_of_try(one, reading) for one in tries))
            return


def _of_try(one: EndpointTry, reading: Reading) -> Attempt | None:
    """``None`` where it says nothing of this way: another host, or the proxy's connection."""
    word = ended(one, Stage.TCP)
    if one.proxy or asked_instead(reading, one) or broken_before(one, Stage.TCP):
        return None
    if word != OK and word not in WORDS[Stage.TCP]:
        return None
    return Attempt(one.service, word, one.addresses, _TRIED, reading.taken_at)


def _logged(node: Node, findings: ByControl, context: Context) -> Iterator[Attempt]:
    log = node.host.log if node.host else None
    if log is None or not fails(_LOG, findings):
        return
    for hit in log.hits:
        counts = hit.after_success and hit.service in PATHS and hit.signature in _LOGGED
        if counts and weight_of(hit, log, node, context) is not Weight.BENIGN:
            word = _LOGGED[hit.signature]
            yield Attempt(hit.service, word, _address(hit), _LOG, hit.last)


def _address(hit: LogHit) -> tuple[str, ...]:
    """Of ``private address 10.0.1.7``."""
    said, _, address = hit.detail.rpartition(" address ")
    return (address,) if said in ("private", "public") else ()


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
