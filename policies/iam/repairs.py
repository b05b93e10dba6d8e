"""The commands and the Terraform that repair a profile or a role, real names filled in.

Names and documents are text that anybody with IAM rights chose: each is quoted for a POSIX shell,
and for Terraform.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from inventory.facts import InstanceProfile, Node, Role
from policies.iam.agent_actions import CORE_POLICY, DHMC_POLICY
from policies.iam.trust import ASSUME_ROLE, SYSTEMS_MANAGER, ec2_names

#: What a role and a profile are called that have no name yet.
NEW_NAME = "ssm-node"
#: What stands above the Terraform for those who do not repair by command.
IN_TERRAFORM = "Or in Terraform:"
_VERSION = "2012-10-17"


def allow_statement(actions: Iterable[str], resource: str = "*") -> dict[str, Any]:
    """An Allow statement for these actions, as IAM writes it."""
    return {"Effect": "Allow", "Action": sorted(actions), "Resource": resource}


def aws_policy_arn(name: str, partition: str) -> str:
    """``arn:aws-cn:iam::aws:policy/…``: managed policies live in the partition (R-3.1)."""
    return f"arn:{partition}:iam::aws:policy/{name}"


def core_policy_command(role: Role, partition: str) -> str:
    """Attach everything the agent needs."""
    arn = aws_policy_arn(CORE_POLICY, partition)
    return _command("iam attach-role-policy", {"role-name": role.role_name, "policy-arn": arn})


def inline_policy(role: Role, statement: Mapping[str, Any], name: str) -> str:
    """The command that gives a role a statement, and the same as Terraform."""
    command = _command(
        "iam put-role-policy",
        {
            "role-name": role.role_name,
            "policy-name": name,
            "policy-document": json.dumps(document([statement])),
        },
    )
    terraform = _resource(
        "aws_iam_role_policy",
        name,
        {"name": _text(name), "role": _text(role.role_name), "policy": _json([statement])},
    )
    return f"{command}\n{_in_terraform(terraform)}"


def new_version(policy_arn: str, statements: Iterable[Mapping[str, Any]]) -> str:
    """The command that puts a managed policy's next version in force."""
    text = json.dumps(document(statements))
    options = {"policy-arn": policy_arn, "policy-document": text}
    return f"{_command('iam create-policy-version', options)} --set-as-default"


def new_profile(node: Node) -> str:
    """Make a role and a profile for nodes, and attach it to the instance."""
    options = {
        "instance-id": node.id,
        "region": node.region.name,
        "iam-instance-profile": f"Name={NEW_NAME}",
    }
    profile = {"instance-profile-name": NEW_NAME}
    terraform = _resource(
        "aws_iam_instance_profile", NEW_NAME, {"name": _text(NEW_NAME), "role": _text(NEW_NAME)}
    )
    return "\n".join(
        [
            "Attach a profile whose role the controls IAM-03 to IAM-06 pass, or make one:",
            *_new_node_role(node.partition),
            _command("iam create-instance-profile", profile),
            _command("iam add-role-to-instance-profile", profile | {"role-name": NEW_NAME}),
            _command("ec2 associate-iam-instance-profile", options),
            _in_terraform(terraform),
        ]
    )


def role_into_profile(profile: InstanceProfile, partition: str) -> str:
    """Make a role for nodes and put it into the profile."""
    name = profile.instance_profile_name
    options = {"instance-profile-name": name, "role-name": NEW_NAME}
    terraform = _resource(
        "aws_iam_instance_profile", NEW_NAME, {"name": _text(name), "role": _text(NEW_NAME)}
    )
    return "\n".join(
        [
            "Put in a role that the controls IAM-03 to IAM-06 pass, or make one:",
            *_new_node_role(partition),
            _command("iam add-role-to-instance-profile", options),
            _in_terraform(terraform),
        ]
    )


def swapped_policy(role: Role, wrong: Iterable[str], partition: str) -> str:
    """Attach what nodes need, and take off the policies that are not it."""
    terraform = _resource(
        "aws_iam_role_policy_attachment",
        NEW_NAME,
        {
            "role": _text(role.role_name),
            "policy_arn": _text(aws_policy_arn(CORE_POLICY, partition)),
        },
    )
    detach = [
        _command("iam detach-role-policy", {"role-name": role.role_name, "policy-arn": arn})
        for arn in wrong
    ]
    return "\n".join([core_policy_command(role, partition), *detach, _in_terraform(terraform)])


def new_management_role(name: str, partition: str) -> str:
    """Make the role that Default Host Management's setting names (R-2.9)."""
    terraform = _resource(
        "aws_iam_role",
        NEW_NAME,
        {
            "name": _text(name),
            "path": _text("/service-role/"),
            "assume_role_policy": _json([_trust(SYSTEMS_MANAGER)]),
        },
    )
    options = {"path": "/service-role/"}
    return "\n".join(
        [
            *_new_role(name, SYSTEMS_MANAGER, DHMC_POLICY, partition, options),
            _in_terraform(terraform),
        ]
    )


def document(statements: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A whole policy document."""
    return {"Version": _VERSION, "Statement": [dict(one) for one in statements]}


def _new_node_role(partition: str) -> list[str]:
    return _new_role(NEW_NAME, ec2_names(partition).preferred, CORE_POLICY, partition, {})


def _new_role(
    name: str, service: str, policy: str, partition: str, options: Mapping[str, str]
) -> list[str]:
    trust = json.dumps(document([_trust(service)]))
    made = {"role-name": name, **options, "assume-role-policy-document": trust}
    attached = {"role-name": name, "policy-arn": aws_policy_arn(policy, partition)}
    return [_command("iam create-role", made), _command("iam attach-role-policy", attached)]


def _trust(service: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": ASSUME_ROLE}


def _command(operation: str, options: Mapping[str, str]) -> str:
    written = " ".join(f"--{name} {shlex.quote(value)}" for name, value in options.items())
    return f"aws {operation} {written}"


def _in_terraform(resource: str) -> str:
    return f"{IN_TERRAFORM}\n{resource}"


def _resource(kind: str, label: str, arguments: Mapping[str, str]) -> str:
    width = max(len(name) for name in arguments)
    lines = [f"  {name.ljust(width)} = {value}" for name, value in arguments.items()]
    identifier = label.replace("-", "_")
    return "\n".join([f'resource "{kind}" "{identifier}" {{', *lines, "}"])


def _json(statements: Iterable[Mapping[str, Any]]) -> str:
    return f"jsonencode({_literal(json.dumps(document(statements)))})"


def _text(value: str) -> str:
    return _literal(json.dumps(value))


def _literal(text: str) -> str:
    """JSON as an HCL expression: there, ``${`` and ``%{`` would start a template."""
    return text.replace("${", "$${").replace("%{", "%%{")
