"""A plugin for one test: a file takes the place of a folder while the cells are judged."""

import os
from pathlib import Path


def pytest_runtestloop() -> None:
    Path(os.environ["TAKEN"]).write_text("in the way")
