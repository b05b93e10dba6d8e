"""Real answers of real accounts: the network is decided, what was not recorded is unknown."""

import pytest

from tests.e2e.roll_call import ROOT, RollCall, roll_call

RECORDED = ROOT / "tests" / "recorded"
NAMES = ("public-subnet", "nat-gateway", "interface-endpoint")


@pytest.fixture(scope="module", params=NAMES)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    name = str(request.param)
    return roll_call(tmp_path_factory.mktemp(name), "--snapshot", str(RECORDED / name))


def test_nothing_fails_and_nothing_unrecorded_passes(run: RollCall) -> None:
    assert run.status == 7, run.output
    told = {one["verdict"] for one in run.findings["findings"]}
    assert "fail" not in told
    for one in run.findings["findings"]:
        if one["control"] in ("NODE-02", "NODE-03", "DHMC-02"):
            assert one["verdict"] == "unknown", one["id"]


def test_every_unknown_names_the_call_that_was_not_recorded(run: RollCall) -> None:
    for one in run.findings["findings"]:
        if one["verdict"] == "unknown":
            assert one["missing"], one["id"]
            assert all(":" in missing["what"] for missing in one["missing"]), one["missing"]


def test_security_groups_are_decided(run: RollCall) -> None:
    """All recorded groups let everything out, so wherever the names lead, 443 may leave."""
    verdicts = {one["verdict"] for one in run.findings["findings"] if one["control"] == "NET-02"}
    assert verdicts == {"pass"}
