"""One stage over all hosts of a reading: what HOST-06 to HOST-09 have in common."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

from inventory.facts import Evidence, Node
from inventory.facts.host import EndpointTry, Reading
from policies.control import (
    Blocker,
    Context,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    undecidable,
    warned,
)
from policies.host.message_hosts import Weight, weight_of
from policies.host.overrides import asked_instead
from policies.host.readings import CALL, fact, judged, not_told, quoted, source, unrecognized
from policies.host.stages import (
    CONTROLS,
    OK,
    WORDS,
    Stage,
    addressed,
    broken_before,
    ended,
    is_left_to_proxy,
    is_private,
)

_SSM: Final = "ssm"
#: From here on an HTTP status means that the service itself has trouble (RFC 9110, D3).
_SERVER_ERROR: Final = 500


@dataclasses.dataclass(frozen=True)
class StageRule:
    """What one control says of its stage.

    ``good`` is the code of a pass and ``told`` its sentence. ``remedies`` hold a sentence for each
    word the stage can end with; ``word private`` takes precedence where the name resolves to
    private addresses only. Both may use ``{host}``.
    """

    stage: Stage
    good: str
    told: str
    remedies: Mapping[str, str]

    def remedy(self, one: EndpointTry) -> str:
        """What to do about the host."""
        word = ended(one, self.stage)
        sentence = self.remedies.get(f"{word} private", "") if is_private(one) else ""
        return (sentence or self.remedies.get(word, "")).format(host=one.host or one.service)


@dataclasses.dataclass(frozen=True)
class _Broken:
    one: EndpointTry
    word: str
    weight: Weight


def judge_stage(node: Node, context: Context, rule: StageRule) -> Verdict:
    """The weightiest failure of the stage over all hosts, else the first gap, else a pass.

    Spec: 1.2 (what is mandatory), 2.4, R-4.1, R-4.5, D17; T-120.
    """

    def judge(reading: Reading, _section: object) -> Verdict:
        return _judge(node, context, rule, reading)

    return judged(node, context, "endpoints", judge)


def _judge(node: Node, context: Context, rule: StageRule, reading: Reading) -> Verdict:
    every = {one.service: one for one in reading.endpoints or ()}
    elsewhere = {name: asked_instead(reading, one) for name, one in every.items()}
    tries = {name: one for name, one in every.items() if not elsewhere[name]}
    weights = _weights(node, context, tries, rule.stage)
    broken = sorted(_broken(tries, weights, rule.stage), key=lambda one: -one.weight)
    if broken and broken[0].weight > Weight.WARNING:
        return _failure(node, rule, reading, broken)
    if elsewhere.get(_SSM):
        return _overridden(reading, every[_SSM], elsewhere[_SSM])
    gap = _gap(rule.stage, reading, tries)
    if gap is not None:
        return gap
    seen = _evidence(rule.stage, reading, tries)
    if broken and broken[0].weight is Weight.WARNING:
        worst = broken[0]
        return warned(
            _code(rule.stage, worst.word),
            f"{_told(worst)}; the node can be managed without it",
            *seen,
            remediation=rule.remedy(worst.one),
        )
    told = rule.told.format(host=tries[_SSM].host or _SSM)
    status = tries[_SSM].http_status or 0
    if rule.stage is Stage.HTTP and status >= _SERVER_ERROR:
        reason = f"{told}, but with status {status}: the service or a proxy has trouble"
        return warned("HTTP_SERVER_ERROR", reason, *seen)
    return passed(rule.good, told, *seen)


def _overridden(reading: Reading, one: EndpointTry, instead: str) -> Verdict:
    return undecidable(
        "ENDPOINT_OVERRIDDEN",
        f"{one.host} was tried, but the agent is set to {instead}",
        *quoted(reading, "configuration", "path", "endpoints", "region", "dual_stack"),
        settled_by=f"a try of the endpoint that {CALL} names in configuration",
    )


def _weights(
    node: Node, context: Context, tries: Mapping[str, EndpointTry], stage: Stage
) -> dict[str, Weight]:
    """ec2messages can stand in for ssmmessages where it was seen to come as far."""
    other = tries.get("ec2messages")
    works = other is not None and ended(other, stage) == OK and _went_through(other)
    return {
        service: weight_of(service, node, context, ec2messages_works=works) for service in tries
    }


def _went_through(one: EndpointTry) -> bool:
    return all(getattr(one, stage) in ("", OK) for stage in Stage)


def _broken(
    tries: Mapping[str, EndpointTry], weights: Mapping[str, Weight], stage: Stage
) -> list[_Broken]:
    """The tries that ended at this very stage."""
    return [
        _Broken(one, ended(one, stage), weights[service])
        for service, one in tries.items()
        if ended(one, stage) in WORDS[stage]
        and broken_before(one, stage) is None
        and not is_left_to_proxy(one, stage)
    ]


def _gap(stage: Stage, reading: Reading, tries: Mapping[str, EndpointTry]) -> Verdict | None:
    """Why the heartbeat's own host is not judged at this stage, ``None`` where it is."""
    one = tries.get(_SSM)
    if one is None:
        return not_told(reading, "whether the host of ssm can be reached: it was not tried")
    word = ended(one, stage)
    path = f"endpoints.{_SSM}.{stage}"
    before = broken_before(one, stage)
    if before is not None:
        control = CONTROLS[before]
        return not_applicable(
            f"AFTER_{control.replace('-', '_')}",
            f"the way to {one.host or _SSM} ends before: {before} is {ended(one, before)}",
            fact(reading, f"endpoints.{_SSM}.{before}", ended(one, before)),
        )
    if is_left_to_proxy(one, stage):
        told = f"the proxy {one.proxy} does this for the machine"
        return not_applicable("LEFT_TO_PROXY", told, fact(reading, path, word), source(reading))
    if not word:
        note = f" ({one.note})" if one.note else ""
        return not_told(reading, f"{stage} of {one.host or _SSM}: it was not tried{note}")
    if word != OK and word not in WORDS[stage]:
        return unrecognized(reading, path, word)
    return None


def _failure(node: Node, rule: StageRule, reading: Reading, broken: list[_Broken]) -> Verdict:
    worst = broken[0]
    grave = [one for one in broken if one.weight > Weight.WARNING]
    seen = tuple(
        fact(reading, f"endpoints.{one.one.service}.{rule.stage}", _quoted(one.one, one.word))
        for one in grave
    )
    without_commands = worst.weight is Weight.NO_COMMANDS
    return failed(
        _code(rule.stage, worst.word),
        "; ".join(_told(one) for one in grave),
        *seen,
        source(reading),
        blockers=tuple(Blocker(node.id, _told(one)) for one in grave),
        remediation=rule.remedy(worst.one),
        severity=Severity.HIGH if without_commands else None,
    )


def _evidence(
    stage: Stage, reading: Reading, tries: Mapping[str, EndpointTry]
) -> tuple[Evidence, ...]:
    told = tuple(
        fact(reading, f"endpoints.{service}.{stage}", _quoted(one, ended(one, stage)))
        for service, one in tries.items()
        if ended(one, stage)
    )
    return (*told, source(reading))


def _quoted(one: EndpointTry, word: str) -> str:
    """``ok: ssm.eu-central-1.amazonaws.com at 10.0.1.7 (private), told by 10.0.0.2``."""
    parts = (
        one.host or one.service,
        f"at {addressed(one)}" if one.addresses else "",
        f"told by {one.resolver}" if one.resolver else "",
        f"through the proxy {one.proxy}" if one.proxy else "",
        f"HTTP {one.http_status}" if one.http_status else "",
        f"issued by {one.issuer}" if one.issuer else "",
        one.note,
    )
    return f"{word}: {' '.join(part for part in parts if part)}"


def _told(broken: _Broken) -> str:
    one = broken.one
    where = f" at {addressed(one)}" if one.addresses else ""
    return f"{one.host or one.service}{where}: {broken.word.replace('-', ' ')}"


def _code(stage: Stage, word: str) -> str:
    return f"{stage}_{word}".upper().replace("-", "_")
