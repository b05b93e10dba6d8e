"""Bad input: one line that names the place, no traceback, a status of its own, nothing left."""

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.roll_call import RollCall, roll_call

USAGE_ERROR = 4


def assert_refused(run: RollCall, report_dir: Path, *told: str) -> None:
    """The run ended as a usage error that says all of ``told`` in one line, and left nothing."""
    assert run.status == USAGE_ERROR, run.output
    assert "Traceback" not in run.output
    lines = [line for line in run.output.splitlines() if line.startswith("ERROR:")]
    assert len(lines) == 1, run.output
    assert all(part in lines[0] for part in told), lines[0]
    assert not report_dir.exists() or not list(report_dir.iterdir())


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["serial", "workers"])
def test_an_unknown_account_names_the_known_ones(tmp_path: Path, workers: list[str]) -> None:
    run = roll_call(tmp_path / "runs", "--account", "dmeo", *workers)
    assert_refused(run, tmp_path / "runs", "--account dmeo", "demo", "Did you mean 'demo'?")


def test_the_suite_without_an_account_names_the_known_ones(tmp_path: Path) -> None:
    run = roll_call(tmp_path / "runs", "tests/compliance")
    assert_refused(run, tmp_path / "runs", "--account NAME", "demo", "--snapshot DIR")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prod: {profile: a\n", "line 2"),
        ("prod: {profil: a}\n", "prod.profil"),
        ("prod: {profile: a, regions: all}\n", "prod.regions"),
    ],
)
def test_a_broken_accounts_file_names_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "accounts.yaml").write_text(text)
    run = roll_call(tmp_path / "runs", "--account", "prod", "--config-dir", str(tmp_path))
    assert_refused(run, tmp_path / "runs", "accounts.yaml", told)


def test_an_unknown_profile_is_told(tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text("prod: {profile: nowhere}\n")
    run = roll_call(tmp_path / "runs", "--account", "prod", "--config-dir", str(tmp_path))
    assert_refused(run, tmp_path / "runs", "nowhere")


def test_no_credentials_are_told(tmp_path: Path) -> None:
    run = roll_call(tmp_path / "runs", "--account", "111122223333")
    assert_refused(run, tmp_path / "runs", "111122223333", "credentials")


def test_a_missing_snapshot_is_told(tmp_path: Path) -> None:
    run = roll_call(tmp_path / "runs", "--snapshot", str(tmp_path / "nowhere"))
    assert_refused(run, tmp_path / "runs", "nowhere", "is not a folder")


def test_an_empty_snapshot_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = roll_call(tmp_path / "runs", "--snapshot", str(tmp_path / "empty"))
    assert_refused(run, tmp_path / "runs", "holds no answers")


def test_an_unknown_aws_profile_concerns_only_accounts_that_need_one(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    stale = {"AWS_PROFILE": "gone"}
    account = roll_call(tmp_path / "runs", "--account", "111122223333", environment=stale)
    assert_refused(
        account, tmp_path / "runs", "111122223333", "AWS_PROFILE names an unknown profile"
    )
    one = ("-k", "IMDS-01")
    replay = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *one, environment=stale)
    assert replay.status == 1


def test_a_broken_aws_configuration_is_told_and_does_not_concern_the_demo(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile prod\nnonsense")
    broken = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_PROFILE": "gone"}
    run = roll_call(tmp_path / "runs", "--account", "prod", environment=broken)
    assert_refused(run, tmp_path / "runs", "--account prod", str(tmp_path / "config"))
    demo = roll_call(tmp_path / "runs", "--account", "demo", "-k", "IMDS-01", environment=broken)
    assert demo.status == 1


@pytest.mark.parametrize("option", ["--html", "--junitxml"])
def test_a_place_that_cannot_be_written_is_told_before_the_run(
    demo_snapshot: Path, tmp_path: Path, option: str
) -> None:
    (tmp_path / "file").write_text("")
    place = f"{tmp_path}/file/out"
    run = roll_call(tmp_path / "runs", "--snapshot", str(demo_snapshot), f"{option}={place}")
    assert_refused(run, tmp_path / "runs", option, place)


def test_a_folder_of_settings_that_is_not_there_is_told(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    run = roll_call(tmp_path / "runs", "--account", "demo", "--config-dir", nowhere)
    assert_refused(run, tmp_path / "runs", "--config-dir", nowhere)


def test_waivers_without_their_key_are_told(demo_snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text("- control: IMDS-01\n")
    options = ("--snapshot", str(demo_snapshot), "--config-dir", str(tmp_path))
    assert_refused(roll_call(tmp_path / "runs", *options), tmp_path / "runs", "waivers.yaml")


def test_reports_never_go_into_the_snapshot(copy: Path) -> None:
    assert_refused(roll_call(copy / "runs", "--snapshot", str(copy)), copy / "runs", "--report-dir")


def test_an_instance_id_that_cannot_be_shown_as_it_is_is_told(copy: Path, tmp_path: Path) -> None:
    (copy / "manifest.json").unlink()
    for answer in copy.rglob("ec2.DescribeInstances.json"):
        answer.write_text(answer.read_text().replace('"InstanceId": "i-', '"InstanceId": "i\\t'))
    run = roll_call(tmp_path / "runs", "--snapshot", str(copy))
    assert_refused(run, tmp_path / "runs", "instance 'i\\t")


def test_an_instance_that_is_not_there_is_told_by_name(
    demo: RollCall, demo_snapshot: Path, tmp_path: Path
) -> None:
    there = next(
        one["resource"] for one in demo.findings["findings"] if one["resource"].startswith("i-")
    )
    chosen = ("--instance", there, "--instance", "i-00000000000000000")
    run = roll_call(tmp_path / "runs", "--snapshot", str(demo_snapshot), *chosen)
    assert_refused(run, tmp_path / "runs", "--instance i-00000000000000000")


@pytest.fixture
def copy(demo_snapshot: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_snapshot, tmp_path / "copy"))


def test_a_truncated_manifest_is_told(copy: Path, tmp_path: Path) -> None:
    manifest = copy / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:100])
    run = roll_call(tmp_path / "runs", "--snapshot", str(copy))
    assert_refused(run, tmp_path / "runs", "manifest.json")


def test_a_truncated_answer_is_told(copy: Path, tmp_path: Path) -> None:
    (copy / "manifest.json").unlink()
    answer = next(copy.rglob("ec2.DescribeSubnets.json"))
    answer.write_bytes(answer.read_bytes()[:-20])
    run = roll_call(tmp_path / "runs", "--snapshot", str(copy))
    assert_refused(run, tmp_path / "runs", "ec2.DescribeSubnets.json", "not readable JSON")


def test_a_wrong_hash_is_told(copy: Path, tmp_path: Path) -> None:
    answer = next(copy.rglob("ec2.DescribeInstances.json"))
    answer.write_text(answer.read_text().replace('"enabled"', '"disabled"', 1))
    run = roll_call(tmp_path / "runs", "--snapshot", str(copy))
    assert_refused(run, tmp_path / "runs", "ec2.DescribeInstances.json", "was altered")


def test_a_malformed_answer_is_told(copy: Path, tmp_path: Path) -> None:
    (copy / "manifest.json").unlink()
    answer = next(copy.rglob("ec2.DescribeVpcs.json"))
    answer.write_text(json.dumps({"Vpcs": [{"VpcId": 7}]}))
    run = roll_call(tmp_path / "runs", "--snapshot", str(copy))
    assert_refused(run, tmp_path / "runs", "ec2.DescribeVpcs.json", "$.VpcId")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--account", "demo", "--snapshot", "x"], "exclude each other"),
        (["--account", "demo", "--as-of", "2026-11-01T12:00Z"], "only with --snapshot"),
        (["--account", "demo", "--tag", "Name"], "expected KEY=VALUE"),
        (["--account", "demo", "--region", "mars-*"], "mars-*"),
    ],
)
def test_options_that_make_no_sense_are_told(tmp_path: Path, options: list[str], told: str) -> None:
    assert_refused(roll_call(tmp_path / "runs", *options), tmp_path / "runs", told)


def test_a_time_that_is_none_is_told(demo_snapshot: Path, tmp_path: Path) -> None:
    run = roll_call(tmp_path / "runs", "--snapshot", str(demo_snapshot), "--as-of", "yesterday")
    assert_refused(run, tmp_path / "runs", "--as-of yesterday", "ISO 8601")


def test_a_report_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")
    run = roll_call(occupied, "--account", "demo")
    assert run.status == USAGE_ERROR
    assert "--report-dir: cannot be written" in run.output


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["serial", "workers"])
def test_no_instance_never_looks_green(
    demo_snapshot: Path, tmp_path: Path, workers: list[str]
) -> None:
    run = roll_call(
        tmp_path,
        *("--snapshot", str(demo_snapshot), "--instance", "i-00000000000000000"),
        *workers,
    )
    assert run.status == 5
    assert "no instance matches the options" in run.output
