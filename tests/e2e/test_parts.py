"""Reading without judging, and judging a folder of what was read so."""

from pathlib import Path

import pytest

from tests.e2e.roll_call import RollCall, roll_call

USAGE_ERROR = 4


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parts")


@pytest.fixture(scope="module")
def taken(parts: Path, tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    folder = tmp_path_factory.mktemp("runs")
    return roll_call(folder, "--account", "demo", "--snapshot-to", str(parts / "demo"))


def test_reading_alone_judges_nothing_and_says_so(taken: RollCall, parts: Path) -> None:
    assert taken.status == 0, taken.output
    assert taken.folder is None
    assert f"1 account read into {parts / 'demo'}" in taken.output
    assert "nothing was judged" in taken.output
    assert "passed" not in taken.output
    assert (parts / "demo" / "manifest.json").exists()


def test_a_folder_of_parts_is_judged_as_one_snapshot(
    taken: RollCall, parts: Path, demo: RollCall, tmp_path: Path
) -> None:
    assert taken.status == 0, taken.output
    run = roll_call(tmp_path, "--snapshot", str(parts))
    assert run.status == demo.status, run.output
    # Files that people handed in about the demo's machines are no answer of AWS.
    of_aws = {
        name: told for name, told in demo.verdicts.items() if not name.startswith(("HOST-", "LOG-"))
    }
    assert run.verdicts == of_aws
    assert run.folder is not None
    assert (run.folder / "snapshot" / "manifest.json").exists()


def test_what_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    told = roll_call(tmp_path / "runs", "--account", "nobody", "--snapshot-to", str(tmp_path))
    assert told.status == USAGE_ERROR
    assert f"--snapshot-to {tmp_path}: expected a new or empty folder" in told.output
