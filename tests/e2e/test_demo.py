"""The demo account end to end: every verdict as written down beforehand, every way of asking."""

import csv
import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.demo_expectations import everything_expected, where_each_stands
from tests.e2e.roll_call import ROOT, RollCall, roll_call


def test_every_verdict_is_the_one_written_down(demo: RollCall) -> None:
    found: dict[str, dict[str, str]] = {}
    for one in demo.findings["findings"]:
        whose = one["name"] or f"{one['account']}/{one['region']}"
        found.setdefault(whose, {})[one["control"]] = f"{one['verdict']} {one['code']}"
    assert found == everything_expected()


def test_every_instance_stands_where_it_is_written_down(demo: RollCall) -> None:
    """Issue 5: one state each, and the first broken hop of those that are not managed."""
    found = {
        one["name"]: f"{one['state']} {one['first_broken'].partition('/')[0]}".strip()
        for one in demo.findings["diagnosis"]["instances"]
    }
    assert found == where_each_stands()


def test_it_exits_1_and_says_why(demo: RollCall) -> None:
    failures = sum(one["verdict"] == "fail" for one in demo.findings["findings"])
    assert demo.status == 1
    assert f"exit status 1: {failures} findings failed" in demo.output


def test_the_folder_is_complete(demo: RollCall) -> None:
    assert demo.folder is not None
    names = {path.name for path in demo.folder.iterdir()}
    assert names == {
        "report.html",
        "junit.xml",
        "findings.json",
        "findings.csv",
        "summary.md",
        "snapshot",
        "manifest.json",
    }
    assert (demo.folder.parent / "latest").resolve() == demo.folder


def test_every_report_counts_alike(demo: RollCall) -> None:
    assert demo.folder is not None
    findings = demo.findings["findings"]
    failed = sum(one["verdict"] == "fail" for one in findings)
    unknown = sum(one["verdict"] == "unknown" for one in findings)
    skipped = sum(one["verdict"] == "not_applicable" for one in findings)
    suite = ET.parse(demo.folder / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    assert [suite.get(key) for key in ("tests", "failures", "errors", "skipped")] == [
        str(number) for number in (len(findings), failed, unknown, skipped)
    ]
    with (demo.folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(findings)
    page = (demo.folder / "report.html").read_text(encoding="utf-8")
    assert f"{len(findings):,} findings" in page


def test_each_junit_case_says_whose_it_is(demo: RollCall) -> None:
    assert demo.folder is not None
    cases = ET.parse(demo.folder / "junit.xml").getroot().iter("testcase")
    told = set()
    for case in cases:
        properties = {one.get("name"): one.get("value") for one in case.iter("property")}
        told.add(
            "/".join(str(properties[key]) for key in ("control", "account", "region", "resource"))
        )
        assert properties["severity"] in ("critical", "high", "medium", "low", "info")
    assert told == set(demo.verdicts)


def test_an_unknown_is_an_error_and_names_what_would_settle_it(demo: RollCall) -> None:
    assert demo.folder is not None
    errors = list(ET.parse(demo.folder / "junit.xml").getroot().iter("error"))
    told = [(error.get("message") or "") + (error.text or "") for error in errors]
    wanted = [told for row in everything_expected().values() for told in row.values()]
    assert len(told) == sum(one.startswith("unknown ") for one in wanted)
    assert any("NET-05" in one for one in told)
    assert all("Would settle it" in one for one in told)


def test_a_replay_gives_the_same_bytes(demo: RollCall, demo_snapshot: Path, tmp_path: Path) -> None:
    replay = roll_call(tmp_path, "--snapshot", str(demo_snapshot))
    assert replay.status == 1
    assert demo.folder is not None
    assert replay.folder is not None
    for name in ("findings.json", "findings.csv"):
        assert (replay.folder / name).read_bytes() == (demo.folder / name).read_bytes()


def test_two_workers_give_the_same_bytes(
    demo: RollCall, demo_snapshot: Path, tmp_path: Path
) -> None:
    parallel = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "-n", "2")
    assert parallel.status == 1
    assert demo.folder is not None
    assert parallel.folder is not None
    name = "findings.json"
    assert (parallel.folder / name).read_bytes() == (demo.folder / name).read_bytes()


def test_a_live_run_with_workers_discovers_once_and_agrees(demo: RollCall, tmp_path: Path) -> None:
    parallel = roll_call(tmp_path, "--account", "demo", "-n", "2")
    assert parallel.status == 1
    assert parallel.verdicts == demo.verdicts
    assert len(list(tmp_path.glob("2*/snapshot/manifest.json"))) == 1


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        pytest.param(["-k", "IMDS-01"], {"IMDS-01"}, id="-k-control"),
        pytest.param(["-m", "IAM"], {f"IAM-0{one}" for one in range(1, 8)}, id="-m-family"),
        pytest.param(["-k", "DHMC-01"], {"DHMC-01"}, id="-k-region-wide"),
        pytest.param(["-m", "NET-02 or NODE-03"], {"NET-02", "NODE-03"}, id="-m-controls"),
        pytest.param(["-k", "i_do_not_exist"], set(), id="nothing"),
    ],
)
def test_cells_are_selected_by_what_they_are(
    demo: RollCall, demo_snapshot: Path, tmp_path: Path, options: list[str], chosen: set[str]
) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *options)
    wanted = {key: told for key, told in demo.verdicts.items() if key.split("/")[0] in chosen}
    assert run.verdicts == wanted
    if not chosen:
        assert run.status == 5
        assert "no cell was selected" in run.output


def test_severity_selects(demo: RollCall, demo_snapshot: Path, tmp_path: Path) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "-m", "critical")
    critical = {one["id"] for one in demo.findings["findings"] if one["severity"] == "critical"}
    assert critical
    assert set(run.verdicts) == critical
    assert run.findings["run"]["selection"] == {"-m": "critical"}


def test_deselected_cells_are_told_with_the_run(demo_snapshot: Path, tmp_path: Path) -> None:
    left_out = "tests/compliance/test_network.py"
    arguments = ("--snapshot", str(demo_snapshot), "-k", "IMDS-01 or NET-02")
    run = roll_call(tmp_path, *arguments, "--deselect", left_out)
    assert {one["control"] for one in run.findings["findings"]} == {"IMDS-01"}
    assert run.findings["run"]["selection"]["--deselect"] == left_out


def test_last_failed_runs_what_failed_or_was_unknown(
    demo: RollCall, demo_snapshot: Path, tmp_path: Path
) -> None:
    cache = ["-p", "cacheprovider", "-o", f"cache_dir={tmp_path / 'cache'}"]
    roll_call(tmp_path / "first", "--snapshot", str(demo_snapshot), *cache)
    again = roll_call(tmp_path / "second", "--snapshot", str(demo_snapshot), *cache, "--lf")
    wanted = {
        key: told for key, told in demo.verdicts.items() if told.split()[0] in ("fail", "unknown")
    }
    assert again.verdicts == wanted


def test_collecting_only_lists_the_cells_and_leaves_nothing(
    demo: RollCall, demo_snapshot: Path, tmp_path: Path
) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "--collect-only", "-q")
    listed = re.findall(r"::test_\w+\[(\S+)\]", run.output)
    assert run.status == 0
    assert len(listed) == len(demo.verdicts)
    assert not list(tmp_path.iterdir())


def test_one_instance_or_tag_can_be_asked_for(
    demo: RollCall, demo_snapshot: Path, tmp_path: Path
) -> None:
    web = next(one for one in demo.findings["findings"] if one["name"] == "web-1")
    by_tag = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "--tag", "Name=web-1")
    judged = {one["resource"] for one in by_tag.findings["findings"]}
    assert judged == {web["resource"], web["region"]}
    by_id = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "--instance", web["resource"])
    assert by_id.verdicts == by_tag.verdicts
    assert by_id.status == 0


def test_a_region_can_be_asked_for(demo_snapshot: Path, tmp_path: Path) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "--region", "us-*")
    assert {one["region"] for one in run.findings["findings"]} == {"us-east-1"}
    assert run.findings["run"]["selection"] == {"--region": "us-*"}


def test_two_values_of_one_tag_match_nothing(demo_snapshot: Path, tmp_path: Path) -> None:
    tags = ("--tag", "Name=web-2", "--tag", "Name=web-1")
    assert roll_call(tmp_path, "--snapshot", str(demo_snapshot), *tags).status == 5


def test_the_copy_of_a_snapshot_holds_what_was_read_and_nothing_else(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    crowded = Path(shutil.copytree(demo_snapshot, tmp_path / "crowded"))
    (crowded / "notes.txt").write_text("mine")
    run = roll_call(tmp_path / "runs", "--snapshot", str(crowded), "-k", "IMDS-01")
    assert run.folder is not None
    kept, read = (
        {str(path.relative_to(folder)) for path in folder.rglob("*")}
        for folder in (run.folder / "snapshot", demo_snapshot)
    )
    assert kept == read


def test_nothing_of_a_run_holds_a_credential(demo: RollCall) -> None:
    assert demo.folder is not None
    text = "".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in demo.folder.rglob("*")
        if path.is_file()
    )
    assert not re.search(r"(?:ASIA|AKIA)[0-9A-Z]{16}", text + demo.output)


def test_a_region_is_one_cell_under_its_own_node_id(demo_snapshot: Path, tmp_path: Path) -> None:
    cell = "tests/compliance/test_dhmc.py::test_role_of_default_host_management_serves"
    run = roll_call(
        tmp_path, "--snapshot", str(demo_snapshot), f"{cell}[123456789012/us-east-1]", "-n", "2"
    )
    assert run.status == 0
    assert run.verdicts == {"DHMC-01/123456789012/us-east-1/us-east-1": "pass DHMC_ROLE_SERVES"}


def test_a_region_without_running_instances_is_not_asked(
    demo: RollCall, demo_snapshot: Path, tmp_path: Path
) -> None:
    stopped = next(one for one in demo.findings["findings"] if one["code"] == "NOT_RUNNING")
    run = roll_call(
        tmp_path, "--snapshot", str(demo_snapshot), "--instance", stopped["resource"], "-m", "DHMC"
    )
    assert {one["control"] for one in run.findings["findings"]} == {"DHMC-02", "DHMC-03", "DHMC-04"}


def test_pytest_paths_given_by_hand_win(demo_snapshot: Path, tmp_path: Path) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "tests/compliance/test_imds.py")
    assert {one["control"] for one in run.findings["findings"]} == {"IMDS-01", "IMDS-02"}


def test_the_html_and_junit_paths_are_honoured(demo_snapshot: Path, tmp_path: Path) -> None:
    page, cases = tmp_path / "out" / "page.html", tmp_path / "out" / "cases.xml"
    run = roll_call(
        tmp_path / "runs",
        *("--snapshot", str(demo_snapshot), "-k", "IMDS-01"),
        *(f"--html={page}", f"--junitxml={cases}"),
    )
    assert run.folder is not None
    assert page.read_bytes() == (run.folder / "report.html").read_bytes()
    assert cases.read_bytes() == (run.folder / "junit.xml").read_bytes()


def test_the_manifest_holds_for_every_file(demo: RollCall) -> None:
    assert demo.folder is not None
    manifest = json.loads((demo.folder / "manifest.json").read_text())
    files = {
        str(path.relative_to(demo.folder)) for path in demo.folder.rglob("*") if path.is_file()
    }
    assert set(manifest["files"]) == files - {"manifest.json"}


def test_listing_fixtures_needs_no_fleet_and_leaves_nothing(tmp_path: Path) -> None:
    run = roll_call(tmp_path, "--account", "demo", "--fixtures")
    assert run.status == 0
    assert "One EC2 instance of the fleet" in run.output
    assert not list(tmp_path.iterdir())
    assert not (ROOT / "junit.xml").exists()


def test_it_works_without_xdist(demo: RollCall, demo_snapshot: Path, tmp_path: Path) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "-p", "no:xdist", "-k", "NODE-03")
    wanted = {key: told for key, told in demo.verdicts.items() if key.startswith("NODE-03/")}
    assert run.verdicts == wanted


def test_the_first_failure_can_stop_the_run(demo_snapshot: Path, tmp_path: Path) -> None:
    # AGENT-02's advisory unknowns are errors, at which pytest stops as well.
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "-x", "-k", "not AGENT-02")
    failed = [told for told in run.verdicts.values() if told.startswith("fail")]
    assert (run.status, len(failed)) == (1, 1)
    assert run.findings["run"]["cells"] > len(run.verdicts)
