"""An AWS whose every answer is written down by the test, reached through real boto3 clients."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from inventory.collect import AccountSpec, OpenAccount

ACCOUNT = "111122223333"
REGION = "eu-central-1"
ONE_ATTEMPT = Config(retries={"mode": "standard", "total_max_attempts": 1})

#: Read once: AWS's models are large, and each session would read them anew.
_MODELS = botocore.session.Session().get_component("data_loader")

Answer = Mapping[str, Any] | BaseException
Script = Answer | Sequence[Answer] | Callable[[Mapping[str, Any], str], Answer]

#: What a Region and an account without anything answer, in AWS's member names.
NOTHING: Mapping[str, Script] = {
    "iam.GetAccountAuthorizationDetails": {"RoleDetailList": [], "Policies": []},
    "iam.ListInstanceProfiles": {"InstanceProfiles": []},
    "organizations.DescribeOrganization": {"Organization": {"Id": "o-exampleorgid"}},
    "organizations.ListRoots": {"Roots": []},
    "organizations.ListParents": {"Parents": [{"Id": "r-root", "Type": "ROOT"}]},
    "ec2.DescribeRegions": {"Regions": [{"RegionName": REGION, "OptInStatus": "opted-in"}]},
    "ec2.DescribeInstances": {"Reservations": []},
    "ec2.DescribeIamInstanceProfileAssociations": {"IamInstanceProfileAssociations": []},
    "ssm.DescribeInstanceInformation": {"InstanceInformationList": []},
    "ssm.GetServiceSetting": {"ServiceSetting": {"SettingId": "/ssm/x", "SettingValue": "$None"}},
    "ec2.DescribeInstanceStatus": {"InstanceStatuses": []},
    "ec2.DescribeImages": {"Images": []},
    "ssm.ListAssociations": {"Associations": []},
    "ssm.GetConnectionStatus": lambda asked, _: {"Target": asked["Target"], "Status": "connected"},
    "ec2.GetConsoleOutput": lambda asked, _: {"InstanceId": asked["InstanceId"]},
    "ec2.DescribeNetworkInterfaces": {"NetworkInterfaces": []},
    "ec2.DescribeSubnets": {"Subnets": []},
    "ec2.DescribeVpcs": {"Vpcs": []},
    "ec2.DescribeVpcAttribute": lambda asked, _: {"VpcId": asked["VpcId"]},
    "ec2.DescribeDhcpOptions": {"DhcpOptions": []},
    "ec2.DescribeRouteTables": {"RouteTables": []},
    "ec2.DescribeNetworkAcls": {"NetworkAcls": []},
    "ec2.DescribeSecurityGroups": {"SecurityGroups": []},
    "ec2.DescribeManagedPrefixLists": {"PrefixLists": []},
    "ec2.DescribeInternetGateways": {"InternetGateways": []},
    "ec2.DescribeNatGateways": {"NatGateways": []},
    "ec2.DescribeVpcEndpoints": {"VpcEndpoints": []},
    "ec2.DescribeVpcBlockPublicAccessOptions": {"VpcBlockPublicAccessOptions": {}},
    "ec2.DescribeVpcBlockPublicAccessExclusions": {"VpcBlockPublicAccessExclusions": []},
    "ec2.GetManagedPrefixListEntries": {"Entries": []},
    "ec2.DescribeVpcPeeringConnections": {"VpcPeeringConnections": []},
    "ec2.DescribeTransitGateways": {"TransitGateways": []},
    "ec2.DescribeTransitGatewayAttachments": {"TransitGatewayAttachments": []},
    "ec2.DescribeTransitGatewayVpcAttachments": {"TransitGatewayVpcAttachments": []},
    "ec2.DescribeTransitGatewayRouteTables": {"TransitGatewayRouteTables": []},
    "ec2.SearchTransitGatewayRoutes": {"Routes": [], "AdditionalRoutesAvailable": False},
    "ec2.DescribeVpnGateways": {"VpnGateways": []},
    "ec2.DescribeEgressOnlyInternetGateways": {"EgressOnlyInternetGateways": []},
    "ec2.DescribeVpcEncryptionControls": {"VpcEncryptionControls": []},
    "route53.ListHostedZonesByVPC": {"HostedZoneSummaries": []},
    "route53.ListResourceRecordSets": {"ResourceRecordSets": [], "IsTruncated": False},
    "route53resolver.ListResolverRuleAssociations": {"ResolverRuleAssociations": []},
    "route53resolver.ListResolverRules": {"ResolverRules": []},
    "route53resolver.ListFirewallRuleGroupAssociations": {"FirewallRuleGroupAssociations": []},
    "route53resolver.ListFirewallRules": {"FirewallRules": []},
    "route53resolver.ListFirewallDomains": {"Domains": []},
    "route53profiles.ListProfileAssociations": {"ProfileAssociations": []},
    "route53profiles.ListProfileResourceAssociations": {"ProfileResourceAssociations": []},
}


class RefusedError(Exception):
    """Stands for an error answer of AWS in a script."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message


class ScriptedAws:
    """Answers operations by script and remembers what was asked.

    A script is one answer for every request, a sequence of answers in order, or a function of the
    request's parameters and Region. An exception is raised, a RefusedError becomes an error answer.
    """

    def __init__(self, scripts: Mapping[str, Script] | None = None) -> None:
        self._scripts = dict(scripts or {})
        self._lock = threading.Lock()
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        inner = botocore.session.Session()
        inner.register_component("data_loader", _MODELS)
        self.session = boto3.Session(
            "AKIDEXAMPLE", "example", region_name=REGION, botocore_session=inner
        )
        self.session.events.register("provide-client-params", self._note)
        self.session.events.register("before-call", self._answer)

    def account(self, name: str = "prod", account_id: str = ACCOUNT, **spec: Any) -> OpenAccount:
        caller = f"arn:aws:iam::{account_id}:user/reader"
        return OpenAccount(name, account_id, caller, self.session, AccountSpec(name=name, **spec))

    def script(self, operation: str, script: Script) -> None:
        """Replace an operation's script and forget what was asked."""
        self._scripts[operation] = script
        self.asked.clear()

    def operations(self) -> list[str]:
        return [operation for operation, _, _ in self.asked]

    def requests(self, operation: str) -> list[dict[str, Any]]:
        return [request for asked, _, request in self.asked if asked == operation]

    def _note(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        operation = f"{model.service_model.service_name}.{model.name}"
        region, request = context["client_region"], context["asked"]
        with self._lock:
            self.asked.append((operation, region, request))
            script = self._scripts.get(operation, NOTHING.get(operation))
            if isinstance(script, list):
                script = script.pop(0)
        answer = script(request, region) if callable(script) else script
        match answer:
            case RefusedError(code=code, message=message):
                error = {"Code": code, "Message": message}
                return SimpleNamespace(status_code=400), {"Error": error}
            case BaseException():
                raise answer
            case None:
                raise AssertionError(f"no script for {operation}")
        return SimpleNamespace(status_code=200), {"ResponseMetadata": {}, **answer}


def reservation(*instances: Mapping[str, Any]) -> dict[str, Any]:
    return {"Instances": [dict(instance) for instance in instances]}


def with_one_instance(vpc: str = "vpc-1") -> dict[str, Any]:
    return {"Reservations": [reservation({"InstanceId": "i-1", "VpcId": vpc, "ImageId": "ami-1"})]}
