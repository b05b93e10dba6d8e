"""What each source looks at, and that no control passes on what its source never looked at."""

from __future__ import annotations

import copy
import dataclasses
import io
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from inventory.facts import Node
from inventory.facts.host import HostFacts, Reading
from inventory.host.evidence.console import console_log
from inventory.host.evidence.runbook import runbook_reading
from inventory.host.evidence.ssm_cli import ssm_cli_reading
from inventory.host.evidence.toolkit_linux import toolkit_linux_reading
from inventory.host.evidence.toolkit_windows import toolkit_windows_reading
from inventory.host.logs import read_agent_log
from policies.catalogue import HOST_CONTROLS
from policies.control import Context, Outcome
from policies.judgement import judge
from tests.unit.inventory.host.evidence.outputs import (
    cases,
    linux_columns,
    ssm_cli_json,
    ssm_cli_table,
    windows_list,
    windows_table,
)
from tests.unit.inventory.host.logs.log_text import HEALTHY, TIMEOUT
from tests.unit.policies.host.scenario import CONTROLS, healthy, node_after, reading, with_readings
from tests.unit.policies.host.sources import (
    LATER,
    NAMED,
    SSM_CLI,
    STOPPED,
    SYSPREP,
    TELLS,
    TOOLKIT_LINUX,
    TOOLKIT_WINDOWS,
    WHEN,
    WHOLE,
)
from tests.unit.policies.nodes import ID


def _of_ssm_cli(text: str) -> Reading:
    return ssm_cli_reading(ID, text, origin="a", taken_at=WHEN)


def _of_linux(text: str) -> Reading:
    return toolkit_linux_reading(ID, text, origin="a", taken_at=WHEN)


def _of_windows(text: str) -> Reading:
    return toolkit_windows_reading(ID, text.replace("\r", ""), origin="a", taken_at=WHEN)


def _passes(node: Node) -> str:
    """The controls that pass, as ``HOST-01 HOST-07``."""
    found = (one for one in HOST_CONTROLS if judge(one, node, Context()).outcome is Outcome.PASS)
    return " ".join(one.CONTROL.id for one in found)


_WIDE = (52, 72, 72)
_SECURE_WINDOWS = "HOST-01 HOST-02 HOST-04 HOST-06 HOST-07 HOST-11 HOST-15"


@pytest.mark.parametrize(
    ("found", "passes"),
    [
        pytest.param(
            _of_ssm_cli(draw(*rows)),
            "HOST-01 HOST-04 HOST-05 HOST-06 HOST-07 HOST-11" + more,
            id=f"ssm-cli {name}{more}",
        )
        for name, draw in (("json", ssm_cli_json), ("table", ssm_cli_table))
        for rows, more in ((SSM_CLI, ""), ((*SSM_CLI, SYSPREP), " HOST-15"))
    ]
    + [
        pytest.param(
            _of_ssm_cli(ssm_cli_json(*(row for row in SSM_CLI if row[0] != STOPPED[0]), STOPPED)),
            "HOST-01 HOST-04 HOST-05 HOST-06 HOST-07",
            id="ssm-cli beside a stopped agent, whose proxy it cannot see",
        ),
        pytest.param(
            _of_ssm_cli("get-diagnostics needs to be executed by root\n"), "", id="not root"
        ),
        pytest.param(_of_linux(linux_columns(*TOOLKIT_LINUX)), "HOST-06 HOST-07", id="Linux"),
        pytest.param(
            _of_windows(windows_table(*TOOLKIT_WINDOWS, widths=_WIDE)),
            _SECURE_WINDOWS,
            id="Windows, its table",
        ),
        pytest.param(
            _of_windows(windows_list(*TOOLKIT_WINDOWS)), _SECURE_WINDOWS, id="Windows, its list"
        ),
        pytest.param(
            _of_windows(windows_list(*(one for one in TOOLKIT_WINDOWS if "WinHTTP" not in one[0]))),
            _SECURE_WINDOWS.replace("HOST-11 ", ""),
            id="Windows, one of five places of a proxy left out",
        ),
        pytest.param(
            runbook_reading(
                ID,
                "1. Checks for Amazon VPC Systems Manager VPC Endpoint\n[OK] all well\n",
                origin="a",
                taken_at=WHEN,
            ),
            "HOST-16",
            id="runbook",
        ),
        pytest.param(Reading(instance_id=ID, source="probe"), "", id="a probe that saw nothing"),
    ],
)
def test_an_output_without_a_fault_passes_what_its_tool_looks_at(
    found: Reading, passes: str
) -> None:
    """1.1 to 1.4: TCP is no TLS, an account is no start at boot, no tool seeks credentials."""
    assert _passes(with_readings(node_after(), found)) == passes


def _log(name: str, text: str) -> HostFacts:
    log = read_agent_log(ID, [(name, io.BytesIO(text.encode()))])
    return HostFacts(log=log)


@pytest.mark.parametrize(
    ("facts", "passes"),
    [
        pytest.param(
            _log("amazon-ssm-agent.log", HEALTHY),
            "LOG-01 LOG-02 LOG-03 LOG-04 LOG-05 LOG-06 LOG-07",
            id="the agent's own log",
        ),
        pytest.param(_log("errors.log", TIMEOUT), "", id="errors.log, which shows no step"),
        pytest.param(_log("hibernate.log", ""), "", id="an empty file"),
        pytest.param(
            HostFacts(log=console_log(ID, "Amazon SSM Agent v3.3.4851.0 is running\n", origin="a")),
            "",
            id="a console, which shows that it started (2.7)",
        ),
    ],
)
def test_a_log_passes_what_its_steps_show(facts: HostFacts, passes: str) -> None:
    """T-106, T-116: the absence of errors proves nothing."""
    assert _passes(dataclasses.replace(node_after(), host=facts)) == passes


def _told(found: Reading) -> set[str]:
    """The members that an output fills, ``endpoints.tcp``; notes prove nothing."""
    bare: dict[str, Any] = msgspec.to_builtins(Reading(instance_id=ID, source=""))
    whole: dict[str, Any] = msgspec.to_builtins(found)
    sections = {"install", "service", "metadata", "endpoints", "proxy", "clock"}
    sections |= {"volumes", "leftovers", "configuration"}
    told = {"sysprep_state"} if whole["sysprep_state"] != bare["sysprep_state"] else set()
    for section in sections:
        rows = whole[section] or ()
        for row in rows if section in ("endpoints", "volumes") else (rows,):
            told |= {f"{section}.{name}" for name, value in dict(row).items() if value}
            told |= {f"{section}.{name}" for name, value in dict(row).items() if value is False}
    return {one for one in told if not one.endswith(".note")}


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("ssm-cli", lambda case: _of_ssm_cli(ssm_cli_json(case["row"], *case.get("beside", ())))),
        ("toolkit-linux", lambda case: _of_linux(linux_columns(*case["rows"]))),
        ("toolkit-windows", lambda case: _of_windows(windows_list(*case["rows"]))),
    ],
)
def test_no_parser_tells_more_than_its_tool_looks_at(
    source: str, read: Callable[[dict[str, Any]], Reading]
) -> None:
    told = set().union(*(_told(read(case)) for case in cases(source.replace("-", "_"))))
    assert told <= TELLS[source]
    assert told == TELLS[source], "the table names what no case shows"


def _blanked(plain: dict[str, Any], places: tuple[str, ...]) -> dict[str, Any]:
    """The reading as of someone who looked neither there nor at what would show it."""
    plain = copy.deepcopy(plain)
    shown_by = (later for place in places for later in LATER.get(place, ()))
    for place in (*places, *shown_by):
        section, _, member = place.partition(".")
        if not member:
            plain[section] = ""
        elif place in WHOLE:
            plain[section] = None
        else:
            found = plain[section]
            for row in found.values() if section in ("endpoints", "volumes") else (found,):
                row.pop(member, None)
    return plain


def _in_order(control: str) -> dict[str, Any]:
    plain = healthy()
    if control == "HOST-15":
        plain |= {"system": "windows", "sysprep_state": "IMAGE_STATE_COMPLETE"}
    return plain


@pytest.mark.parametrize(
    ("control", "places"),
    [(control, places) for control, named in NAMED.items() for places in named],
)
def test_without_what_its_pass_names_a_control_does_not_pass(
    control: str, places: tuple[str, ...]
) -> None:
    """House rule: a control passes only on a value that it names; and it never fails unseen."""
    module = CONTROLS[control]
    plain = _in_order(control)
    assert judge(module, with_readings(node_after(), reading(plain)), Context()).outcome == "pass"
    node = with_readings(node_after(), reading(_blanked(plain, places)))
    assert judge(module, node, Context()).outcome in (
        Outcome.UNKNOWN,
        Outcome.WARN,
        Outcome.NOT_APPLICABLE,
    )


@pytest.mark.parametrize("source", ["ssm-cli", "toolkit-linux", "toolkit-windows"])
@pytest.mark.parametrize("control", NAMED)
def test_no_control_passes_by_a_source_that_does_not_look_there(source: str, control: str) -> None:
    """Even where all that the source can tell is in order."""
    unseen = tuple(
        place for named in NAMED[control] if not set(named) & TELLS[source] for place in named
    )
    plain = _blanked(_in_order(control), unseen) | {"source": source}
    outcome = judge(CONTROLS[control], with_readings(node_after(), reading(plain)), Context())
    assert (outcome.outcome is Outcome.PASS) == (not unseen)


def test_every_control_on_readings_names_what_it_passes_on() -> None:
    assert set(NAMED) == set(CONTROLS)
