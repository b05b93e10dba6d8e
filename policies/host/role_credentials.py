"""HOST-05: the metadata service hands the instance's role credentials out."""

from __future__ import annotations

from inventory.facts import Node, Unread
from inventory.facts.host import Metadata, Reading
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    undecidable,
    unread,
    warned,
)
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.host.readings import CALL, NEEDS, READS, judged, quoted, untold
from policies.identity import CREDENTIAL_CALLS, Source, credentials

CONTROL = Control(
    id="HOST-05",
    title="The machine gets its role's credentials",
    severity=Severity.CRITICAL,
    category="host",
    why=(
        "A profile that EC2 lists can still give nothing: the role was deleted and made again, or "
        "does not trust EC2; only the machine sees what the metadata service hands out."
    ),
    remediation=(
        "Let the role trust ec2.amazonaws.com and attach the instance profile again: aws ec2 "
        "disassociate-iam-instance-profile and associate-iam-instance-profile for {instance_id}"
    ),
    needs=(*NEEDS, *CREDENTIAL_CALLS),
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html",),
    reads=READS,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the Code of the credentials (R-1.8, R-1.9, R-6.9, D2; T-118, T-119, A6, B4).

    They say nothing of permissions. Where Default Host Management serves the node, it needs none.
    """

    def judge(reading: Reading, metadata: Metadata) -> Verdict:
        return _judge(node, context, reading, metadata)

    return judged(node, context, "metadata", judge)


def _judge(node: Node, context: Context, reading: Reading, metadata: Metadata) -> Verdict:
    seen = quoted(reading, "metadata", "role", "credentials", "credentials_code")
    code = metadata.credentials_code
    if code.casefold() == "success":
        return passed("CREDENTIALS_GIVEN", f"the role {metadata.role} gives credentials", *seen)
    if code:
        return _refused(node, context, reading, metadata)
    match metadata.credentials:
        case "ok":
            return passed("CREDENTIALS_GIVEN", "there are credentials", *seen)
        case "404":
            return _no_role(node, context, reading)
        case "":
            return untold(reading, "metadata", "what came of the role's credentials")
        case _ if metadata.identity and metadata.identity != "ok":
            return not_applicable("AFTER_HOST_04", "HOST-04 judges the metadata service", *seen)
        case word:
            return undecidable(
                "CREDENTIALS_UNRECOGNIZED",
                f"asking for the role's credentials ended with {word!r}",
                *seen,
                settled_by=f"metadata.credentials of {CALL}",
            )


def _refused(node: Node, context: Context, reading: Reading, metadata: Metadata) -> Verdict:
    """``AssumeRoleUnauthorizedAccess`` is a trust that fails (R-1.9); so is any other Code."""
    code, role = metadata.credentials_code, metadata.role or "the role"
    told = f"the metadata service has no credentials of {role}: {code}"
    return _without_credentials("CREDENTIALS_REFUSED", told, node, context, reading)


def _no_role(node: Node, context: Context, reading: Reading) -> Verdict:
    """R-6.9: no profile; or one that EC2 lists and the metadata service has lost (A6, I #609)."""
    is_listed = node.instance.iam_instance_profile is not None
    lost = ", although EC2 lists an instance profile: it needs to be attached again"
    told = f"the metadata service has no role{lost if is_listed else ''}"
    return _without_credentials("NO_ROLE_IN_METADATA", told, node, context, reading)


def _without_credentials(
    code: str, told: str, node: Node, context: Context, reading: Reading
) -> Verdict:
    """A failure, unless other credentials serve the agent: its worker shows whether any do."""
    seen = quoted(reading, "metadata", "role", "credentials", "credentials_code")
    worker = reading.service.worker if reading.service else None
    if worker:
        reason = f"{told}; the agent has credentials from elsewhere, its worker runs"
        return warned("CREDENTIALS_FROM_ELSEWHERE", reason, *seen)
    if worker is None:
        state = dhmc_state(node)
        if isinstance(state, Unread):
            return unread(state, evidence=seen)
        if credentials(node, context).source is Source.DHMC:
            return warned("DHMC_STANDS_IN", f"{told}; Default Host Management stands in", *seen)
        if not isinstance(state, DhmcOff):
            return undecidable(
                "DHMC_MAY_STAND_IN",
                f"{told}; Default Host Management is on and may stand in",
                *seen,
                settled_by=f"service.worker of {CALL}",
            )
    return failed(code, told, *seen, blockers=(Blocker(node.id, told),))
