"""What a run promises to whoever relies on it, and the test that holds it to each promise."""

from __future__ import annotations

from typing import Final, NamedTuple


class Promise(NamedTuple):
    """``test`` is a file below ``tests/`` and a function in it."""

    when: str
    then: str
    test: str


PROMISES: Final = (
    Promise(
        "one call is denied, any of them",
        "what needs it is unknown and names the action; everything else stays; one gap",
        "e2e/faults/test_denied.py::test_a_denied_call_costs_what_needs_it_and_nothing_else",
    ),
    Promise(
        "the instances cannot be listed",
        "no finding, and a gap that ends the run with status 7",
        "e2e/faults/test_denied.py::test_refused_instances_leave_no_finding_and_a_gap_that_gates",
    ),
    Promise(
        "AWS throttles, fails or hangs up, once for every request",
        "the findings are those of the quiet run",
        "e2e/faults/test_transient.py::test_a_fault_below_the_retry_budget_changes_no_finding",
    ),
    Promise(
        "an answer breaks off, is malformed or empty",
        "it is asked for again, up to three times, and the findings stay",
        "e2e/faults/test_transient.py::test_a_damaged_answer_is_asked_for_again",
    ),
    Promise(
        "an answer does not come in time",
        "it is asked for again, and the findings stay",
        "e2e/faults/test_transient.py::"
        "test_an_answer_that_does_not_come_in_time_is_asked_for_again",
    ),
    Promise(
        "answers are slow, pages come twice or are empty",
        "the findings stay",
        "e2e/faults/test_transient.py::test_what_is_odd_and_no_fault_changes_no_finding",
    ),
    Promise(
        "it goes wrong at every attempt",
        "unknown",
        "e2e/faults/test_transient.py::test_a_fault_above_the_retry_budget_is_unknown",
    ),
    Promise(
        "a policy, an SCP or a damaged endpoint refuses for good",
        "unknown",
        "e2e/faults/test_transient.py::test_a_fault_that_lasts_is_unknown",
    ),
    Promise(
        "a page token leads in a circle",
        "the listing ends, and is a failed call",
        "e2e/faults/test_transient.py::test_a_looping_token_ends",
    ),
    Promise(
        "a Region is disabled meanwhile",
        "a gap that gates; the other Regions are judged as ever",
        "e2e/faults/test_transient.py::test_a_region_that_is_disabled_meanwhile_is_a_gap",
    ),
    Promise(
        "something vanishes between two pages",
        "what names it is unknown, CHANGED_DURING_COLLECTION",
        "e2e/faults/test_transient.py::test_what_vanishes_between_two_pages_is_unknown",
    ),
    Promise(
        "an instance is terminated meanwhile",
        "NODE-02 is unknown, CHANGED_DURING_COLLECTION; "
        "a block fails even if its ping, now gone, spoke against it",
        "e2e/faults/test_transient.py::test_an_instance_that_is_terminated_meanwhile_does_not_fail",
    ),
    Promise(
        "five of a hundred answers go wrong by chance, over a thousand instances",
        "no verdict is made up",
        "e2e/faults/test_by_chance.py::test_random_faults_make_no_verdict_up",
    ),
    Promise(
        "the same for minutes, whatever the seed",
        "no verdict is made up",
        "soak/test_by_chance_at_length.py::test_a_thousand_instances_for_minutes",
    ),
    Promise(
        "the credentials expire meanwhile",
        "the run ends, names the way to renew them, and can be taken up",
        "e2e/faults/test_resume.py::test_expired_credentials_leave_what_was_read",
    ),
    Promise(
        "pings or session channels cannot be read",
        "a block that one of them might contradict is unknown, LIVE_UNREAD, never a failure",
        "unit/policies/test_unread_live_evidence.py::"
        "test_a_failure_is_unknown_where_the_pings_were_not_read",
    ),
    Promise(
        "Ctrl-C before any file operation of a collecting",
        "a whole snapshot or none, no half file under its name, and the rest can be taken up",
        "e2e/faults/test_any_moment.py::test_a_collecting_is_broken_off_at_every_moment",
    ),
    Promise(
        "Ctrl-C while collecting",
        "the folder is marked partial, JUnit says run incomplete, and --resume goes on",
        "e2e/faults/test_broken_off.py::test_an_interrupted_collecting_is_taken_up",
    ),
    Promise(
        "a run is taken up, whenever it was broken off",
        "it asks for what is missing only; its findings are those of a run in one piece",
        "e2e/faults/test_resume.py::test_a_run_is_taken_up_at_any_moment",
    ),
    Promise(
        "an interrupted run's answers are altered or half written",
        "they are asked for again",
        "e2e/faults/test_resume.py::test_an_answer_that_was_altered_or_half_told_is_asked_again",
    ),
    Promise(
        "what was broken off is judged by --snapshot",
        "refused: nobody knows what is missing",
        "e2e/faults/test_resume.py::test_what_was_broken_off_is_not_judged_as_it_is",
    ),
    Promise(
        "Ctrl-C while judging",
        "JUnit says run incomplete, with the cases that were told",
        "e2e/test_junit.py::test_an_interrupted_run_ends_its_files_and_says_so",
    ),
    Promise(
        "SIGTERM while collecting",
        "marked partial, run incomplete, no half answer under its name",
        "e2e/faults/test_broken_off.py::test_a_terminated_collecting_leaves_files_that_say_so",
    ),
    Promise(
        "SIGTERM while judging",
        "marked partial, run incomplete",
        "e2e/faults/test_broken_off.py::test_a_terminated_judging_leaves_files_that_say_so",
    ),
    Promise(
        "Ctrl-C while the reports are written",
        "marked partial, run incomplete",
        "e2e/faults/test_broken_off.py::test_an_interrupted_reporting_leaves_files_that_say_so",
    ),
    Promise(
        "Ctrl-C or SIGTERM at random times, for minutes",
        "a whole folder, or one that is marked partial",
        "soak/test_signals_at_random.py::test_signals_at_random_times",
    ),
    Promise(
        "the process is killed",
        "marked partial, run incomplete",
        "e2e/test_junit.py::test_a_killed_run_leaves_files_that_say_so",
    ),
    Promise(
        "a worker of pytest-xdist is killed",
        "an error, never unknown; run incomplete",
        "e2e/test_junit.py::test_lost_workers_are_errors_even_if_none_is_left",
    ),
    Promise(
        "the disk is full",
        "status 4, one line that says so, the folder is marked partial",
        "e2e/faults/test_broken_off.py::test_a_full_disk_is_told_and_leaves_nothing_that_looks_complete",
    ),
    Promise(
        "the folder is read-only",
        "status 4 before anything is read",
        "e2e/faults/test_broken_off.py::test_a_folder_that_is_read_only_is_told_before_anything_is_read",
    ),
    Promise(
        "two runs at once",
        "a folder each; latest points at one of them",
        "e2e/faults/test_broken_off.py::test_two_runs_at_once_each_have_a_folder_of_their_own",
    ),
    Promise(
        "this machine's clock is wrong, and AWS refuses the signature",
        "the error says by how much, and nothing of credentials",
        "e2e/faults/test_wrong_clock.py::test_a_refused_signature_names_the_clock",
    ),
    Promise(
        "it is wrong by a few minutes",
        "the run goes by AWS's clock and says so",
        "e2e/faults/test_wrong_clock.py::test_a_clock_that_aws_puts_up_with_is_noted",
    ),
    Promise(
        "it is, and pings are just fresh by it",
        "the snapshot's time is AWS's, and so is every age that is judged",
        "e2e/faults/test_wrong_clock.py::"
        "test_the_snapshot_and_every_age_in_it_are_of_the_time_that_aws_has",
    ),
    Promise(
        "an answer is nothing that AWS gives: types swapped, members gone, trees nested",
        "it is refused by file and place, or judged; nothing crashes or hangs",
        "unit/hostile/test_answers.py::test_a_changed_answer_is_refused_by_name_or_judged",
    ),
    Promise(
        "a policy document is nested a hundred thousand times",
        "it is refused by name, or judged",
        "unit/hostile/test_answers.py::test_a_document_nested_deeply_is_refused_by_name_or_judged",
    ),
    Promise(
        "a snapshot's file is any bytes",
        "it is a snapshot, or refused by name",
        "unit/hostile/test_snapshot_files.py::test_any_bytes_are_a_snapshot_or_refused_by_name",
    ),
    Promise(
        "a manifest names a file elsewhere",
        "it is refused before anything is read",
        "unit/hostile/test_snapshot_files.py::test_a_manifest_that_names_a_file_elsewhere_is_refused_before_it_is_read",
    ),
    Promise(
        "a small file unpacks to an endless one",
        "it is refused before it fills the memory",
        "unit/hostile/test_snapshot_files.py::test_a_bomb_is_refused_before_it_fills_the_memory",
    ),
    Promise(
        "a file or a user says what to run",
        "nothing is executed, nothing unpickled: no module has the words",
        "unit/hostile/test_nothing_is_executed.py::test_no_module_can_run_what_it_reads",
    ),
    Promise(
        "a text is made to keep a regular expression busy",
        "every pattern takes time in proportion to its text",
        "unit/hostile/test_patterns.py::test_no_text_takes_long",
    ),
    Promise(
        "a run asks AWS",
        "every call is in docs/iam-policy.json, and only describes, gets, lists or searches",
        "unit/test_least_privilege.py::test_every_call_of_every_run_is_allowed_and_only_reads",
    ),
    Promise(
        "a run has that policy and no other",
        "it reads everything",
        "unit/test_least_privilege.py::test_a_run_with_this_policy_and_no_other_reads_everything",
    ),
    Promise(
        "user data, environments or SecureStrings could be asked for",
        "they never are",
        "unit/test_least_privilege.py::test_nothing_that_tells_secrets_is_ever_asked",
    ),
    Promise(
        "a control crashes under every traceback option",
        "no credential is in any output",
        "e2e/test_secrets.py::test_a_crash_with_every_traceback_option",
    ),
    Promise(
        "names, tags and policies hold markup",
        "the page holds no element of theirs",
        "e2e/test_hostile_snapshot.py::test_the_page_holds_no_element_of_theirs",
    ),
    Promise(
        "they hold formulas",
        "no cell of the CSV is one",
        "e2e/test_hostile_snapshot.py::test_no_cell_of_the_table_is_a_formula",
    ),
    Promise(
        "they hold terminal escapes",
        "the terminal is not steered",
        "e2e/test_hostile_snapshot.py::test_the_terminal_is_not_steered",
    ),
    Promise(
        "the umask lets everybody read",
        "a snapshot is for its owner all the same",
        "unit/inventory/test_private_files.py::test_a_snapshot_is_for_its_owner_whatever_the_umask",
    ),
)
