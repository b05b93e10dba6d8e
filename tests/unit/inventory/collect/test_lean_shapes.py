"""Which shapes are read leanly, and which only botocore knows how to read."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import ShapeResolver

from inventory.collect.lean_shapes import spec_of_answer
from tests.unit.inventory.collect.ec2_documents import OPERATIONS, operation

TEXT = {"type": "string"}


def shape_with(traits: dict[str, Any] | None = None, **shapes: Any) -> Any:
    """An answer whose one member ``Value`` is of the shape ``Value``; traits of the member."""
    answer = {"type": "structure", "members": {"Value": {"shape": "Value", **(traits or {})}}}
    model: Any = {"Answer": answer, "Text": TEXT, **shapes}
    return ShapeResolver(model).get_shape_by_name("Answer")


def structure(**members: Any) -> dict[str, Any]:
    return {"type": "structure", "members": members}


def reference(name: str = "Text", **traits: Any) -> dict[str, Any]:
    return {"shape": name, **traits}


FAMILIAR = {
    "text": shape_with(Value=TEXT),
    "list": shape_with(Value={"type": "list", "member": reference()}),
    "structure": shape_with(Value=structure(One=reference(), Other=reference())),
    "named": shape_with({"locationName": "value"}, Value=TEXT),
}
UNFAMILIAR = {
    "blob": shape_with(Value={"type": "blob"}),
    "double": shape_with(Value={"type": "double"}),
    "map": shape_with(Value={"type": "map", "key": reference(), "value": reference()}),
    "flattened list": shape_with(Value={"type": "list", "member": reference(), "flattened": True}),
    "header": shape_with({"location": "header", "locationName": "value"}, Value=TEXT),
    "attribute": shape_with({"xmlAttribute": True, "locationName": "value"}, Value=TEXT),
    "union": shape_with(Value={**structure(One=reference()), "union": True}),
    "error": shape_with(Value={**structure(One=reference()), "exception": True}),
    "one name for two": shape_with(
        Value=structure(One=reference(locationName="one"), Other=reference(locationName="one"))
    ),
    "within itself": shape_with(Value=structure(One=reference("Value"))),
    "the request's id": shape_with({"locationName": "requestId"}, Value=TEXT),
}


@pytest.mark.parametrize("shape", FAMILIAR.values(), ids=FAMILIAR)
def test_what_is_read_here(shape: Any) -> None:
    assert spec_of_answer(shape) is not None


@pytest.mark.parametrize("shape", UNFAMILIAR.values(), ids=UNFAMILIAR)
def test_what_is_left_to_botocore(shape: Any) -> None:
    assert spec_of_answer(shape) is None


def test_an_operation_without_an_answer_is_left_to_botocore() -> None:
    assert spec_of_answer(None) is None


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_that_a_run_reads_is_familiar(name: str) -> None:
    """Should a newer model have something else in it, this says why a run takes longer."""
    assert spec_of_answer(operation(name).output_shape) is not None
