"""Large listings are decoded row by row out of their text: as if they had been read as a whole."""

import gc
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import SnapshotError
from inventory.facts import Fact, InstanceStatus, RegionFacts, Table
from inventory.facts.instance import Instance, Tag
from inventory.fleet import Fleet, load_fleet
from inventory.row_texts import RepeatedValues, rows_in
from inventory.snapshot import GLOBAL, Snapshot
from tests.unit.world import ACCOUNT, REGION, fleet_of

RECORDED = Path(__file__).parents[2] / "recorded"
#: What a reader of text may take for the end of a row, in members that we know and do not know.
TEXTS = st.text(alphabet='"\\{}[],: \n\u20ac\U0001f984ab', max_size=6)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(TEXTS, one, max_size=3),
    max_leaves=8,
)
ROWS = st.builds(
    lambda name, tags, junk: {
        **{f"x{key}": value for key, value in junk.items()},
        "InstanceId": name,
        "Tags": [{"Key": key, "Value": value} for key, value in tags],
    },
    TEXTS,
    st.lists(st.tuples(TEXTS, TEXTS), max_size=3),
    st.dictionaries(TEXTS, JUNK, max_size=3),
)


def in_a_file(folder: Path, name: str, content: str, region: str = REGION) -> Path:
    place = folder / ACCOUNT / region
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.json").write_text(content)
    return folder


@given(st.lists(st.lists(ROWS, max_size=3), max_size=3), st.sampled_from([None, 1]))
def test_rows_are_those_of_the_whole_answer(
    reservations: list[list[dict[str, Any]]], indent: int | None
) -> None:
    answer = {"Reservations": [{"Groups": [], "Instances": rows} for rows in reservations]}
    text = json.dumps(answer, indent=indent).encode()
    plainly = [msgspec.convert(row, Instance) for rows in reservations for row in rows]
    assert list(rows_in(text, ("Reservations", "Instances"), Instance)) == plainly


def tables(facts: RegionFacts) -> dict[str, Any]:
    """Everything of a Region that came out of an answer, as plain values."""
    return {
        name: [msgspec.to_builtins(row) for row in value] if isinstance(value, Table) else value
        for name, value in vars(facts).items()
        if not name.startswith("recorded_")
    }


@pytest.mark.parametrize("name", ["public-subnet", "nat-gateway", "interface-endpoint"])
def test_what_was_recorded_gives_the_facts_of_the_whole_answers(name: str) -> None:
    from_text = Snapshot.open(RECORDED / name)
    answers = {
        (account, region, path.stem): json.loads(path.read_bytes())
        for account, regions in from_text.accounts.items()
        for region in (*regions, GLOBAL)
        for path in (RECORDED / name / account / region).glob("*.json")
    }
    plain = load_fleet(Snapshot(answers, as_of=None))
    (decoded,), (region,) = load_fleet(from_text).regions, plain.regions
    assert len(plain.nodes) > 0
    assert tables(decoded) == tables(region)


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("ec2.DescribeVpcs", {}, "has no member 'Vpcs'"),
        ("ec2.DescribeVpcs", [], "has not the shape of an AWS answer"),
        ("ec2.DescribeVpcs", {"Vpcs": None}, "has not the shape of an AWS answer"),
        ("ec2.DescribeVpcs", {"Vpcs": [7]}, "Expected `object`, got `int`"),
        ("ec2.DescribeVpcs", {"Vpcs": [{"VpcId": 5}]}, "got `int` - at `$.VpcId`"),
        ("ec2.DescribeInstances", {"Reservations": [{}]}, "has no member 'Instances'"),
        ("ec2.DescribeInstances", {"Reservations": [{"Instances": [{}]}]}, "field `InstanceId`"),
    ],
)
def test_a_malformed_file_is_told_as_a_malformed_answer_is(
    tmp_path: Path, name: str, answer: Any, told: str
) -> None:
    with pytest.raises(SnapshotError) as handed_in:
        fleet_of({name: answer})
    with pytest.raises(SnapshotError) as in_file:
        load_fleet(Snapshot.open(in_a_file(tmp_path, name, json.dumps(answer))))
    assert told in str(in_file.value)
    assert str(in_file.value) == str(handed_in.value)


@pytest.mark.parametrize(
    "content",
    ['{"Vpcs": [{"VpcId": "vpc-1"}', '{"Vpcs": [{"VpcId": "\\x"}]}', '{"Vpcs": ' + "[" * 200_000],
    ids=["cut-off", "no-escape", "nested"],
)
def test_a_file_that_is_not_json_names_itself(tmp_path: Path, content: str) -> None:
    folder = in_a_file(tmp_path, "ec2.DescribeVpcs", content)
    with pytest.raises(SnapshotError, match=r"ec2\.DescribeVpcs\.json: is not readable JSON"):
        load_fleet(Snapshot.open(folder))


def two_twins(folder: Path) -> Fleet:
    rows = [
        {
            "InstanceId": name,
            "MetadataOptions": {"HttpEndpoint": "enabled"},
            "Tags": [{"Key": "Team", "Value": "a"}],
            "NetworkInterfaces": [
                {"NetworkInterfaceId": f"eni-{name}", "Groups": [{"GroupId": "sg-1"}]}
            ],
        }
        for name in ("i-1", "i-2")
    ]
    instances = {"Reservations": [{"Instances": rows}]}
    statuses = {"InstanceStatuses": [{"InstanceId": "i-1"}]}
    in_a_file(folder, "ec2.DescribeInstances", json.dumps(instances))
    in_a_file(folder, "ec2.DescribeInstanceStatus", json.dumps(statuses))
    return load_fleet(Snapshot.open(folder))


def test_what_twins_repeat_is_there_once(tmp_path: Path) -> None:
    fleet = two_twins(tmp_path)
    one, other = (node.instance for node in fleet.nodes)
    assert one.metadata_options is other.metadata_options
    assert one.tags is other.tags == (Tag(key="Team", value="a"),)
    assert one.network_interfaces[0].groups is other.network_interfaces[0].groups
    assert one.network_interfaces[0].id == "eni-i-1"
    statuses = fleet.regions[0].instance_statuses
    assert isinstance(statuses, Table)
    assert next(status.instance_id for status in statuses) is one.instance_id


class Odd(Fact, frozen=True):
    repeated = ("label",)

    label: str | int | bool | float


def test_only_equal_values_of_one_type_become_one() -> None:
    """1, 1.0 and True are equal to Python and three answers to AWS; no fact may change by it."""
    kept = RepeatedValues()
    facts = [Odd(label=one) for one in (1, True, 1.0, "1")]
    for fact in facts:
        kept.share(fact)
    assert [repr(fact.label) for fact in facts] == ["1", "True", "1.0", "'1'"]


@pytest.mark.parametrize("kind", [Instance, InstanceStatus])
def test_facts_are_out_of_the_garbage_collectors_way(kind: type[Fact]) -> None:
    assert not gc.is_tracked(kind(instance_id="i-1"))


@pytest.mark.parametrize("rows", [[{"VpcId": "vpc-1"}], [{}]], ids=["read", "refused"])
def test_garbage_is_collected_again_afterwards(rows: list[Any]) -> None:
    assert gc.isenabled()
    try:
        fleet_of({"ec2.DescribeVpcs": {"Vpcs": rows}})
    except SnapshotError:
        assert rows == [{}]
    assert gc.isenabled()


def test_a_row_is_found_as_it_was_recorded_in_a_file_or_not(tmp_path: Path) -> None:
    rows = [{"InstanceId": name, "Shiny": {"New": [name]}} for name in ("i-1", "i-2")]
    nodes = [{"InstanceId": "mi-1", "IsLatestVersion": False}]
    answers = {
        "ec2.DescribeInstances": {"Reservations": [{"Instances": [row]} for row in rows]},
        "ssm.DescribeInstanceInformation": {"InstanceInformationList": nodes},
    }
    for name, answer in answers.items():
        in_a_file(tmp_path, name, json.dumps(answer))
    for fleet in (fleet_of(answers), load_fleet(Snapshot.open(tmp_path))):
        (region,) = fleet.regions
        assert region.recorded_instances.find("i-2") == rows[1]
        assert region.recorded_instances.find("i-3") is None
        assert region.recorded_nodes.find("mi-1") == nodes[0]
        assert region.recorded_images.find("ami-1") is None
