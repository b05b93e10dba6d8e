"""How many inputs a long run puts to every reader of what others wrote, and what came of them.

The readers, and what each has to come to, are those of the tests in tests/unit; here they get more.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.demo.account import embedded_account
from inventory.collect import AccountSpec, collect, open_account
from inventory.errors import RollcallError
from inventory.snapshot import MANIFEST, Snapshot, SnapshotWriter
from policies.iam.evaluation import Grammar
from reports.table import cell
from reports.visible import visible
from tests.unit.hostile import test_policy_documents as documents
from tests.unit.hostile import test_snapshot_files as snapshots
from tests.unit.hostile import test_yaml_files as yaml_files
from tests.unit.hostile.answers import Answers, judged
from tests.unit.hostile.mutation import mutated, mutations
from tests.unit.hostile.values import json_values, texts
from tests.unit.inventory.host.evidence import test_hostile_input as evidence
from tests.unit.inventory.host.logs import test_properties as logs

#: Of each sixth instance the findings are made: the others differ in what is not changed.
EVERY: Final = 6
#: At most this many of a kind, however fast they are read.
MOST: Final = 20_000
#: What a cell of a spreadsheet would compute.
_FORMULA: Final = ("=", "+", "-", "@")
#: Controls, lone surrogates and line separators, by Unicode's categories: a terminal obeys them.
_ACTING: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclasses.dataclass
class Fuzzed:
    """Inputs of a kind: those that were refused by name, and those that crashed their reader."""

    kind: str
    inputs: int = 0
    refused: int = 0
    crashes: int = 0


@dataclasses.dataclass(frozen=True)
class _Reader:
    """``read`` says whether it refused the input; whatever else it raises is a crash."""

    kind: str
    inputs: st.SearchStrategy[Any]
    read: Callable[[Any], bool]


class _TimeIsOver(BaseException):
    """No failure: hypothesis would look for the smallest input that makes one."""


def fuzz(seconds: float) -> tuple[Fuzzed, ...]:
    """Put inputs to each reader for its share of so many seconds."""
    with tempfile.TemporaryDirectory() as name, _readers(Path(name)) as readers:
        return tuple(_put(one, seconds / len(readers)) for one in readers)


def _put(reader: _Reader, seconds: float) -> Fuzzed:
    found = Fuzzed(reader.kind)
    until = time.monotonic() + seconds

    @given(one=reader.inputs)
    @settings(
        max_examples=MOST,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def put(one: Any) -> None:
        if time.monotonic() > until:
            raise _TimeIsOver
        found.inputs += 1
        try:
            found.refused += reader.read(one)
        except Exception:  # noqa: BLE001 - counted: whoever asks runs the test, which shows it
            found.crashes += 1

    with suppress(_TimeIsOver):
        put()
    return found


@contextmanager
def _readers(folder: Path) -> Iterator[tuple[_Reader, ...]]:
    demo = _demo(folder / "demo")
    yield (
        _answers(demo, folder),
        _files(folder),
        _Reader(
            "policy documents, of all seven kinds",
            st.tuples(
                st.one_of(
                    mutations().map(lambda one: mutated(documents.WHOLE, one)), json_values()
                ),
                st.sampled_from([*documents.KINDS]),
            ),
            _document,
        ),
        _yaml(folder),
        _tags(demo, folder),
        _Reader("agents' logs", logs.contents, _log),
        _Reader(
            "outputs of AWS's tools, and consoles",
            evidence.damaged(tuple(one.encode() for one in evidence.OUTPUTS)),
            _output,
        ),
    )


def _demo(folder: Path) -> Answers:
    now = datetime.now(UTC)
    with embedded_account(now) as session:
        account = open_account(AccountSpec(name="demo", embedded=True), session=session)
        regions = ("eu-central-1", "us-east-1")
        collect([account], SnapshotWriter(folder), regions=regions, now=now, deep=True)
    return Answers.of(Snapshot.open(folder))


def _answers(answers: Answers, folder: Path) -> _Reader:
    """Types swapped, members gone, rows twice, trees nested, numbers huge."""

    def read(one: Any) -> bool:
        number, changes = one
        snapshot = answers.changed(answers.key(number), changes, folder)
        return _is_refused(judged(snapshot, every=EVERY))

    numbers = st.integers(0, 10**6)
    kind = "answers of a snapshot, each changed in up to three places"
    return _Reader(kind, st.tuples(numbers, mutations()), read)


def _is_refused(outcome: Any) -> bool:
    if isinstance(outcome, RollcallError):
        return True
    assert outcome == []
    return False


def _files(folder: Path) -> _Reader:
    """Whole files, plain, packed and the manifest, with pieces cut out, doubled or overwritten."""
    answer = json.dumps(snapshots.EMPTY).encode()
    snapshots.manifest(folder, file="", sha256="")
    samples = {
        f"{snapshots.CALL}.json": answer,
        f"{snapshots.CALL}.json.gz": gzip.compress(answer),
        f"{snapshots.CALL}.json.zst": zstandard.compress(answer),
        MANIFEST: (folder / MANIFEST).read_bytes(),
    }
    numbers = count()

    def read(one: Any) -> bool:
        name, content = one
        place = folder / f"bytes-{next(numbers)}"
        place.mkdir()
        if name == MANIFEST:
            (place / name).write_bytes(content)
        else:
            snapshots.written(place, name, content)
        try:
            snapshots.opened_and_loaded(place)
        except RollcallError:
            return True
        return False

    inputs = st.sampled_from([*samples]).flatmap(
        lambda name: st.tuples(st.just(name), evidence.damaged((samples[name],)))
    )
    return _Reader("files of a snapshot, plain and packed, and its manifest", inputs, read)


def _document(one: tuple[Any, Grammar]) -> bool:
    """Never refused: an answer of three, which is undetermined where nobody can tell."""
    raw, grammar = one
    documents.answer(raw, grammar)
    return False


def _yaml(folder: Path) -> _Reader:
    place = folder / "yaml"
    place.mkdir()

    def read(one: Any) -> bool:
        name, content = one
        return yaml_files.read(place, name, content) is not None

    content = st.one_of(
        st.binary(max_size=60), texts(), json_values().map(yaml_files.yaml.safe_dump)
    )
    changed = st.sampled_from([*yaml_files.FILES]).flatmap(
        lambda name: mutations().map(
            lambda changes: (
                name,
                yaml_files.yaml.safe_dump(mutated(yaml_files.FILES[name][1], changes)),
            )
        )
    )
    anything = st.tuples(st.sampled_from([*yaml_files.FILES]), content)
    return _Reader("YAML files, of all five kinds", changed | anything, read)


def _tags(answers: Answers, folder: Path) -> _Reader:
    """Every instance's tags in somebody else's words, judged, and told as a table's cells."""
    key = next(one for one in answers.by_key if one[2] == "ec2.DescribeInstances")

    def read(one: list[tuple[str, str]]) -> bool:
        tags = [{"Key": name, "Value": value} for name, value in one]
        answer = _tagged(answers.by_key[key], tags)
        snapshot = dataclasses.replace(answers, by_key={**answers.by_key, key: answer})
        for text in (part for tag in one for part in tag):
            assert not cell(text).startswith(_FORMULA)
            assert _ACTING.isdisjoint(map(unicodedata.category, visible(text)))
        return _is_refused(judged(snapshot.changed(key, [], folder), every=EVERY))

    words = st.lists(st.tuples(texts(), texts()), max_size=3)
    return _Reader("tags of instances", words, read)


def _tagged(value: Any, tags: list[dict[str, str]]) -> Any:
    if isinstance(value, list):
        return [_tagged(one, tags) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: tags if key == "Tags" else _tagged(one, tags) for key, one in value.items()}


def _log(content: bytes) -> bool:
    assert logs.read(content).files == (logs.NAME,)
    return False


def _output(content: bytes) -> bool:
    """As each of the kinds there are: what is none of them says nothing."""
    evidence.read_every_way(content)
    return False
