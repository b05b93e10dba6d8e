"""HOST-16: AWS's own runbook found nothing wrong (advisory)."""

from __future__ import annotations

import dataclasses
import re
from typing import Final

from inventory.facts import Evidence, Node
from inventory.facts.host import Reading
from policies.control import (
    Context,
    Control,
    Severity,
    Verdict,
    not_applicable,
    passed,
    undecidable,
    warned,
)

CONTROL = Control(
    id="HOST-16",
    title="AWS's own runbook for unmanaged instances found nothing wrong",
    severity=Severity.INFO,
    category="host",
    why=(
        "AWSSupport-TroubleshootManagedInstance is what AWS Support runs first. It reads AWS's "
        "side by rules of its own, coarser than those of the other controls: what it warns of is "
        "worth a second look there, and what it passes over proves little."
    ),
    remediation=(
        "Look at the controls that the finding names: they judge the same of {instance_id}, "
        "with every route, rule and statement that decides it"
    ),
    needs=("host:Readings",),
    references=(
        "https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/automation-awssupport-troubleshoot-managed-instance.html",
    ),
)

_CALL: Final = "host:Readings"
_SOURCE: Final = "runbook"

#: What a finding is about → the controls that judge the same.
_JUDGED_BY: Final = {
    "endpoint": ("NET-05", "NET-06"),
    "route table": ("NET-04",),
    "network ACL": ("NET-03",),
    "security group": ("NET-02",),
    "instance profile": ("IAM-01", "IAM-04"),
}
#: Warnings that speak of what does no harm, with the rule that says so.
_HARMLESS: Final = (
    (re.compile(r"does not include the subnet of", re.IGNORECASE), "T-56"),
    (re.compile(r"is present and routing traffic towards", re.IGNORECASE), "T-55"),
    (re.compile(r"A local route is required", re.IGNORECASE), "R-5.1: every table has one"),
)
_REMARK: Final = re.compile(
    r"(?P<status>OK|INFO|WARNING|ERROR)(?: (?P<about>[a-zA-Z ]+))?: (?P<text>.+)"
)
_BLIND: Final = (
    "it looks at neither ssmmessages nor IPv6, at no endpoint policy and not into the machine"
)


@dataclasses.dataclass(frozen=True)
class _Remark:
    status: str
    about: str
    text: str

    @property
    def harmless_by(self) -> str:
        """The rule by which a warning does no harm, ``""`` for none."""
        return next((rule for harmless, rule in _HARMLESS if harmless.search(self.text)), "")

    @property
    def is_finding(self) -> bool:
        return self.status == "ERROR" or (self.status == "WARNING" and not self.harmless_by)

    @property
    def judged_by(self) -> tuple[str, ...]:
        """The ids of the controls that judge the same."""
        if "Default Host Management" in self.text:
            return ("DHMC-01",)
        return _JUDGED_BY.get(self.about, ())


def evaluate(node: Node, _context: Context) -> Verdict:
    """Judge the latest output of the runbook (domain.md 1.1): never more than a warning."""
    readings = () if node.host is None else node.host.readings
    reading = next((one for one in readings if one.source == _SOURCE), None)
    if reading is None:
        return not_applicable("NO_RUNBOOK_OUTPUT", "nobody handed in an output of the runbook")
    remarks = tuple(_parsed(one) for one in reading.remarks if _REMARK.fullmatch(one))
    if not remarks:
        return undecidable(
            "RUNBOOK_UNREADABLE",
            f"no finding of the runbook could be read in {reading.origin}",
            *_evidence(node, reading.problems),
            settled_by="host:Readings (the text of the runbook's last step, FinalOutput)",
        )
    findings = [one for one in remarks if one.is_finding]
    if findings:
        return _warning(node, reading, findings)
    rules = dict.fromkeys(one.harmless_by for one in remarks if one.status == "WARNING")
    but = f" but what does no harm ({'; '.join(rules)})" if rules else ""
    return passed(
        "RUNBOOK_FOUND_NOTHING",
        f"the runbook found nothing wrong{but}, which proves little: {_BLIND}",
        *_evidence(node, reading.remarks),
    )


def _warning(node: Node, reading: Reading, findings: list[_Remark]) -> Verdict:
    told = "; ".join(one.text.rstrip(".") for one in findings)
    judges = dict.fromkeys(control for one in findings for control in one.judged_by)
    whose = f"; compare {', '.join(judges)}" if judges else ""
    texts = {one.text for one in findings}
    lines = tuple(line for line in reading.remarks if line.partition(": ")[2] in texts)
    return warned("RUNBOOK_FINDINGS", f"the runbook says: {told}{whose}", *_evidence(node, lines))


def _parsed(remark: str) -> _Remark:
    found = _REMARK.fullmatch(remark)
    if found is None:
        return _Remark("", "", remark)
    return _Remark(found["status"], found["about"] or "", found["text"])


def _evidence(node: Node, lines: tuple[str, ...]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(resource=node.id, path="Remarks", value=line, call=_CALL) for line in lines
    )
