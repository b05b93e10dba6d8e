"""The sentences that reports share, so that no two of them say the same thing differently."""

from __future__ import annotations

from policies.finding import Control, Outcome, Scope
from policies.roll import Roll
from reports.tally import OUTCOMES, WAIVED, WORDS, Tally


def counted(number: int, singular: str, plural: str = "") -> str:
    """``1 node``, ``2,000 nodes``; ``plural`` where an s does not do."""
    word = singular if number == 1 else plural or f"{singular}s"
    return f"{number:,} {word}"


def sentence_start(text: str) -> str:
    """The text with a capital first letter; names and times in the rest stay as they are."""
    return text[:1].upper() + text[1:]


def outcome_list(tallied: Tally) -> str:
    """``2 fail, 1 warn, 0 unknown, 10 pass, 1 not applicable``: always all five.

    What waivers accept comes last, where there is any: ``, 3 waived``.
    """
    told = [f"{tallied.totals[outcome]:,} {WORDS[outcome]}" for outcome in OUTCOMES]
    if tallied.waived:
        told.append(f"{tallied.waived:,} {WAIVED}")
    return ", ".join(told)


def subjects(control: Control, number: int) -> str:
    """``3 instances``, or ``2 Regions`` of a control that judges those."""
    return counted(number, "instance" if control.scope is Scope.INSTANCE else "Region")


def run_count(tallied: Tally) -> str:
    """``7 controls × 20 instances: 140 findings``; no product where selection broke it."""
    of_regions = sum(row.control.scope is Scope.REGION for row in tallied.rows)
    parts = [
        (controls, judged, noun)
        for controls, judged, noun in (
            (len(tallied.rows) - of_regions, tallied.judged, "instance"),
            (of_regions, tallied.regions_judged, "Region"),
        )
        if judged or noun == "instance"
    ]
    findings = counted(tallied.findings, "finding")
    if sum(controls * judged for controls, judged, _ in parts) == tallied.findings:
        told = (
            f"{counted(controls, 'control')} × {counted(judged, noun)}"
            for controls, judged, noun in parts
            if controls or len(parts) == 1
        )
        return f"{', '.join(told)}: {findings}"
    over = ", ".join(counted(judged, noun) for _, judged, noun in parts)
    return f"{findings}: {counted(len(tallied.rows), 'control')}, {over}"


def verdict_sentence(tallied: Tally) -> str:
    """What the roll call found, in a few sentences; never better than the numbers are."""
    told = _instance_sentences(tallied) if tallied.judged or not tallied.regions_judged else []
    return " ".join([*told, *_region_sentences(tallied)])


def _instance_sentences(tallied: Tally) -> list[str]:
    if not tallied.judged:
        return ["No instance was judged: this roll call says nothing about any fleet."]
    failing = tallied.instances[Outcome.FAIL]
    undecided = tallied.instances[Outcome.UNKNOWN]
    exempt = tallied.instances[Outcome.NOT_APPLICABLE]
    applicable = tallied.judged - exempt
    if not applicable:
        asked, whom = what_is_asked(tallied), counted(exempt, "instance")
        return [f"None of the {asked}s applies to the {whom} judged."]
    if failing or undecided or tallied.crashed or tallied.unanswered:
        asked = what_is_asked(tallied)
        told = [_missing_sentence(failing, applicable, asked), *_excused_sentence(tallied.excused)]
        told += _undecided_sentence(failing, undecided)
    else:
        told = [_all_met_sentence(applicable, what_is_asked(tallied))]
    if exempt:
        told.append(f"{counted(exempt, 'further instance')} took no part (not applicable).")
    return told


def _region_sentences(tallied: Tally) -> list[str]:
    """What is set once for a whole Region: told where it is broken, or where nothing else is."""
    failing = tallied.regions[Outcome.FAIL]
    undecided = tallied.regions[Outcome.UNKNOWN]
    judged = counted(tallied.regions_judged, "Region")
    if failing:
        verb = "misses" if failing == 1 else "miss"
        return [f"{failing:,} of {judged} {verb} a prerequisite that is set for a whole Region."]
    if undecided:
        return [f"{undecided:,} of {judged} could not be fully judged."]
    if tallied.judged or not tallied.regions_judged:
        return []
    return [f"None of {judged} is known to miss a prerequisite that is set for a whole Region."]


def what_is_asked(tallied: Tally) -> str:
    """What a control stands for, in a noun: users' own policies are no prerequisites."""
    if all(row.control.is_prerequisite for row in tallied.rows):
        return "prerequisite"
    return "requirement"


def _all_met_sentence(applicable: int, asked: str) -> str:
    if applicable == 1:
        return f"The 1 instance judged meets every {asked} that was asked."
    return f"All {applicable:,} instances meet every {asked} that was asked."


def _excused_sentence(excused: int) -> list[str]:
    """A waived instance still misses what it misses; that someone accepts it comes after."""
    if not excused:
        return []
    return [f"Waivers accept all that {excused:,} of them {'miss' if excused > 1 else 'misses'}."]


def _undecided_sentence(failing: int, undecided: int) -> list[str]:
    if not undecided:
        return []
    if not failing:
        return [f"{counted(undecided, 'instance')} could not be fully judged."]
    verb = "is" if undecided == 1 else "are"
    known = f"{counted(undecided, 'instance')} {verb} not known to miss any"
    return [f"{known}, but could not be fully judged."]


def _missing_sentence(failing: int, applicable: int, asked: str) -> str:
    if not failing and applicable == 1:
        return f"The 1 instance judged is not known to miss a {asked}."
    if not failing:
        return f"None of {counted(applicable, 'instance')} is known to miss a {asked}."
    verb = "misses" if failing == 1 else "miss"
    return f"{failing:,} of {counted(applicable, 'instance')} {verb} at least one {asked}."


def shortcomings(tallied: Tally) -> tuple[str, ...]:
    """What makes the roll itself incomplete: crashes, and cells that never ran."""
    told = []
    if tallied.crashed:
        verb = "has" if tallied.crashed == 1 else "have"
        told.append(
            f"{counted(tallied.crashed, 'cell')} {verb} no verdict because a control crashed "
            "(CONTROL_CRASHED): a defect of the tool, not of the fleet."
        )
    if tallied.unanswered:
        verb = "was" if tallied.unanswered == 1 else "were"
        told.append(
            f"{counted(tallied.unanswered, 'selected cell')} {verb} not judged in this run."
        )
    return tuple(told)


def gain(freed: int, touched: int, hoped: int = 0) -> str:
    """What a repair gives: ``frees 2 of the 4 instances it touches``; it may touch none itself.

    ``hoped``: how many more it frees if nothing comes to light behind it.
    """
    if not touched:
        return "concerns every instance of the Region that depends on it"
    if hoped:
        sure = f"frees {freed:,} and " if freed else ""
        return f"{sure}may free {_share(hoped, touched)}: more may come to light behind it"
    if not freed:
        return f"touches {counted(touched, 'instance')} that other obstacles hold back too"
    return f"frees {_share(freed, touched)}"


def _share(number: int, touched: int) -> str:
    touches = f"{counted(touched, 'instance')} it touches"
    if number < touched:
        return f"{number:,} of the {touches}"
    return f"the {touches}" if touched == 1 else f"all {touches}"


def roots_and_consequences(tallied: Tally) -> str:
    """``9 roots, 4 consequences`` of the failures; empty where nothing follows from anything."""
    if not tallied.consequences:
        return ""
    return f"{counted(tallied.roots, 'root')}, {counted(tallied.consequences, 'consequence')}"


def not_asked(tallied: Tally) -> str:
    """Which controls have no cell in this run; empty where all have, or where none has."""
    if not tallied.rows or not tallied.not_asked:
        return ""
    return f"Not asked in this run: {', '.join(tallied.not_asked)}."


def accounts_title(roll: Roll) -> str:
    """``ssm-rollcall: 111122223333, 444455556666``; more than three are counted."""
    accounts = sorted(roll.run.accounts)
    if not accounts:
        return "ssm-rollcall: no account"
    named = 3
    if len(accounts) > named:
        return f"ssm-rollcall: {len(accounts)} accounts"
    return f"ssm-rollcall: {', '.join(accounts)}"


def selection_text(roll: Roll) -> str:
    """``-k IMDS-01, -m critical``; ``everything`` when nothing narrowed the cells."""
    chosen = (f"{option} {value}" for option, value in sorted(roll.run.selection.items()))
    return ", ".join(chosen) or "everything"
