"""The page's words, for readers who meet them for the first time (design 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policies.roll import Roll

#: Word → what it means here, in the order in which a reader meets them.
_MEANINGS: Final[Mapping[str, str]] = {
    "Managed node": (
        "An EC2 instance that Systems Manager lists and hears from: commands, sessions, patches "
        "and inventory work on it. With risk: it works today, and a prerequisite is broken or "
        "unclear."
    ),
    "Control": "One prerequisite that is judged for every instance, or once for a whole Region.",
    "Finding": "What one control says of one instance or Region: verdict, reason and evidence.",
    "Pass": "It holds, and the evidence says why. Nothing passes for lack of information.",
    "Warn": "It holds, but degraded, at risk, or contradicted by what Systems Manager reports.",
    "Fail": "It does not hold; what stands in the way is named.",
    "Unknown": (
        "It could not be decided: a call was refused or failed, or the answer lies outside what "
        "AWS shows. Never a pass and never a failure; what would settle it is named."
    ),
    "Not applicable": "It does not concern this instance; the reason is given.",
    "Counted": (
        "Of a large fleet, a verdict that holds or does not apply and has no finding of its own: "
        "it is in all totals, and findings.json has its letter."
    ),
    "Waived": (
        "A failure that a named owner accepts until a date. It stays a failure and is counted "
        "apart."
    ),
    "Severity": "How much a failure costs, from critical to info; parameters.yaml may set it.",
    "Reason code": "The stable name of a verdict's reason, such as IMDS_DISABLED.",
    "Evidence": "The values a verdict rests on, each with the resource and the API call it is of.",
    "Root and consequence": (
        "A failure that follows from no other, and one that follows from a root: repairing the "
        "root comes first."
    ),
    "First broken hop": "The earliest broken step on the way from a running machine to its agent.",
    "Baseline": "An earlier run that this one is compared with: what is new, known and fixed.",
    "Snapshot": "What AWS answered, kept as files; judging it again gives the same findings.",
    "Coverage": "Which API calls gave an answer. A refused call is one cause, listed once.",
    "DHMC": "Default Host Management Configuration: Systems Manager without an instance profile.",
}


def glossary_of(roll: Roll) -> Mapping[str, str]:
    """The words that this page uses, and what each means."""
    unused = set()
    if not roll.waivers.entries and not any(one.waiver for one in roll.findings):
        unused.add("Waived")
    if roll.counted is None:
        unused.add("Counted")
    if roll.baseline is None:
        unused.add("Baseline")
    return {word: meaning for word, meaning in _MEANINGS.items() if word not in unused}
