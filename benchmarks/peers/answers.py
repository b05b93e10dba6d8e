"""What the fleet's account answers to whatever is asked of it, by its own answers alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from benchmarks.fleets import ACCOUNT, fleet_answers
from benchmarks.peers.wire import Asked, empty
from inventory.snapshot import GLOBAL

Row = Mapping[str, Any]
#: Rows of a page that nobody gave a size: AWS's largest, which favours whoever leaves it out.
_PAGES: Final = {"ssm.DescribeInstanceInformation": 50}
_LARGEST_PAGE: Final = 1000
#: The rows that are kept by request but can be asked for as a listing.
_KEPT_IN_PARTS: Final = {"ec2.DescribeImages": "Images"}
#: What the filters of EC2 and Systems Manager look at: the values that a row has there.
_FILTERS: Final[Mapping[str, Callable[[Row], Iterable[str]]]] = {
    "InstanceIds": lambda row: (row["InstanceId"],),
    "association.main": lambda row: (str(one["Main"]).lower() for one in row["Associations"]),
    "association.subnet-id": lambda row: (one.get("SubnetId", "") for one in row["Associations"]),
    "image-id": lambda row: (row["ImageId"],),
    "instance-id": lambda row: (row["InstanceId"],),
    "instance-state-name": lambda row: (row["State"]["Name"],),
    "subnet-id": lambda row: (row["SubnetId"],),
    "vpc-id": lambda row: (row["VpcId"],),
}


class UnansweredError(Exception):
    """Something is asked that this account has no honest answer to: the measurement is void."""


class FleetAnswers:
    """Answers requests about a fleet of so many instances in one Region."""

    def __init__(self, instances: int, region: str) -> None:
        self._region = region
        self._answers = {
            (place, operation): answer
            for place, operation, answer in fleet_answers(instances, (region,))
        }

    def told(self, asked: Asked) -> Mapping[str, Any]:
        """The answer in the form that a snapshot keeps; empty where the account has no such thing.

        Raises UnansweredError for filters that nobody here has thought of, and for what it would
        have to have, as single roles.
        """
        one_of_its_kind = self._told_once(asked)
        if one_of_its_kind is not None:
            return one_of_its_kind
        places = (asked.region, GLOBAL)
        found = (self._answers.get((place, asked.operation)) for place in places)
        answer = next((one for one in found if one is not None), None)
        if answer is None and asked.operation.startswith("iam."):
            raise UnansweredError(f"{asked.operation} {dict(asked.parameters)}")
        if answer is None:
            return empty(asked)
        if asked.operation in _KEPT_IN_PARTS:
            member = _KEPT_IN_PARTS[asked.operation]
            answer = {member: [row for one in answer for row in one["response"][member]]}
        if isinstance(answer, list):
            return _answered(answer, asked)
        members = {name: rows for name, rows in answer.items() if isinstance(rows, list)}
        if len(members) != 1:  # a few structures, or IAM's lists, which fit on one page
            return {**answer, "IsTruncated": False}
        ((member, rows),) = members.items()
        return _page([row for row in rows if _is_wanted(row, asked)], member, asked)

    def _told_once(self, asked: Asked) -> Mapping[str, Any] | None:
        """What a snapshot has no answer of."""
        match asked.operation:
            case "sts.GetCallerIdentity":
                arn = f"arn:aws:iam::{ACCOUNT}:user/reader"
                return {"Account": ACCOUNT, "Arn": arn, "UserId": "AIDAREADER"}
            case "ec2.DescribeRegions":
                about = {"RegionName": self._region, "OptInStatus": "opt-in-not-required"}
                return {"Regions": [about]}
            case "ec2.DescribeInstanceAttribute":
                return {"InstanceId": asked.parameters["InstanceId"]}
        return None


def _answered(entries: Sequence[Mapping[str, Any]], asked: Asked) -> Mapping[str, Any]:
    """The response to the recorded request that asks for the same; to the first one if alone."""
    for entry in entries:
        same = (asked.parameters.get(name) == value for name, value in entry["request"].items())
        if all(same):
            response: Mapping[str, Any] = entry["response"]
            return response
    raise UnansweredError(f"{asked.operation} {dict(asked.parameters)}")


def _is_wanted(row: Row, asked: Asked) -> bool:
    """Whether it passes every filter, and is among the ids and owners that are asked for."""
    (subject,) = row.get("Instances", (row,))
    for one in (*asked.parameters.get("Filters", ()), *asked.parameters.get("Filter", ())):
        name = one.get("Name") or one.get("Key")
        if name not in _FILTERS:
            raise UnansweredError(f"{asked.operation} by {name}")
        if not set(one["Values"]) & set(_FILTERS[name](subject)):
            return False
    for name, values in asked.parameters.items():
        if name.endswith("Ids") and values and subject.get(name[:-1]) not in values:
            return False
        if name.startswith("Owner") and values and not _is_owned(subject, values):
            return False
    return True


def _is_owned(subject: Row, owners: Sequence[str]) -> bool:
    return subject.get("OwnerId") in [ACCOUNT if one == "self" else one for one in owners]


def _page(rows: Sequence[Row], member: str, asked: Asked) -> Mapping[str, Any]:
    size = asked.parameters.get("MaxResults") or _PAGES.get(asked.operation, _LARGEST_PAGE)
    first = int(asked.parameters.get("NextToken") or 0)
    end = first + int(size)
    told: dict[str, Any] = {member: rows[first:end]}
    if end < len(rows):
        told["NextToken"] = str(end)
    return told
