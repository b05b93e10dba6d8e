"""Rolls built by hand: a believable fleet of 20 instances under seven controls, and odd ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

from inventory.facts import Coverage, Evidence, Status, Unread
from policies.control import (
    Blocker,
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
from policies.diagnosis import diagnose
from policies.finding import Crash, Finding
from policies.roll import Roll, Run

ACCOUNT: Final = "111122223333"
REGIONS: Final = ("eu-central-1", "us-east-1")
#: What anyone who may tag an instance can write into a report.
HOSTILE: Final = (
    '<img src=x onerror=alert(1)>"',
    "line one\nline two",
    "</script><script>alert(2)</script>",
    "\x1b[31mred\x1b[0m\x07",
    '=HYPERLINK("http://evil.example","click")',
    "| `pipe` **bold** [link](javascript:alert(3)) @team",
    "rocket 🚀 中文 \u202eexe.txt",
    "{{ 7 * 7 }} {% include 'x' %}",
)


def control(
    control_id: str, title: str, severity: Severity = Severity.HIGH, remediation: str = ""
) -> Control:
    return Control(
        id=control_id,
        title=title,
        severity=severity,
        category="network" if control_id.startswith("NET") else "instance",
        why=f"Without this the node cannot be managed ({control_id}).",
        remediation=remediation,
        needs=("ec2:DescribeInstances",),
        references=("https://docs.aws.amazon.com/systems-manager/latest/userguide/",),
    )


IAM_03: Final = control("IAM-03", "The role's trust policy lets EC2 assume it")
DHMC_02: Final = control(
    "DHMC-02", "The instance profile leaves the heartbeat to DHMC", Severity.MEDIUM
)
IMDS_01: Final = control("IMDS-01", "The instance metadata service is enabled", Severity.CRITICAL)
NET_02: Final = control("NET-02", "Security groups let 443 out to the endpoints")
NET_05: Final = control("NET-05", "Interface endpoints serve the instance's subnet")
NODE_02: Final = control("NODE-02", "The instance is registered", Severity.CRITICAL)
NODE_03: Final = control("NODE-03", "Its ping is Online and fresh", Severity.CRITICAL)
CONTROLS: Final = (IAM_03, DHMC_02, IMDS_01, NET_02, NET_05, NODE_02, NODE_03)


def instance_id(number: int) -> str:
    return f"i-0a1b2c3d4e5f{number:05x}"


def finding(
    judged: Control,
    number: int,
    verdict: Verdict,
    *,
    name: str = "",
    remediation: str = "",
    caused_by: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        control=judged,
        account=ACCOUNT,
        region=REGIONS[0] if number < 12 else REGIONS[1],
        resource=instance_id(number),
        name=name or f"web-{number:02}",
        verdict=verdict,
        remediation=remediation,
        caused_by=caused_by,
    )


def run_of(cells: int, instances: int, **changes: object) -> Run:
    run = Run(
        tool="ssm-rollcall 0.1.0",
        as_of="2026-11-01T12:00:00+00:00",
        snapshot="4f1c" * 16,
        accounts={ACCOUNT: REGIONS},
        callers={ACCOUNT: f"arn:aws:sts::{ACCOUNT}:assumed-role/auditor/rollcall"},
        selection={},
        cells=cells,
        instances=instances,
    )
    return dataclasses.replace(run, **changes)  # type: ignore[arg-type]


def roll_of(
    findings: Sequence[Finding],
    *,
    coverage: tuple[Coverage, ...] = (),
    crashes: tuple[Crash, ...] = (),
    controls: tuple[Control, ...] = CONTROLS,
    **run_changes: object,
) -> Roll:
    cells = len(findings) + len(crashes)
    instances = len({(one.account, one.region, one.resource) for one in findings})
    return Roll(
        run=run_of(cells, instances, **run_changes),
        controls=controls,
        findings=tuple(sorted(findings, key=lambda one: one.id)),
        coverage=coverage,
        crashes=crashes,
    )


def evidence(resource: str, path: str, value: object, call: str) -> Evidence:
    return Evidence(resource=resource, path=path, value=value, call=f"ec2:{call}")


NO_EGRESS: Final = failed(
    "NO_443_EGRESS",
    "no security group of the primary interface lets TCP 443 out",
    evidence(
        "sg-0d15ab1ed00000001",
        "IpPermissionsEgress",
        [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}],
        "DescribeSecurityGroups",
    ),
    blockers=(Blocker("sg-0d15ab1ed00000001", "its only egress rule is TCP 80 to 0.0.0.0/0"),),
)
EGRESS_COMMAND: Final = (
    "aws ec2 authorize-security-group-egress --group-id sg-0d15ab1ed00000001 "
    "--ip-permissions IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges='[{CidrIp=0.0.0.0/0}]' "
    "--region eu-central-1"
)
IMDS_OFF: Final = failed("IMDS_DISABLED", "HttpEndpoint is disabled")
SUBNETS_DENIED: Final = unread(Unread("ec2:DescribeVpcEndpoints", "UnauthorizedOperation"))
CUSTOM_DNS: Final = undecidable(
    "CUSTOM_DNS", "the VPC uses its own name servers", settled_by="assume.dns: [10.0.0.2]"
)
STALE: Final = warned("STALE_PING", "the last ping is 3 hours old")
STOPPED: Final = not_applicable("NOT_RUNNING", "the instance is stopped")
HOLDS: Final = passed("HOLDS", "it holds")

#: (control, instance number) → what is not simply a pass; NET-02 fails on 2 to 5.
_EXCEPTIONS: Final = {
    **{(NET_02.id, number): NO_EGRESS for number in (2, 3, 4, 5)},
    **{(NET_05.id, number): SUBNETS_DENIED for number in (12, 13, 14)},
    (NET_05.id, 8): CUSTOM_DNS,
    (IMDS_01.id, 6): IMDS_OFF,
    (IMDS_01.id, 5): IMDS_OFF,
    (NODE_03.id, 9): STALE,
    **{(one.id, 19): STOPPED for one in CONTROLS},
}


def _demo_finding(judged: Control, number: int) -> Finding:
    verdict = _EXCEPTIONS.get((judged.id, number), HOLDS)
    name = HOSTILE[number] if number < len(HOSTILE) else ""
    remediation = ""
    if verdict is NO_EGRESS:
        remediation = EGRESS_COMMAND
    if verdict is IMDS_OFF:
        remediation = (
            f"aws ec2 modify-instance-metadata-options --instance-id {instance_id(number)} "
            "--http-endpoint enabled"
        )
    return finding(judged, number, verdict, name=name, remediation=remediation)


def demo_roll() -> Roll:
    """20 instances × 7 controls; hostile names on the first eight.

    7 findings fail (NET-02 four, IMDS-01 two, NODE-02 one as a consequence), 1 warns, 4 are
    unknown, 7 not applicable, 121 pass. Instances 2 to 6 fail; 8, 12, 13 and 14 are undecided;
    9 warns; 19 is stopped; the other nine pass.
    """
    findings = [_demo_finding(one, number) for one in CONTROLS for number in range(20)]
    follows = Finding(
        control=NODE_02,
        account=ACCOUNT,
        region=REGIONS[0],
        resource=instance_id(2),
        name=HOSTILE[2],
        verdict=failed("NOT_LISTED", "Systems Manager does not list the instance"),
        caused_by=(f"NET-02/{ACCOUNT}/{REGIONS[0]}/{instance_id(2)}",),
    )
    findings = [follows if one.id == follows.id else one for one in findings]
    return diagnosed(roll_of(findings, coverage=COVERAGE))


def two_accounts_roll() -> Roll:
    """The same, the instances 12 to 19 in an account of their own."""
    roll = demo_roll()
    other = "444455556666"
    findings = [
        one if one.region == REGIONS[0] else dataclasses.replace(one, account=other)
        for one in roll.findings
    ]
    accounts = {ACCOUNT: REGIONS[:1], other: REGIONS[1:]}
    return diagnosed(roll_of(findings, accounts=accounts))


def large_roll() -> Roll:
    """120 instances that fail one control."""
    return diagnosed(roll_of([finding(NET_02, number, NO_EGRESS) for number in range(120)]))


def diagnosed(roll: Roll) -> Roll:
    """The roll with the diagnosis of each instance, from its own findings."""
    by_node: dict[tuple[str, str, str], list[Finding]] = {}
    for one in roll.findings:
        by_node.setdefault((one.account, one.region, one.resource), []).append(one)
    return dataclasses.replace(roll, diagnoses=tuple(diagnose(one) for one in by_node.values()))


COVERAGE: Final = (
    Coverage(
        account=ACCOUNT,
        region=REGIONS[0],
        call="ec2:DescribeInstances",
        status=Status.COLLECTED,
        file=f"{ACCOUNT}/{REGIONS[0]}/ec2.DescribeInstances.json",
        sha256="ab" * 32,
    ),
    Coverage(
        account=ACCOUNT,
        region=REGIONS[1],
        call="ec2:DescribeVpcEndpoints",
        status=Status.DENIED,
        code="UnauthorizedOperation",
        detail="You are not authorized to perform this operation.",
    ),
    Coverage(
        account=ACCOUNT,
        region=REGIONS[1],
        call="ec2:DescribeDhcpOptions",
        status=Status.FAILED,
        code="RequestLimitExceeded",
    ),
)


def hostile_roll(text: str) -> Roll:
    """One failed finding that carries the text wherever a report can meet text of others."""
    verdict = failed(
        "HOSTILE",
        text,
        Evidence(resource=text, path=text, value={"Key": text}, call="ec2:DescribeTags"),
        blockers=(Blocker(text or "sg-1", text),),
    )
    undecided = undecidable("HOSTILE", text, settled_by=text)
    return roll_of(
        [
            finding(NET_02, 1, verdict, name=text, remediation=text),
            finding(NET_05, 1, undecided, name=text),
        ],
        crashes=(Crash(control="IAM-03", resource=text, error=text),),
    )


def all_hostile_roll() -> Roll:
    """One failed finding for each hostile text, which stands in its name, reason and evidence."""
    findings = [
        dataclasses.replace(
            finding(NET_02, number, failed("HOSTILE", text, evidence(text, text, text, "D"))),
            name=text,
            remediation=text,
        )
        for number, text in enumerate(HOSTILE)
    ]
    crashes = tuple(Crash(control="NET-02", resource=text, error=text) for text in HOSTILE)
    return roll_of(findings, crashes=crashes, tool=HOSTILE[0], callers={ACCOUNT: HOSTILE[0]})


def empty_roll() -> Roll:
    """A fleet without instances."""
    return roll_of([])
