"""The pytest plugins, by name; nothing else."""

pytest_plugins = (
    "fixtures.options",
    "fixtures.garbage",
    "fixtures.gating",
    "fixtures.junit_file",
    "fixtures.html_page",
    "fixtures.discovery",
    "fixtures.preflight",
    "fixtures.own_files",
    "fixtures.roll_call",
    "fixtures.outcomes",
    "fixtures.cells.watch",
    "fixtures.cells.collect",
    "fixtures.cells.expand",
    "fixtures.cells.run",
    "fixtures.judging_progress",
    "fixtures.reporting",
    "fixtures.policy_scenarios",
)
