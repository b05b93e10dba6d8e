"""fixtures.guide fills in what commands print; docs/guide.md speaks of things that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fixtures.guide import GUIDE, GuideError, Shell, renewed

TEXT = GUIDE.read_text("utf-8")


def _page(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def _console(*lines: str, shows: str = "") -> str:
    directive = [f"<!-- shows: {shows} -->"] if shows else []
    return _page(*directive, "```console", *lines, "```")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_old_output_gives_way_to_what_is_printed_now(shell: Shell) -> None:
    before = _page("# Title", "", "prose") + _console("$ echo now", "then")
    assert renewed(before, shell) == _page("# Title", "", "prose") + _console("$ echo now", "now")


def test_a_page_that_is_up_to_date_stays_as_it_is(shell: Shell) -> None:
    page = _page("prose") + _console("$ printf 'a\\nb\\n'", "a", "b", "$ true") + _page("more")
    assert renewed(page, shell) == page


def test_a_command_may_go_on_in_the_next_line(shell: Shell) -> None:
    page = _console("$ echo one \\", "    two", "one two")
    assert renewed(page, shell) == page


def test_other_blocks_are_not_run(shell: Shell) -> None:
    page = _page("```sh", "$ touch ~/made", "```")
    assert renewed(page, shell) == page
    assert not (shell.home / "made").exists()


def test_a_file_is_there_for_the_commands_below_it(shell: Shell) -> None:
    file = _page("<!-- file: ~/fleet/a.yaml -->", "```yaml", "key: 1", "```")
    page = file + _console("$ cat ~/fleet/a.yaml", "key: 1")
    assert renewed(page, shell) == page


def test_a_comment_counts_for_the_next_block_only(shell: Shell) -> None:
    page = _page("<!-- file: ~/a -->", "```yaml", "first", "```", "```yaml", "second", "```")
    assert renewed(page + _console("$ cat ~/a", "first"), shell) == page + _console(
        "$ cat ~/a", "first"
    )


def test_what_is_exported_holds_from_there_on(shell: Shell) -> None:
    page = _console('$ echo "$WORD"', "", "$ export WORD=x", '$ echo "$WORD"', "x")
    assert renewed(page, shell) == page


@pytest.mark.parametrize(
    ("shows", "expected"),
    [
        ('"b"', ["…", "b", "…"]),
        ('"b" +1', ["…", "b", "c", "…"]),
        ('"a", "d"', ["a", "…", "d"]),
        ('"a" +9', ["a", "b", "c", "d"]),
    ],
)
def test_only_chosen_lines_are_shown(shell: Shell, shows: str, expected: list[str]) -> None:
    command = "$ printf 'a\\nb\\nc\\nd\\n'"
    page = _console(command, *expected, shows=shows)
    assert renewed(_console(command, shows=shows), shell) == page


def test_a_chosen_line_that_is_gone_is_told_with_its_place(shell: Shell) -> None:
    page = _page("prose") + _console("$ echo other", shows='"exit status"')
    with pytest.raises(GuideError, match=r"guide\.md:3: nothing printed has 'exit status':\nother"):
        renewed(page, shell)


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("in 12.34s", "in 1.00s"),
        ("in 75.00s (0:01:15)", "in 1.00s"),
        ("runs/20270203T040506-demo", "runs/20261101T120000-demo"),
        ("snapshot 00ff00ff00ff taken", "snapshot 0123456789ab taken"),
        ("i-00ff00ff00ff00ff0 in 3 Regions", "i-00ff00ff00ff00ff0 in 3 Regions"),
    ],
)
def test_what_differs_from_run_to_run_is_settled(shell: Shell, printed: str, shown: str) -> None:
    assert shell.run(f"echo '{printed}'") == [shown]


def test_the_folder_made_for_the_occasion_is_home(shell: Shell) -> None:
    assert shell.run("echo $HOME/runs") == ["~/runs"]


def test_settings_of_whoever_runs_it_do_not_reach_the_commands(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("ROLLCALL_CONFIG", "mine")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--mine")
    assert shell.run('echo "$AWS_PROFILE$ROLLCALL_CONFIG$PYTEST_ADDOPTS"') == [
        "-p no:cacheprovider"
    ]


#: What users do with the suite, each a chapter.
SUBJECTS = (
    "first run",
    "folder of your own",
    "Accounts",
    "Parameters",
    "policy of your own",
    "waiver",
    "Baseline and gate",
    "CI",
)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_guide_walks_through(subject: str) -> None:
    assert re.search(rf"^## \d+\. .*{subject}", TEXT, re.MULTILINE)


def test_the_guide_links_to_files_that_are_there() -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", TEXT)
    assert targets
    assert not [one for one in targets if not (GUIDE.parent / one).exists()]


def test_every_command_of_the_guide_was_run_after_it_was_written() -> None:
    """A console block whose command should print something does show something."""
    silent = ("export ", "cp ", "printf ")
    for block in re.findall(r"^```console\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL):
        *_, last = [line for line in block.splitlines() if line.startswith("$ ")]
        if not last.removeprefix("$ ").startswith(silent):
            assert not block.endswith(f"{last}\n"), last
