"""What HOST-01 to HOST-15 declare as ``reads`` is what they read, over all their scenarios."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context
from tests.unit.policies.host.scenario import CONTROLS, node_after
from tests.unit.policies.host.test_pairs import OURS
from tests.unit.policies.test_setting_reads import recording

ONLINE = {"managed.PingStatus": "Online", "managed.LastPingDateTime": "2026-11-01T11:58:00Z"}
#: Without a role's credentials or a worker to tell, it depends on which source serves the node.
OPEN = {"metadata.credentials_code": "AssumeRoleUnauthorizedAccess", "service.worker": None}


@pytest.mark.parametrize("file", OURS, ids=lambda file: file["control"])
def test_a_control_reads_what_it_declares(file: dict[str, Any]) -> None:
    parameters, noted = recording()
    control = CONTROLS[file["control"]]
    for pair in file["pairs"]:
        for more in ({}, ONLINE, OPEN):
            changes = (file.get("given", {}), pair.get("given", {}), pair["change"], more)
            control.evaluate(node_after(*changes), Context(parameters))
    assert noted == set(control.CONTROL.settings)
