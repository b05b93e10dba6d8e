"""What a call of the plan is: its operation, the shape of its answer, and when it is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from botocore import xform_name

from inventory.snapshot import iam_action

Request = Mapping[str, Any]


class Scope(StrEnum):
    """Whether a call is made once per account or once per account and Region."""

    ACCOUNT = "account"
    REGION = "region"


@dataclasses.dataclass(frozen=True)
class Answered:
    """The answers of one Region that a call starts from, by operation; without refused ones.

    ``is_hub``: the Region is asked only for what instances of the run's other accounts depend on.
    """

    region: str
    answers: Mapping[str, Any]
    is_hub: bool = False

    def rows(self, operation: str, member: str) -> Iterator[Mapping[str, Any]]:
        """The rows of a listing; none where it gave no answer."""
        yield from self.answers.get(operation, {}).get(member, ())

    def responses(self, operation: str, member: str) -> Iterator[Mapping[str, Any]]:
        """The rows of all responses of a per-resource call; refused requests have none."""
        for entry in self.answers.get(operation, ()):
            yield from entry.get("response", {}).get(member, ())


@dataclasses.dataclass(frozen=True)
class Listing:
    """A paginated call. ``members`` are the lists that every complete answer holds."""

    members: tuple[str, ...]
    page_size: int


@dataclasses.dataclass(frozen=True)
class Single:
    """One request, one answer, which holds ``member``."""

    member: str


@dataclasses.dataclass(frozen=True)
class Repeated:
    """The same few requests everywhere, kept as a list of ``{request, response}``."""

    member: str
    requests: tuple[Request, ...]


@dataclasses.dataclass(frozen=True)
class PerResource:
    """Requests about resources that other answers of the Region name, kept like repeated ones.

    ``requests`` makes them, in a stable order, from the answers of the ``sources``. ``page_size``
    is that of a paginated call, else 0.
    """

    member: str
    requests: Callable[[Answered], tuple[Request, ...]]
    sources: tuple[str, ...]
    page_size: int = 0


@dataclasses.dataclass(frozen=True)
class FollowUp:
    """Requests that answers of the account lead to, kept like repeated ones.

    ``page_size`` is that of a paginated call, else 0.
    """

    member: str
    page_size: int = 0


@dataclasses.dataclass(frozen=True)
class Condition:
    """Makes a call depend on what other calls of the Region answered."""

    sources: tuple[str, ...]
    is_met: Callable[[Answered], bool]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """One operation of the plan, equal to itself only.

    ``operation`` is the snapshot's file name without its suffix.
    ``where_known`` are parameters that an older SDK may not have (D19). ``absent`` are error codes
    by which AWS answers that there is no such thing, which is knowledge and not a failure.
    ``only_if`` says when there is something to ask; without it, always.
    """

    operation: str
    shape: Listing | Single | Repeated | PerResource | FollowUp
    scope: Scope = Scope.REGION
    parameters: Request = dataclasses.field(default_factory=dict)
    where_known: Request = dataclasses.field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    only_if: Condition | None = None

    @property
    def service(self) -> str:
        """``ec2`` of ``ec2.DescribeVpcs``."""
        return self.operation.partition(".")[0]

    @property
    def api_name(self) -> str:
        """``DescribeVpcs`` of ``ec2.DescribeVpcs``."""
        return self.operation.partition(".")[2]

    @property
    def method(self) -> str:
        """The boto3 client's method: ``describe_vpcs``."""
        return xform_name(self.api_name)

    @property
    def action(self) -> str:
        """The IAM action a reader needs: ``ec2:DescribeVpcs``."""
        return iam_action(self.operation)

    @property
    def sources(self) -> tuple[str, ...]:
        """The operations of the Region that have to be settled before this one is asked."""
        if isinstance(self.shape, PerResource):
            return self.shape.sources
        return self.only_if.sources if self.only_if else ()
