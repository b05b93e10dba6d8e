"""Matching of resources: ARNs, segment by segment (iam.md 2, Resources)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from policies.iam.evaluation.glob import Glob
from policies.iam.evaluation.keys import ConditionKeys
from policies.iam.evaluation.truth import Key, Malformed, Open, Truth, Unknown, any_of, negate
from policies.iam.evaluation.variables import Unresolved, has_variable, template

ARN_PARTS = 6
SERVICE_PART = 2
ANY = "*"

ResourceTest = Callable[[str, ConditionKeys], Truth | Unresolved]


@dataclasses.dataclass(frozen=True)
class ResourceSet:
    """A Resource or NotResource element."""

    everything: bool
    tests: tuple[ResourceTest, ...]
    negated: bool = False

    def truth(self, resource: str, keys: ConditionKeys) -> Truth:
        """Whether the resource (a whole ARN, or ``*``) is covered."""
        if self.everything:
            return not self.negated
        results = [test(resource, keys) for test in self.tests]
        unresolved = [one for one in results if isinstance(one, Unresolved)]
        matched = any_of(one for one in results if not isinstance(one, Unresolved))
        if not unresolved:
            return negate(matched) if self.negated else matched
        if self.negated or matched is False:
            return False
        # AWS does not say whether one unresolved variable spoils the patterns beside it.
        return Unknown(frozenset(Key(one.key) for one in unresolved))


def resource_set(
    patterns: Iterable[str], *, negated: bool, pads: bool, substitutes: bool, place: str
) -> ResourceSet | Malformed:
    """Compile a Resource (or NotResource) list.

    ``pads``: missing parts of an ARN count as ``*`` (identity policies; SCPs and RCPs refuse
    them). ``substitutes``: variables work (Version 2012-10-17).
    """
    tests: list[ResourceTest] = []
    everything = False
    for pattern in patterns:
        if Glob.of(pattern).is_run:
            everything = True
            continue
        if not pattern.startswith("arn:"):
            return Malformed(place, f"{pattern!r} is neither '*' nor an ARN")
        if not pads and pattern.count(":") < ARN_PARTS - 1:
            return Malformed(place, f"{pattern!r} is an ARN with missing parts")
        tests.append(_test(pattern, substitutes=substitutes))
    return ResourceSet(everything, tuple(tests), negated)


def _test(pattern: str, *, substitutes: bool) -> ResourceTest:
    if substitutes and has_variable(pattern):
        return _templated(pattern)
    if "*" not in pattern and "?" not in pattern and pattern.count(":") >= ARN_PARTS - 1:
        return lambda resource, _keys: resource == pattern
    arn = ArnPattern.of(Glob.of(pattern))
    return lambda resource, _keys: arn.truth(resource)


def _templated(pattern: str) -> ResourceTest:
    before = pattern.partition("${")[0]
    if before.count(":") < ARN_PARTS - 1:
        # A variable stands only after the fifth colon; before it, this is text no ARN has.
        return lambda _resource, _keys: False
    parsed = template(pattern)

    def test(resource: str, keys: ConditionKeys) -> Truth | Unresolved:
        pattern_here = parsed.glob(keys)
        if isinstance(pattern_here, Glob):
            return ArnPattern.of(pattern_here).truth(resource)
        return pattern_here

    return test


@dataclasses.dataclass(frozen=True)
class ArnPattern:
    """A pattern for resource ARNs, in colon-separated segments.

    A ``*`` that ends a segment may run on over colons; any other wildcard stays in its segment.
    """

    written: tuple[Glob, ...]
    padded: tuple[Glob, ...]

    @classmethod
    def of(cls, pattern: Glob) -> ArnPattern:
        segments = pattern.segments()
        missing = ARN_PARTS - len(segments)
        return cls(segments, (*segments, *(Glob.of("*"),) * missing))

    def truth(self, resource: str) -> Truth:
        """Whether the ARN fits; unknown where only a wildcard for the service makes it fit."""
        if resource == ANY:
            return False
        texts = resource.split(":")
        if not (_fits(self.padded, texts) or _fits(self.written, texts)):
            return False
        if len(self.written) > SERVICE_PART and self.written[SERVICE_PART].has_wildcard:
            return Unknown.of(Open("resource:service wildcard"))
        return True


def _fits(segments: tuple[Glob, ...], texts: list[str]) -> bool:
    """Walk the segments; ``reached`` holds how many texts may have been consumed so far."""
    if len(segments) > len(texts):
        return False
    reached = {0}
    for segment in segments:
        step: set[int] = set()
        for position in reached:
            if position < len(texts) and segment.matches(texts[position]):
                step.add(position + 1)
                if segment.ends_in_run:
                    step.update(range(position + 2, len(texts) + 1))
        reached = step
    return len(texts) in reached
