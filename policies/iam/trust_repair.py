"""The trust policy to write, and the command that writes it."""

from __future__ import annotations

import json
import shlex
from typing import Any

from inventory.facts import Role
from policies.iam.evaluation import (
    ConditionKeys,
    Decision,
    Grammar,
    Layer,
    Layers,
    Malformed,
    Request,
    Service,
    decide,
    parse,
)
from policies.iam.evaluation.document import decoded
from policies.iam.trust import ASSUME_ROLE

_VERSION = "2012-10-17"


def repaired_document(role: Role, trust: Decision, service: str) -> dict[str, Any]:
    """The role's trust policy with EC2 let in: what is there stays, but for a Deny of EC2.

    A document that cannot be understood is replaced as a whole.
    """
    document = decoded(role.assume_role_policy_document, role.role_name)
    listed = [] if isinstance(document, Malformed) else document.get("Statement", [])
    statements = list(listed) if isinstance(listed, list | tuple) else [listed]
    denying = {match.statement.index for match in trust.deciding} if trust.explicit else set()
    kept = [one for index, one in enumerate(statements, start=1) if index not in denying]
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": ASSUME_ROLE}
    version = _VERSION if isinstance(document, Malformed) else document.get("Version", "2008-10-17")
    repaired = {"Version": version, "Statement": kept}
    if not _lets_in(repaired, role, service):
        kept.append(allow)
    return repaired


def repair_command(role: Role, trust: Decision, service: str) -> str:
    """A command for a POSIX shell that writes the repaired trust policy.

    Names and documents are text that anybody with IAM rights chose, so each is quoted.
    """
    document = json.dumps(repaired_document(role, trust, service))
    command = (
        f"aws iam update-assume-role-policy --role-name {shlex.quote(role.role_name)} "
        f"--policy-document {shlex.quote(document)}"
    )
    if not trust.explicit:
        return command
    removed = ", ".join(repr(match.statement.label) for match in trust.deciding)
    return f"If {removed} is not wanted, remove it: {command}"


def _lets_in(document: dict[str, Any], role: Role, service: str) -> bool:
    """Whether the document allows the service whatever the request's keys are."""
    trust = Layer("repaired", (parse(document, name="repaired", grammar=Grammar.TRUST),))
    request = Request(ASSUME_ROLE, (role.arn,), Service(service), ConditionKeys.of({}))
    return decide(request, Layers(resource=trust)).is_allowed
