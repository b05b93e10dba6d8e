"""The vocabulary of judging: control, verdict, finding."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable
from enum import Enum, StrEnum
from typing import Any, Final, Protocol, TypeVar

from inventory.facts import Evidence, Node, Place, Unread
from policies.parameters import Assumption, Parameters, Topic

Result = TypeVar("Result")
_NOTHING: Final = object()
_NEVER: Final = (_NOTHING, None)

#: What decides whether a ping is fresh, by the names of the settings (D9, D13).
FRESH_PING: Final = ("thresholds.ping_fresh", "thresholds.clock_tolerance")


#: The category of users' own policies.
CUSTOM: Final = "custom"


class Severity(StrEnum):
    """How much a failed control costs, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Scope(StrEnum):
    """What a control is asked about: each instance, or each account and Region once (design 3)."""

    INSTANCE = "instance"
    REGION = "region"


class Outcome(StrEnum):
    """The five answers a control can give (design 4)."""

    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Gap(StrEnum):
    """Why something is unknown: a call that did not answer, or a thing outside AWS's view."""

    UNREAD = "unread"
    UNDECIDABLE = "undecidable"


class RestsOn(StrEnum):
    """Which side of a node a control's verdict depends on: nodes alike in it have the same one.

    ``MACHINE`` is what runs there, with which agent, and what AWS says of its health; ``IDENTITY``
    whose credentials it can get; ``NETWORK`` how it is connected, and to which hosts. On the first
    two rests when it was launched, attached and heard from, on all whether it runs and is Online.
    """

    MACHINE = "machine"
    IDENTITY = "identity"
    NETWORK = "network"
    ALL = "all"


@dataclasses.dataclass(frozen=True)
class Control:
    """What must hold, in words; generated pages, columns and the IAM policy come from here.

    ``remediation`` may use ``{instance_id}``, ``{region}`` and ``{account}``. ``needs`` names the
    API calls the control reads; ``entailed_by_online`` says that a fresh ping proves it (D9);
    ``scope`` is what it judges. ``reads`` names the settings of parameters.yaml that its own rule
    depends on (``network.hosts``). ``rests_on`` is the side of a node that its verdict depends on;
    ``tells_ages`` says that its words tell how long ago something was, which no two nodes share.
    """

    id: str
    title: str
    severity: Severity
    category: str
    why: str
    remediation: str
    needs: tuple[str, ...]
    references: tuple[str, ...]
    entailed_by_online: bool = False
    scope: Scope = Scope.INSTANCE
    reads: tuple[str, ...] = ()
    rests_on: RestsOn = RestsOn.ALL
    tells_ages: bool = False

    @property
    def family(self) -> str:
        """``IMDS`` of ``IMDS-01``."""
        return self.id.rpartition("-")[0]

    @property
    def is_prerequisite(self) -> bool:
        """Whether a managed node needs it; a user's own policy asks for something else."""
        return self.category != CUSTOM

    @property
    def settings(self) -> tuple[str, ...]:
        """All settings that its verdicts depend on, with those of the ping that proves it (D9)."""
        live = FRESH_PING if self.entailed_by_online else ()
        return tuple(dict.fromkeys((*self.reads, *live)))


@dataclasses.dataclass(frozen=True)
class Blocker:
    """What stands in the way: the resource to repair and the exact rule, route or statement."""

    resource: str
    detail: str


@dataclasses.dataclass(frozen=True)
class Missing:
    """What would settle an unknown: an API call (``ec2:DescribeSubnets``), a key or an input."""

    gap: Gap
    what: str


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A control's answer for one resource.

    ``code`` is stable and upper case, ``reason`` one sentence for people. ``remediation`` is set
    where the case is known better than the control's own text. ``entailed_by_online`` is False
    where the answer rests on more than a fresh ping entails (D9: a ping says nothing about the
    ssmmessages host); ``entailed_by_channel`` is True where an open session channel settles or
    contradicts it. ``besides`` is the answer about the other part where only a part is entailed:
    what is left once a live fact settles the rest. ``severity`` is set where the case is less
    grave than the control (D3). ``assumptions`` are the user's own words that the answer rests on
    (design 4): they are counted apart.
    """

    outcome: Outcome
    code: str
    reason: str
    evidence: tuple[Evidence, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    missing: tuple[Missing, ...] = ()
    remediation: str = ""
    entailed_by_online: bool = True
    entailed_by_channel: bool = False
    besides: Verdict | None = None
    severity: Severity | None = None
    assumptions: tuple[Assumption, ...] = ()


def passed(code: str, reason: str, *evidence: Evidence) -> Verdict:
    """It holds, and the evidence says why."""
    return Verdict(Outcome.PASS, code, reason, evidence)


def warned(code: str, reason: str, *evidence: Evidence, remediation: str = "") -> Verdict:
    """It holds, but degraded, risky, or contradicted by a live fact."""
    return Verdict(Outcome.WARN, code, reason, evidence, remediation=remediation)


def failed(
    code: str,
    reason: str,
    *evidence: Evidence,
    blockers: tuple[Blocker, ...] = (),
    remediation: str = "",
    severity: Severity | None = None,
) -> Verdict:
    """It does not hold; the blockers say what to repair."""
    return Verdict(
        Outcome.FAIL,
        code,
        reason,
        evidence,
        blockers,
        remediation=remediation,
        severity=severity,
    )


def not_applicable(code: str, reason: str, *evidence: Evidence) -> Verdict:
    """It does not concern this resource."""
    return Verdict(Outcome.NOT_APPLICABLE, code, reason, evidence)


def unread(*gaps: Unread, evidence: tuple[Evidence, ...] = ()) -> Verdict:
    """Cannot be decided because a call did not answer; the code is the first gap's kind."""
    first = gaps[0]
    code = "CHANGED_DURING_COLLECTION" if first.code == "CHANGED_DURING_COLLECTION" else "UNREAD"
    told = "; ".join(dict.fromkeys(str(gap) for gap in gaps))
    missing = tuple(dict.fromkeys(Missing(Gap.UNREAD, str(gap)) for gap in gaps))
    return Verdict(Outcome.UNKNOWN, code, f"not read: {told}", evidence, missing=missing)


def undecidable(code: str, reason: str, *evidence: Evidence, settled_by: str) -> Verdict:
    """Cannot be decided from what AWS shows; ``settled_by`` is the input or key that would."""
    missing = (Missing(Gap.UNDECIDABLE, settled_by),)
    return Verdict(Outcome.UNKNOWN, code, reason, evidence, missing=missing)


class Premise(Enum):
    """What is taken for granted of the organization's policies that nobody could read."""

    NOTHING = "nothing: they may hold any Deny"
    WITNESS = "they let the heartbeat through, as an Online node with such a role shows (D11)"
    ASSUMPTION = "they allow what the nodes need, as the user assumes (design 4)"


class Context:
    """What judging needs besides facts: the parameters, and a place to remember shared results.

    ``once`` never changes an answer, only how often it is computed: the key has to name
    everything that the computation reads. Nothing is shared between premises. ``words`` are the
    assumptions that hold in it.
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        premise: Premise = Premise.NOTHING,
        words: tuple[Assumption, ...] = (),
    ) -> None:
        self.parameters = parameters or Parameters()
        self.premise = premise
        self.words = words
        self._results: dict[Hashable, Any] = {}
        self._latest: dict[str, tuple[Hashable, Any]] = {}

    def under(self, premise: Premise) -> Context:
        """The context of a second look at what these parameters leave unknown."""
        return self.once(("under", premise), lambda: Context(self.parameters, premise))

    def assuming(self, words: tuple[Assumption, ...]) -> Context:
        """The context of a second look in which the user's words hold."""
        about_scps = any(one.topic is Topic.SCP for one in words)
        premise = Premise.ASSUMPTION if about_scps else Premise.NOTHING
        return self.once(("assuming", words), lambda: Context(self.parameters, premise, words))

    def once(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """The result remembered under that key, computed at the first asking."""
        found: Any = self._results.get(key, _NOTHING)
        if found is _NOTHING:
            found = self._results[key] = compute()
        result: Result = found
        return result

    def latest(self, kind: str, key: Hashable, compute: Callable[[], Result]) -> Result:
        """As ``once``, but only the latest key of a kind is kept: for what is asked in a row."""
        kept: Any
        kept, found = self._latest.get(kind, _NEVER)
        if kept != key:
            found = compute()
            self._latest[kind] = (key, found)
        result: Result = found
        return result


class ControlModule(Protocol):
    """A module that defines a control: its record and its one pure function."""

    CONTROL: Control

    def evaluate(self, node: Node, context: Context, /) -> Verdict: ...


class RegionControlModule(Protocol):
    """A module that defines a control of an account and Region."""

    CONTROL: Control

    def evaluate(self, place: Place, context: Context, /) -> Verdict: ...
