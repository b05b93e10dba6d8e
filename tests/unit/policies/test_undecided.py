"""Which kind of gap an IAM unknown is: better data would settle it, or nothing AWS shows would."""

from inventory.facts import Unread
from policies.control import Gap
from policies.iam.evaluation import Malformed, Open
from policies.iam.undecided import undecided

UNREAD = Unread("iam:GetRole", "AccessDenied")
MALFORMED = Malformed("trust policy of role-a", "is not JSON")
OPEN = Open("request:path")


def gaps(*needs: Unread | Malformed | Open) -> list[Gap]:
    return [missing.gap for missing in undecided("CODE", "reason", needs).missing]


def test_data_that_makes_no_sense_is_as_unread_as_data_that_is_not_there() -> None:
    """Design 4: undecidable is what lies outside AWS's view; a broken document does not."""
    assert gaps(MALFORMED, OPEN) == [Gap.UNREAD, Gap.UNDECIDABLE]
    assert gaps(MALFORMED) == [Gap.UNREAD]


def test_nothing_but_unread_calls_is_plain_unread() -> None:
    assert undecided("CODE", "reason", [UNREAD]).code == "UNREAD"
    assert undecided("CODE", "reason", [UNREAD, OPEN]).code == "CODE"
