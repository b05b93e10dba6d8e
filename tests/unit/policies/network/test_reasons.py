"""The engine's reason codes: which there are, what allows them, and that each one occurs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

import policies.network.reachability as engine
from inventory.facts import NOT_RECORDED
from tests.unit.policies.network.scenario import HERE

#: Decided once their calls are collected; until then the only questions of ours left open.
NOT_YET_DECIDED = {
    "RESTRICTED_CIDR": "network.md 2.7: rules that admit a part of the public addresses",
}
#: What the specification itself leaves undetermined, and by which rule.
OUTSIDE_OF_SIGHT = {
    "BPA_UPDATING": "D27",
    "CARRIER_UNSEEN": "CN1",
    "CORE_NETWORK_UNSEEN": "CN1",
    "DNS_CUSTOM_SERVER": "D21",
    "DNS_FIREWALL_UNSEEN": "D21",
    "DNS_FORWARDED": "network.md 2.7 (3)",
    "DNS_OPTIONS": "EP12",
    "ENCRYPTION_ENFORCED": "D27",
    "FIREWALL_UNSEEN": "FW1, RT9",
    "NAT_PROXY_UNSEEN": "D25",
    "ODB_NETWORK_UNSEEN": "CN1",
    "ONPREM_UNSEEN": "VG1",
    "OS_FORWARDING_UNSEEN": "NG8",
    "OWNER_NOT_COLLECTED": "SH1",
    "PREFIX_LISTS_OVERLAP": "RT6",
    "RECEIVER_UNKNOWN": "network.md 2.7: candidate sets",
    "ROUTES_SPLIT": "network.md 2.7: the public addresses are not in the APIs",
    "TGW_ROUTES_UNKNOWN": "TG3, TG5",
    "ZONE_OF_SERVICE": "D22",
    "ZONE_TARGET_UNSEEN": "D22",
}
#: Data that a call did not give, or gave in a way that cannot be read.
UNREAD = {
    "CHANGED_DURING_COLLECTION": "design 1",
    "DATA_MALFORMED": "issue 4",
    "DATA_MISSING": "network.md 3.4",
    "OS_UNKNOWN": "NA8",
    "PREFIX_LIST_UNRESOLVED": "SG7, RT6",
}
#: Codes of definite blocks, and of passes that hold only partly.
DEFINITE = {
    "ASSUMED_DNS": "design 4",
    "ASSUMED_EGRESS": "design 4",
    "BPA_BLOCKED": "IG5",
    "DNS_ATTRIBUTE_OFF": "D21",
    "DNS_FIREWALL_BLOCK": "D21",
    "DNS_NXDOMAIN_PRIVATE_ZONE": "network.md 2.7 (5)",
    "DNS_SERVER_UNREACHABLE": "SG12",
    "DNS_SUPPORT_OFF": "D21",
    "ENDPOINT_NO_A_RECORD": "EP11",
    "ENDPOINT_NO_PRIVATE_DNS": "EP5",
    "ENDPOINT_SG_INGRESS_BLOCKED": "EP4",
    "GATEWAY_ENDPOINT_NOT_TRANSITIVE": "R-4.6",
    "HUB_ENDPOINT_NOT_RESOLVED": "EP9",
    "IGW_DETACHED": "IG1",
    "NACL_EPHEMERAL_PARTIAL": "NA8",
    "NACL_FORWARD_BLOCKED": "NA3",
    "NACL_RETURN_BLOCKED": "NA4",
    "NAT_INSTANCE_SRC_DST_CHECK": "NG8",
    "NAT_INSTANCE_STATE": "NG8",
    "NAT_SAME_SUBNET_LOOP": "NG4",
    "NAT_STATE": "NG1",
    "NAT_SUBNET_NO_IGW": "NG1",
    "NO_ROUTE": "RT2",
    "NO_SOURCE_ADDRESS": "IG4",
    "PEERING_EDGE_TO_EDGE": "PX1",
    "PEERING_NOT_ACTIVE": "PX1",
    "ROUTE_BLACKHOLE": "RT4",
    "ROUTE_LOOP": "NG4",
    "SG_EGRESS_BLOCKED": "SG3",
    "SG_INGRESS_BLOCKED": "NG8",
    "SG_REFERENCE_NOT_HONOURED": "SG9, SG10",
    "TGW_ATTACHMENT_STATE": "TG1",
    "TGW_NO_ASSOCIATION": "TG2",
    "TGW_NO_ATTACHMENT_IN_AZ": "TG1",
    "TGW_NO_ROUTE": "TG2",
    "TGW_RETURN_MISSING": "TG4",
    "VGW_DETACHED": "VG1",
}
#: A definite block, or unknown, as the rest of the data has it.
EITHER = {
    "DNS_NO_SERVER": "D21",
    "ENDPOINT_STATE": "EP1, network.md 4 rule 5",
    "IPV6_ONLY_NO_AAAA": "V61, D28",
    "NAT_PRIVATE": "D25",
    "NO_PUBLIC_ADDRESS": "IG2, IG4",
}
#: Told beside a pass, so no scenario's answer shows it.
_TOLD_BESIDE_A_PASS = {"ASSUMED_DNS", "ASSUMED_EGRESS", "NACL_EPHEMERAL_PARTIAL"}


def test_the_engine_knows_these_reasons_and_no_other() -> None:
    """A new reason for unknown needs a rule that allows it: add it here with that rule."""
    tables = (NOT_YET_DECIDED, OUTSIDE_OF_SIGHT, UNREAD, DEFINITE, EITHER)
    known = [code for table in tables for code in table]
    assert sorted(known) == sorted(set(known)), "a code belongs to one table"
    assert set(_codes_in_source()) == set(known)


def test_every_reason_occurs_in_a_scenario_as_its_table_says() -> None:
    unknown, definite = _codes_in_scenarios("undetermined"), _codes_in_scenarios("not reachable")
    assert unknown == {*NOT_YET_DECIDED, *OUTSIDE_OF_SIGHT, *UNREAD, *EITHER}
    assert definite == {*DEFINITE, *EITHER} - _TOLD_BESIDE_A_PASS


def _codes_in_source() -> Iterator[str]:
    """Every text that looks like a code; ``NOT_RECORDED`` is a gap's, told in DATA_MISSING."""
    for path in Path(engine.__path__[0]).glob("[!_]*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                is_code = re.fullmatch(r"[A-Z0-9]+(_[A-Z0-9]+)+", node.value)
                if is_code and node.value != NOT_RECORDED:
                    yield node.value


def _codes_in_scenarios(answer: str) -> set[str]:
    found: set[str] = set()
    for path in (HERE / "cases").glob("*.yaml"):
        for case in yaml.safe_load(path.read_text()):
            for told in (case["before"], case["after"]):
                if isinstance(told, dict):
                    found |= set(told.get(answer, ()))
    return found
