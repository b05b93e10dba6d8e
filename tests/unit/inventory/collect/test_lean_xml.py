"""EC2's answers are read as botocore reads them, on whatever comes over the wire.

botocore's own parser is the oracle: what it makes of an answer, or raises, is what has to come out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.model import OperationModel
from hypothesis import given
from hypothesis import strategies as st

from inventory.snapshot import as_json
from tests.unit.inventory.collect.ec2_documents import (
    NAMESPACE,
    OPERATIONS,
    contents,
    document,
    every_member,
    is_read_leanly,
    noisy_contents,
    operation,
    read_by_botocore,
    read_leanly,
    recorded,
)

RECORDED = sorted((Path(__file__).parents[3] / "recorded").rglob("ec2.*.json"))
VPCS = "DescribeVpcs"


def same(model: OperationModel, body: bytes, status: int = 200) -> Any:
    """Hold both readings together and give what they agree on."""
    expected = read_by_botocore(model, body, status)
    assert read_leanly(model, body, status) == expected
    return expected[1]


@pytest.mark.parametrize("path", RECORDED, ids=["-".join(one.parts[-4::3]) for one in RECORDED])
def test_what_aws_was_recorded_to_say_is_read_the_same(path: Path) -> None:
    name = path.stem.partition(".")[2]
    model, answer = operation(name), json.loads(path.read_text())
    body = document(name, recorded(model.output_shape, answer))
    assert is_read_leanly(model, body)
    read = same(model, body)
    assert [len(read[key]) for key in answer] == [len(rows) for rows in answer.values()]
    assert as_json(read_leanly(model, body)[1]) == as_json(read)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_member_of_every_answer_is_read_the_same(name: str) -> None:
    model = operation(name)
    body = document(name, every_member(model.output_shape))
    assert is_read_leanly(model, body)
    assert {*same(model, body)} == {*model.output_shape.members, "ResponseMetadata"}


def written(of: Any) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from(OPERATIONS).flatmap(
        lambda name: st.tuples(st.just(name), of(operation(name).output_shape))
    )


@given(written(contents))
def test_any_answer_is_read_the_same(one: tuple[str, str]) -> None:
    name, content = one
    body = document(name, content)
    assert is_read_leanly(operation(name), body)
    same(operation(name), body)


@given(written(noisy_contents), st.sampled_from([200, 200, 201, 301, 400, 503]))
def test_any_oddity_is_read_or_refused_the_same(one: tuple[str, str], status: int) -> None:
    name, content = one
    same(operation(name), document(name, content), status)


@given(written(contents), st.data())
def test_an_answer_cut_off_or_damaged_is_refused_the_same(
    one: tuple[str, str], data: st.DataObject
) -> None:
    name, content = one
    body = document(name, content)
    place = data.draw(st.integers(0, len(body)))
    same(operation(name), body[:place])
    same(operation(name), body[:place] + data.draw(st.binary(max_size=3)) + body[place + 1 :])


LEANLY = {
    "nothing": "",
    "empty list": "<vpcSet/>",
    "empty element": "<vpcSet><item/></vpcSet>",
    "empty text": "<vpcSet><item><vpcId/><vpcId2></vpcId2></item></vpcSet>",
    "character data": "<vpcSet><item><vpcId><![CDATA[<vpc> & ]]>1</vpcId></item></vpcSet>",
    "comment in text": "<vpcSet><item><vpcId>vpc<!-- - -->-1</vpcId></item></vpcSet>",
    "instruction in text": "<vpcSet><item><vpcId>vpc<?x y?>-1</vpcId></item></vpcSet>",
    "references": "<vpcSet><item><vpcId>&lt;&#x41;&#229;&quot;&apos;</vpcId></item></vpcSet>",
    "carriage return": "<vpcSet><item><vpcId>a\r\nb&#13;</vpcId></item></vpcSet>",
    "unicode": "<vpcSet><item><vpcId>ø 漢 🎺</vpcId></item></vpcSet>",
    "long text": f"<vpcSet><item><vpcId>{'ö' * 100_000}</vpcId></item></vpcSet>",
    "not an item": "<vpcSet><member><vpcId>vpc-1</vpcId></member></vpcSet>",
    "unknown member": "<vpcSet><item><new><item><vpcId>x</vpcId></item></new></item></vpcSet>",
    "declared in text": "<vpcSet><item><vpcId><![CDATA[<!DOCTYPE x>]]></vpcId></item></vpcSet>",
    "not true": "<vpcSet><item><isDefault>True</isDefault></item></vpcSet>",
}
BY_BOTOCORE = {
    "member twice": "<vpcSet/><vpcSet><item/></vpcSet>",
    "element in text": "<vpcSet><item><vpcId>vpc<b/>-1</vpcId></item></vpcSet>",
    "prefix": f'<vpcSet><n:item xmlns:n="{NAMESPACE}"/></vpcSet>',
    "prefixed member": f'<n:vpcSet xmlns:n="{NAMESPACE}"><item/></n:vpcSet>',
    "other namespace": '<vpcSet xmlns="urn:other"><item/></vpcSet>',
    "attribute": '<vpcSet><item id="1"/></vpcSet>',
    "attribute of an unknown member": '<new id="1"/><vpcSet/>',
    "no entity": "<vpcSet><item><vpcId>&vpc;</vpcId></item></vpcSet>",
    "unbound prefix": "<vpcSet><n:item/></vpcSet>",
    "not closed": "<vpcSet>",
}


@pytest.mark.parametrize("content", LEANLY.values(), ids=LEANLY)
def test_what_is_as_the_model_has_it_is_read_here(content: str) -> None:
    body = document(VPCS, content)
    assert is_read_leanly(operation(VPCS), body)
    same(operation(VPCS), body)


@pytest.mark.parametrize("content", BY_BOTOCORE.values(), ids=BY_BOTOCORE)
def test_what_is_not_is_left_to_botocore(content: str) -> None:
    body = document(VPCS, content)
    assert not is_read_leanly(operation(VPCS), body)
    same(operation(VPCS), body)


@pytest.mark.parametrize(
    ("request_id", "leanly"),
    [
        ("", True),
        ("<requestId/>", True),
        ("<requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>", True),
        ("<requestId>&lt;b&gt;</requestId>", False),
        ("<requestId>a&#13;</requestId>", False),
        ("<requestId>1</requestId><requestId>2</requestId>", False),
    ],
)
def test_the_request_is_named_as_botocore_names_it(request_id: str, leanly: bool) -> None:
    body = document(VPCS, "<vpcSet/>", request_id)
    assert is_read_leanly(operation(VPCS), body) is leanly
    same(operation(VPCS), body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html><body>Please sign in to the network</body></html>",
        b"<!doctype html><title>500</title><p>no such operation<br>",
        document(VPCS, "<vpcSet/>").replace(b"2016", b"\xff2016"),
        document(VPCS, "<vpcSet/>").decode().encode("utf-16"),
        document(VPCS, "<vpcSet/>") + b"<more/>",
        document(VPCS, "<vpcSet><item><vpcId>ø</vpcId></item></vpcSet>").replace(
            b"UTF-8", b"ISO-8859-1"
        ),
        document(VPCS, "<vpcSet/>").replace(NAMESPACE.encode(), b"http://www.w3.org/2000/xmlns/"),
        b"<vpcSet/>",
    ],
)
@pytest.mark.parametrize("status", [200, 403, 500, 503])
def test_what_is_no_answer_of_aws_is_refused_the_same(body: bytes, status: int) -> None:
    same(operation(VPCS), body, status)


def test_an_error_is_told_the_same() -> None:
    error = (
        b"<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error>"
        b"</Errors><RequestID>59dbff89</RequestID></Response>"
    )
    told = same(operation(VPCS), error, 403)
    assert told["Error"] == {"Code": "UnauthorizedOperation", "Message": "no"}


@pytest.mark.parametrize(
    ("member", "text"),
    [("launchTime", "soon"), ("amiLaunchIndex", "first"), ("amiLaunchIndex", "")],
)
def test_a_value_that_is_none_of_its_type_is_refused_the_same(member: str, text: str) -> None:
    instance = f"<item><{member}>{text}</{member}></item>"
    content = (
        f"<reservationSet><item><instancesSet>{instance}</instancesSet></item></reservationSet>"
    )
    body = document("DescribeInstances", content)
    assert read_by_botocore(operation("DescribeInstances"), body)[0] == "ValueError"
    same(operation("DescribeInstances"), body)


LAUGHS = "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 30)
).join(['<!ENTITY l0 "ha">', ""])


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE DescribeVpcsResponse>",
        f"<!DOCTYPE DescribeVpcsResponse [{LAUGHS}]>",
        '<!DOCTYPE DescribeVpcsResponse [<!ENTITY l29 SYSTEM "file:///etc/hostname">]>',
    ],
    ids=["nothing", "a billion laughs", "a file"],
)
def test_no_answer_may_define_what_it_says(declared: str) -> None:
    """Neither expanded nor left to a parser that might."""
    plain = document(VPCS, "<vpcSet><item><vpcId>&l29;</vpcId></item></vpcSet>").decode()
    head, _, rest = plain.partition("\n")
    kind, told = read_leanly(operation(VPCS), f"{head}{declared}{rest}".encode())
    assert kind == "ResponseParserError"
    assert "document type" in told
