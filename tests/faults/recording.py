"""The quiet account: what moto's server answers to a run, and to runs that have to ask otherwise.

Made once for all tests of a test run, whichever process comes first, and then replayed.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filelock import FileLock

from tests.faults.calling import call_the_roll, opened, user_of
from tests.faults.faults import DENIED
from tests.faults.proxy import quiet, serving
from tests.faults.schedules import always
from tests.faults.upstream import Memory, MotoServer
from tests.unit.demo.moto_modes import server_process

#: Where the demo account's instances are, nearly all of them in the first.
REGIONS: Final = ("eu-central-1", "us-east-1")
#: Where these are refused a run asks for more, or one by one, which wants answers too.
_ASKED_OTHERWISE: Final = (
    "ec2.DescribeRouteTables",
    "ec2.DescribeSecurityGroups",
    "iam.GetAccountAuthorizationDetails",
    "iam.ListInstanceProfiles",
    "route53resolver.ListResolverRuleAssociations",
)
_FILE: Final = "answers.json"


@dataclasses.dataclass(frozen=True)
class Recording:
    """Answers of the demo account, and the time they are of."""

    answers: Path
    taken: datetime

    def memory(self) -> Memory:
        """An upstream of these answers alone."""
        return Memory.saved(self.answers)


def recording_in(folder: Path) -> Recording:
    """The recording that lies in the folder, made now if there is none."""
    answers = folder / _FILE
    with FileLock(folder / "answers.lock"):
        if not answers.exists():
            _record(answers)
    taken = datetime.fromtimestamp(answers.stat().st_mtime, UTC).replace(microsecond=0)
    return Recording(answers, taken)


def _record(answers: Path) -> None:
    with server_process("--seed") as moto:
        memory = Memory(MotoServer(moto.endpoint))
        with serving(memory) as proxy, user_of(proxy.endpoint) as session:
            account = opened(session)
            for name, schedule in (("quiet", quiet), ("other", always(DENIED, *_ASKED_OTHERWISE))):
                proxy.start_over(schedule)
                now = datetime.now(UTC)
                call_the_roll(account, answers.parent / name, REGIONS, now, deep=True)
        memory.save(answers)
