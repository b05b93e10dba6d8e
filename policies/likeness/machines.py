"""Whether a policy document can tell one machine from another.

Where it can, nodes with the same role are not alike. The question is asked of the text: a document
that only might is taken for one that does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from inventory.facts import AccountFacts, ManagedPolicy, Role, Unread
from inventory.facts.guardrails import PolicyLevel

#: Condition keys that differ from machine to machine, a session's name, and variables of any kind.
_OWN: Final = re.compile(
    r"sourceinstancearn|ec2instancesource|userid|sourceip|assumed-role|assumedrole|:sts:|\$\{",
    re.IGNORECASE,
)
#: Resources of which the same holds for every instance: all of them, or none.
_BLIND: Final = re.compile(
    r"\*|arn:[^:/*?]*:ec2:[^/]*:instance/\*|arn:[^:/*?]+:(?!ec2:)[a-z0-9-]+:.*", re.ASCII
)
#: What a document may be made of, and in which versions of the language: what else it says nobody
#: knows (iam.md 2).
_ELEMENTS: Final = frozenset({"Version", "Id", "Statement"})
_VERSIONS: Final = ("2008-10-17", "2012-10-17")
#: A statement that allows everything to everyone, in the two ways to write everyone.
_OPEN: Final = tuple(
    {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}
    for principal in ("*", {"AWS": "*"})
)
_RESOURCES: Final = ("resource", "notresource")


def tells_machines_apart(document: object) -> bool:
    """Whether a document's answer may depend on which machine asks; ``None`` is no document."""
    if document is None:
        return False
    try:
        statements = json.loads(unquote(document)) if isinstance(document, str) else document
        text = json.dumps(statements)
    except (ValueError, RecursionError):
        return True
    return bool(_OWN.search(text)) or not all(
        isinstance(one, str) and _BLIND.fullmatch(one) for one in _resources(statements)
    )


def lets_all_through(document: object) -> bool:
    """Whether a resource policy is AWS's own default for endpoints, or as wide; ``None`` is none.

    It allows everything to everyone, and no other statement takes any of it back.
    """
    if document is None:
        return True
    try:
        policy = json.loads(document) if isinstance(document, str) else document
    except (ValueError, RecursionError):
        return False
    if not isinstance(policy, dict) or not policy.keys() <= _ELEMENTS:
        return False
    listed = policy.get("Statement")
    statements = listed if isinstance(listed, list) else [listed]
    is_read = policy.get("Version", _VERSIONS[0]) in _VERSIONS
    return is_read and bool(statements) and all(one in _OPEN for one in statements)


def _resources(value: Any) -> Iterator[object]:
    """Whatever stands under Resource or NotResource, wherever that is."""
    if isinstance(value, dict):
        for key, one in value.items():
            if str(key).casefold() in _RESOURCES:
                yield from one if isinstance(one, list) else (one,)
            else:
                yield from _resources(one)
    elif isinstance(value, list):
        for one in value:
            yield from _resources(one)


def role_tells_machines_apart(role: Role, account: AccountFacts) -> bool:
    """The same of all documents that a role brings along, its trust policy included."""
    boundary = role.permissions_boundary
    arns = [one.policy_arn for one in role.attached_managed_policies]
    if boundary is not None:
        arns.append(boundary.permissions_boundary_arn)
    documents = [role.assume_role_policy_document]
    documents += (one.policy_document for one in role.role_policy_list)
    documents += (_managed(arn, account) for arn in arns)
    return any(map(tells_machines_apart, documents))


def levels_tell_machines_apart(levels: tuple[PolicyLevel, ...] | Unread) -> bool:
    """The same of an organization's policies; one that was not read says nothing about anyone."""
    return any(
        tells_machines_apart(policy.content)
        for level in (() if isinstance(levels, Unread) else levels)
        for policy in (() if isinstance(level.policies, Unread) else level.policies)
        if not isinstance(policy, Unread)
    )


def _managed(arn: str, account: AccountFacts) -> Any:
    found: ManagedPolicy | Unread = account.managed_policies.find(arn)
    return None if isinstance(found, Unread) else found.document
