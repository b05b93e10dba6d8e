"""docs/roles: the role that a run reads an account with, as CloudFormation and as Terraform.

``python -m reports.reader_role`` writes both, and the policy of the identity that a run over an
organization starts as; a test says when they are stale. The role's permissions are
docs/iam-policy.json: both texts are made from the same needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2

from reports.iam_policy import POLICY, needed_actions, policy_document

ROLES: Final = POLICY.parent / "roles"
#: The role's name where nobody chooses another.
ROLE_NAME: Final = "ssm-rollcall"
#: What finds an organization's accounts (``organization:`` in accounts.yaml).
LISTS_ACCOUNTS: Final = (
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
)
_TEMPLATES: Final = Path(__file__).parent / "templates"


def _indented(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2)


def _environment() -> jinja2.Environment:
    # Nothing here is HTML, and every value is ours.
    environment = jinja2.Environment(  # noqa: S701
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["tojson_indented"] = _indented
    return environment


def hub_policy() -> dict[str, Any]:
    """What a run over an organization needs where it starts, besides being trusted by the roles.

    It lists the accounts and assumes the reading role in each. To read the account it lives in it
    needs docs/iam-policy.json as well.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "RollCallListsAccounts",
                "Effect": "Allow",
                "Action": list(LISTS_ACCOUNTS),
                "Resource": "*",
            },
            {
                "Sid": "RollCallAssumesReaders",
                "Effect": "Allow",
                "Action": ["sts:AssumeRole"],
                "Resource": f"arn:aws:iam::*:role/{ROLE_NAME}",
            },
        ],
    }


def role_texts() -> Mapping[str, str]:
    """File name → text of everything below docs/roles."""
    environment = _environment()
    values = {"role_name": ROLE_NAME, "document": policy_document(needed_actions())}
    return {
        "rollcall-role.yaml": environment.get_template("rollcall-role.yaml.j2").render(values),
        "main.tf": environment.get_template("main.tf.j2").render(values),
        "hub-policy.json": _indented(hub_policy()) + "\n",
    }


def main() -> None:
    """Write every file."""
    ROLES.mkdir(exist_ok=True)
    for name, text in role_texts().items():
        (ROLES / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
