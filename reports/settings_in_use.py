"""The user's settings that are not the defaults: the words that reports share."""

from __future__ import annotations

import dataclasses

from policies.finding import Finding
from policies.roll import Roll
from reports.wording import counted


@dataclasses.dataclass(frozen=True)
class SettingRow:
    """A setting as it is written, and for whom it is meant."""

    name: str
    value: str
    meant_for: str

    def __str__(self) -> str:
        """``thresholds.ping_fresh = 5m (tag env=dev)``."""
        meant_for = f" ({self.meant_for})" if self.meant_for else ""
        return f"{self.name} = {self.value}{meant_for}"


def setting_rows(roll: Roll) -> tuple[SettingRow, ...]:
    """Every setting that differs, in the order of the file."""
    return tuple(SettingRow(one.name, one.value, str(one.target)) for one in roll.settings)


def settings_sentence(roll: Roll) -> str:
    """``3 settings differ from the defaults; 12 findings rest on them.``; empty where none does."""
    if not roll.settings:
        return ""
    verb = "differs" if len(roll.settings) == 1 else "differ"
    resting = sum(1 for one in roll.findings if one.parameters)
    return (
        f"{counted(len(roll.settings), 'setting')} {verb} from the defaults; "
        f"{counted(resting, 'finding')} {'rests' if resting == 1 else 'rest'} on them."
    )


def settings_text(roll: Roll) -> str:
    """The sentence and the whole list, on one line."""
    told = "; ".join(str(row) for row in setting_rows(roll))
    return f"{settings_sentence(roll)} {told}" if told else ""


def parameters_text(finding: Finding) -> str:
    """``thresholds.ping_fresh = 5m; …``: what a finding rests on; empty where on defaults only."""
    return "; ".join(f"{name} = {value}" for name, value in finding.parameters)
