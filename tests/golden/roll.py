"""The roll of the golden files: one finding for each thing that a format has to tell apart."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final

from inventory.facts import Coverage, Status, Unread
from policies.baseline import Change, Compared, Comparison, Earlier
from policies.control import (
    Blocker,
    Control,
    Outcome,
    Scope,
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
from policies.finding import Evidence, Finding
from policies.roll import Roll, Run
from policies.waiver_ledger import WaiverEntry, WaiverLedger, WaiverState
from policies.waivers import Waiver

ACCOUNT: Final = "111122223333"
CHINA: Final = "444455556666"
FRANKFURT: Final = "eu-central-1"
BEIJING: Final = "cn-north-1"
WEB: Final = "i-0a1b2c3d4e5f00001"
DATABASE: Final = "i-0a1b2c3d4e5f00002"
STOPPED: Final = "i-0a1b2c3d4e5f00003"
ABROAD: Final = "i-0a1b2c3d4e5f00004"
#: What anyone who may tag an instance can write into a report.
HOSTILE_NAME: Final = '=HYPERLINK("http://evil.example";"x")\n<b>\x1b[31m| café 🚀'


def _control(
    identity: str, title: str, severity: Severity, scope: Scope = Scope.INSTANCE
) -> Control:
    family = identity.partition("-")[0]
    return Control(
        id=identity,
        title=title,
        severity=severity,
        category=family.lower(),
        why=f"Why {identity} matters.",
        remediation="",
        needs=("ec2:DescribeInstances",),
        references=(f"https://docs.aws.amazon.com/{family.lower()}",),
        scope=scope,
    )


DHMC_01: Final = _control("DHMC-01", "DHMC's role serves", Severity.MEDIUM, Scope.REGION)
IMDS_01: Final = _control("IMDS-01", "Metadata service is enabled", Severity.CRITICAL)
NET_02: Final = _control("NET-02", "Security groups let 443 out", Severity.HIGH)
NODE_02: Final = _control("NODE-02", "Registered with Systems Manager", Severity.CRITICAL)
NODE_03: Final = _control("NODE-03", "Online with a fresh ping", Severity.HIGH)
CONTROLS: Final = (DHMC_01, IMDS_01, NET_02, NODE_02, NODE_03)

_NO_EGRESS: Final = dataclasses.replace(
    failed(
        "NO_443_EGRESS",
        "no security group lets TCP 443 out",
        Evidence(
            resource="sg-0d15ab1ed00000001",
            path="IpPermissionsEgress",
            value=[{"ToPort": 80, "IpProtocol": "tcp", "FromPort": 80}],
            call="ec2:DescribeSecurityGroups",
        ),
    ),
    blockers=(Blocker("sg-0d15ab1ed00000001", "its only rule is TCP 80"),),
)
_COMMAND: Final = (
    "aws ec2 authorize-security-group-egress --group-id sg-0d15ab1ed00000001 \\\n"
    "  --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443'"
)
_WAIVER: Final = Waiver(
    controls=("NET-02",),
    owner="network team",
    ticket="OPS-7",
    reason="moves to the new VPC",
    expires=date(2026, 12, 31),
    ids=(DATABASE,),
)


def _finding(
    control: Control, resource: str, verdict: Verdict, name: str = "", **further: object
) -> Finding:
    abroad = resource in (ABROAD, BEIJING)
    finding = Finding(
        control=control,
        account=CHINA if abroad else ACCOUNT,
        region=BEIJING if abroad else FRANKFURT,
        resource=resource,
        name=name,
        verdict=verdict,
    )
    return dataclasses.replace(finding, **further)  # type: ignore[arg-type]


def _findings() -> tuple[Finding, ...]:
    root = _finding(NET_02, WEB, _NO_EGRESS, HOSTILE_NAME, remediation=_COMMAND, change=Change.NEW)
    return (
        root,
        _finding(
            NODE_02,
            WEB,
            failed("NOT_LISTED", "Systems Manager does not list the instance"),
            HOSTILE_NAME,
            caused_by=(root.id,),
            change=Change.KNOWN,
            set_severity=Severity.LOW,
        ),
        _finding(NET_02, DATABASE, _NO_EGRESS, "db", remediation=_COMMAND, waiver=_WAIVER),
        _finding(
            NODE_03,
            DATABASE,
            warned("STALE_PING", "the last ping is 3 hours old"),
            "db",
            parameters=(("node.ping_age", "1h"),),
        ),
        _finding(NODE_03, WEB, unread(Unread("ssm:DescribeInstanceInformation", "AccessDenied"))),
        _finding(
            NET_02,
            ABROAD,
            undecidable(
                "CUSTOM_DNS", "the VPC has its own DNS", settled_by="assume.dns: [10.0.0.2]"
            ),
            "abroad",
        ),
        _finding(IMDS_01, WEB, passed("IMDS_ENABLED", "HttpEndpoint is enabled"), HOSTILE_NAME),
        _finding(IMDS_01, STOPPED, not_applicable("NOT_RUNNING", "the instance is stopped"), "old"),
        _finding(DHMC_01, FRANKFURT, passed("DHMC_ROLE_SERVES", "its role allows what is needed")),
        _finding(DHMC_01, BEIJING, failed("DHMC_ROLE_MISSING", "its role is gone")),
    )


def _since(findings: tuple[Finding, ...]) -> Comparison:
    """What changed since a baseline of the month before."""
    old = Earlier("NODE-02", (ACCOUNT, FRANKFURT, WEB), Outcome.FAIL, "NOT_LISTED")
    return Comparison(
        as_of="2026-10-01T12:00:00+00:00",
        snapshot="9d2e" * 16,
        accounts=(ACCOUNT,),
        selection={},
        new=tuple(Compared(one, None) for one in findings if one.change is Change.NEW),
        known=tuple(Compared(one, old) for one in findings if one.change is Change.KNOWN),
        fixed=(f"IMDS-01/{ACCOUNT}/{FRANKFURT}/{WEB}",),
        eased=(f"NODE-03/{ACCOUNT}/{FRANKFURT}/{DATABASE}",),
        worsened=(),
        not_judged=(f"IMDS-01/{ACCOUNT}/{FRANKFURT}/i-0a1b2c3d4e5f00009",),
        gone=(f"IMDS-01/{ACCOUNT}/{FRANKFURT}/i-0a1b2c3d4e5f00009",),
        in_common=4,
    )


def _waivers(findings: tuple[Finding, ...]) -> WaiverLedger:
    accepted = tuple(one.id for one in findings if one.waiver is not None)
    today = date(2026, 11, 1)
    days_left = (_WAIVER.expires - today).days
    entry = WaiverEntry(_WAIVER, WaiverState.IN_FORCE, accepted, days_left)
    return WaiverLedger((entry,), today)


def golden_roll() -> Roll:
    """Ten findings: every verdict, a waiver, a baseline, two partitions, a hostile name."""
    findings = tuple(sorted(_findings(), key=lambda one: one.id))
    by_node: dict[str, list[Finding]] = {}
    for one in findings:
        if one.is_about_instance:
            by_node.setdefault(one.resource, []).append(one)
    return Roll(
        run=Run(
            tool="ssm-rollcall/0.1.0",
            as_of="2026-11-01T12:00:00+00:00",
            snapshot="4f1c" * 16,
            accounts={ACCOUNT: (FRANKFURT,), CHINA: (BEIJING,)},
            callers={ACCOUNT: f"arn:aws:sts::{ACCOUNT}:assumed-role/auditor/rollcall"},
            selection={"-m": "critical or high or medium"},
            cells=len(findings),
            instances=4,
        ),
        controls=CONTROLS,
        findings=findings,
        coverage=(
            Coverage(
                account=ACCOUNT,
                region=FRANKFURT,
                call="ssm:DescribeInstanceInformation",
                status=Status.DENIED,
                code="AccessDenied",
                detail="not authorized to perform ssm:DescribeInstanceInformation",
            ),
        ),
        diagnoses=tuple(diagnose(told) for told in by_node.values()),
        baseline=_since(findings),
        waivers=_waivers(findings),
    )
