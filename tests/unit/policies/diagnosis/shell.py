"""Runs the commands of a remediation on the facts, as AWS would carry them out."""

from __future__ import annotations

import copy
import json
import re
import shlex
from collections.abc import Callable
from typing import Any, Final

from tests.unit.policies.diagnosis.broken_fleets import association
from tests.unit.policies.network.scenario import World

_ACCOUNT: Final = "111122223333"
_ASSIGNED: Final = re.compile(r'(\w+)="\$\((aws .+)\)"')
_INNER: Final = re.compile(r'"\$\((aws .+)\)"')
_PEERS: Final = re.compile(r"(IpRanges|UserIdGroupPairs)=\[\{(\w+)=([^}]+)\}\]")
_PRIVATE_NAME: Final = re.compile(r'PrivateDnsName==`"([^"]+)"`')
Options = dict[str, str]


def repaired(scene: World, remediation: str) -> World:
    """The facts after every command of the remediation; sentences and Terraform are passed over.

    Raises KeyError for a command that is not known here, ValueError where there is no command.
    """
    shell = _Shell(copy.deepcopy(scene))
    commands = [one for one in map(_command_in, remediation.splitlines()) if one]
    if not commands:
        raise ValueError(f"no command in {remediation!r}")
    for command in commands:
        shell.run(command)
    return shell.scene


def _command_in(line: str) -> str:
    """``If … is not wanted, remove it: aws iam …``: the command, ``""`` where there is none."""
    if line.startswith("aws ") or _ASSIGNED.fullmatch(line):
        return line
    sentence, _, command = line.partition(": aws ")
    return f"aws {command}" if sentence and command else ""


def _options(words: list[str]) -> Options:
    """``--egress --cidr-block 0.0.0.0/0`` → ``{"egress": "", "cidr-block": "0.0.0.0/0"}``."""
    options: Options = {}
    for word, following in zip(words, [*words[1:], "--"], strict=True):
        if word.startswith("--"):
            options[word.removeprefix("--")] = "" if following.startswith("--") else following
    return options


def _row(rows: list[dict[str, Any]], member: str, value: str) -> dict[str, Any]:
    return next(one for one in rows if one[member] == value)


class _Shell:
    """A scene and the variables of a session on it."""

    def __init__(self, scene: World) -> None:
        self.scene = scene
        self._variables: dict[str, str] = {}

    def run(self, line: str) -> None:
        assigned = _ASSIGNED.fullmatch(line)
        if assigned:
            self._variables[assigned[1]] = self._execute(assigned[2])
            return
        inner = _INNER.search(line)
        if inner:
            line = line.replace(inner[0], self._execute(inner[1]))
        for name, value in self._variables.items():
            line = line.replace(f'"${name}"', value)
        self._execute(line)

    def _execute(self, command: str) -> str:
        _, service, operation, *words = shlex.split(command)
        return _OPERATIONS[f"{service} {operation}"](self, _options(words)) or ""

    def authorize(self, options: Options, direction: str) -> None:
        peers, member, value = _PEERS.findall(options["ip-permissions"])[0]
        group = _row(self.scene["SecurityGroups"], "GroupId", options["group-id"])
        peer = {member: value}
        if peers == "UserIdGroupPairs":
            peer["UserId"] = _ACCOUNT
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, peers: [peer]}
        group[direction].append(rule)

    def let_out(self, options: Options) -> None:
        self.authorize(options, "IpPermissionsEgress")

    def let_in(self, options: Options) -> None:
        self.authorize(options, "IpPermissions")

    def add_acl_entry(self, options: Options) -> None:
        first, last = re.findall(r"\d+", options["port-range"])
        acl = _row(self.scene["NetworkAcls"], "NetworkAclId", options["network-acl-id"])
        number = int(options["rule-number"])
        egress = "egress" in options
        taken = {one["RuleNumber"] for one in acl["Entries"] if one["Egress"] is egress}
        assert number not in taken, "NetworkAclEntryAlreadyExists"
        acl["Entries"].append(
            {
                "RuleNumber": number,
                "Egress": egress,
                "Protocol": "6",
                "RuleAction": options["rule-action"],
                "PortRange": {"From": int(first), "To": int(last)},
                "CidrBlock": options["cidr-block"],
            }
        )

    def set_route(self, options: Options) -> None:
        table = _row(self.scene["RouteTables"], "RouteTableId", options["route-table-id"])
        routes = table["Routes"]
        block = options["destination-cidr-block"]
        targets = {"gateway-id": "GatewayId", "nat-gateway-id": "NatGatewayId"}
        route = {member: options[option] for option, member in targets.items() if option in options}
        route |= {"DestinationCidrBlock": block, "State": "active", "Origin": "CreateRoute"}
        routes[:] = [one for one in routes if one["DestinationCidrBlock"] != block] + [route]

    def create_group(self, options: Options) -> str:
        group_id = f"sg-new-{options['group-name']}"
        groups = self.scene["SecurityGroups"]
        group = {"GroupId": group_id, "VpcId": options["vpc-id"], "IpPermissions": []}
        groups.append(group | {"IpPermissionsEgress": []})
        return group_id

    def find_service(self, options: Options) -> str:
        host = _PRIVATE_NAME.findall(options["query"])[0]
        return f"com.amazonaws.eu-central-1.{host.partition('.')[0]}"

    def create_endpoint(self, options: Options) -> None:
        subnet = _row(self.scene["Subnets"], "SubnetId", options["subnet-ids"])
        service = options["service-name"].rpartition(".")[2]
        groups = [{"GroupId": options["security-group-ids"]}]
        last = 200 + len(self.scene["NetworkInterfaces"])
        interface = f"eni-new-{service}"
        placed = {"VpcId": options["vpc-id"], "SubnetId": subnet["SubnetId"], "Groups": groups}
        self.scene["NetworkInterfaces"].append(
            placed
            | {
                "NetworkInterfaceId": interface,
                "InterfaceType": "vpc_endpoint",
                "PrivateIpAddress": f"{subnet['CidrBlock'].rpartition('.')[0]}.{last}",
            }
        )
        self.scene["VpcEndpoints"].append(
            {
                "VpcEndpointId": f"vpce-new-{service}",
                "VpcEndpointType": options["vpc-endpoint-type"],
                "VpcId": options["vpc-id"],
                "OwnerId": _ACCOUNT,
                "ServiceName": options["service-name"],
                "State": "available",
                "PrivateDnsEnabled": "private-dns-enabled" in options,
                "SubnetIds": [subnet["SubnetId"]],
                "NetworkInterfaceIds": [interface],
                "Groups": groups,
                "DnsEntries": [{"DnsName": f"{service}.eu-central-1.amazonaws.com"}],
            }
        )

    def set_endpoint_policy(self, options: Options) -> None:
        endpoint = _row(self.scene["VpcEndpoints"], "VpcEndpointId", options["vpc-endpoint-id"])
        endpoint["PolicyDocument"] = json.loads(options["policy-document"])

    def set_metadata(self, options: Options) -> None:
        metadata = self._instance(options)["MetadataOptions"]
        metadata["HttpEndpoint"] = options["http-endpoint"]

    def associate_profile(self, options: Options) -> None:
        name = options["iam-instance-profile"].removeprefix("Name=")
        profile = _row(self._profiles, "InstanceProfileName", name)
        self._instance(options)["IamInstanceProfile"] = {"Arn": profile["Arn"]}
        answer = self.scene["Answers"]["ec2.DescribeIamInstanceProfileAssociations"]
        made = association(options["instance-id"], profile["Arn"])
        answer["IamInstanceProfileAssociations"].append(made)

    def create_role(self, options: Options) -> None:
        name = options["role-name"]
        self._roles.append(
            {
                "RoleName": name,
                "Arn": f"arn:aws:iam::{_ACCOUNT}:role/{name}",
                "RoleId": f"AROA{name}",
                "Path": "/",
                "AssumeRolePolicyDocument": json.loads(options["assume-role-policy-document"]),
                "AttachedManagedPolicies": [],
                "RolePolicyList": [],
            }
        )

    def attach_policy(self, options: Options) -> None:
        arn = options["policy-arn"]
        attached = {"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]}
        self._role(options)["AttachedManagedPolicies"].append(attached)

    def put_policy(self, options: Options) -> None:
        document = json.loads(options["policy-document"])
        put = {"PolicyName": options["policy-name"], "PolicyDocument": document}
        self._role(options)["RolePolicyList"].append(put)

    def set_trust(self, options: Options) -> None:
        trust = json.loads(options["policy-document"])
        self._role(options)["AssumeRolePolicyDocument"] = trust

    def create_profile(self, options: Options) -> None:
        name = options["instance-profile-name"]
        arn = f"arn:aws:iam::{_ACCOUNT}:instance-profile/{name}"
        self._profiles.append({"InstanceProfileName": name, "Arn": arn, "Roles": []})

    def put_role_into_profile(self, options: Options) -> None:
        name = options["instance-profile-name"]
        role = self._role(options)
        held = {"RoleName": role["RoleName"], "Arn": role["Arn"]}
        _row(self._profiles, "InstanceProfileName", name)["Roles"].append(held)

    @property
    def _roles(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.scene["Answers"]["iam.GetAccountAuthorizationDetails"][
            "RoleDetailList"
        ]
        return rows

    @property
    def _profiles(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.scene["Answers"]["iam.ListInstanceProfiles"][
            "InstanceProfiles"
        ]
        return rows

    def _role(self, options: Options) -> dict[str, Any]:
        return _row(self._roles, "RoleName", options["role-name"])

    def _instance(self, options: Options) -> dict[str, Any]:
        rows = self.scene["Reservations"][0]["Instances"]
        return _row(rows, "InstanceId", options["instance-id"])


_OPERATIONS: Final[dict[str, Callable[[_Shell, Options], str | None]]] = {
    "ec2 authorize-security-group-egress": _Shell.let_out,
    "ec2 authorize-security-group-ingress": _Shell.let_in,
    "ec2 create-network-acl-entry": _Shell.add_acl_entry,
    "ec2 create-route": _Shell.set_route,
    "ec2 replace-route": _Shell.set_route,
    "ec2 create-security-group": _Shell.create_group,
    "ec2 describe-vpc-endpoint-services": _Shell.find_service,
    "ec2 create-vpc-endpoint": _Shell.create_endpoint,
    "ec2 modify-vpc-endpoint": _Shell.set_endpoint_policy,
    "ec2 modify-instance-metadata-options": _Shell.set_metadata,
    "ec2 associate-iam-instance-profile": _Shell.associate_profile,
    "iam create-role": _Shell.create_role,
    "iam attach-role-policy": _Shell.attach_policy,
    "iam put-role-policy": _Shell.put_policy,
    "iam update-assume-role-policy": _Shell.set_trust,
    "iam create-instance-profile": _Shell.create_profile,
    "iam add-role-to-instance-profile": _Shell.put_role_into_profile,
}
