"""What EC2 and Systems Manager tell of the instances of a Region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from benchmarks.fleets.gateways import other_interfaces
from benchmarks.fleets.guards import group_reference
from benchmarks.fleets.identifiers import ago, digits, identifier
from benchmarks.fleets.machines import Defect, Machine
from benchmarks.fleets.roles import profile_reference
from benchmarks.fleets.vpcs import Row, Vpc
from inventory.facts import DHMC_SETTING, UPDATE_DOCUMENT

_RUNNING: Final = {"Code": 16, "Name": "running"}
_STOPPED: Final = {"Code": 80, "Name": "stopped"}
#: An Online agent has spoken within the last five minutes, a silent one not for two days.
_FRESH_SECONDS: Final = 290
_SILENT_HOURS: Final = 50


def instance_answers(vpcs: Sequence[Vpc], machines: Sequence[Machine]) -> Iterator[tuple[str, Any]]:
    """Operation and answer; the large ones are made one after the other."""
    yield "ec2.DescribeInstances", {"Reservations": [_reservation(one) for one in machines]}
    running = [one for one in machines if one.is_running]
    yield "ec2.DescribeInstanceStatus", {"InstanceStatuses": [_status(one) for one in running]}
    associations = [_profile_association(one) for one in machines if one.profile]
    yield (
        "ec2.DescribeIamInstanceProfileAssociations",
        {"IamInstanceProfileAssociations": associations},
    )
    interfaces = [_listed_interface(one) for one in machines]
    interfaces += [row for vpc in vpcs for row in other_interfaces(vpc)]
    yield "ec2.DescribeNetworkInterfaces", {"NetworkInterfaces": interfaces}
    nodes = [_managed_node(one) for one in machines if one.is_known]
    yield "ssm.DescribeInstanceInformation", {"InstanceInformationList": nodes}


def image_and_setting_answers(
    machines: Sequence[Machine], region: str, account: str
) -> Iterator[tuple[str, Any]]:
    """The images in use, Default Host Management, and who keeps the agents up to date."""
    in_use = {one.group.image_id: one.group for one in machines}
    images = [
        {
            "ImageId": image_id,
            "Name": group.platform.image.format(group.release),
            "OwnerId": group.platform.owner,
            "ImageOwnerAlias": "amazon",
            "Architecture": "x86_64",
            "CreationDate": ago(days=100),
            "State": "available",
            "Public": True,
        }
        for image_id, group in sorted(in_use.items())
    ]
    about_images = {"Filters": [{"Name": "image-id", "Values": list(in_use)}]}
    yield (
        "ec2.DescribeImages",
        [{"request": about_images, "response": {"Images": images}}],
    )
    setting = {
        "SettingId": DHMC_SETTING,
        "SettingValue": "$None",
        "Status": "Default",
        "ARN": f"arn:aws:ssm:{region}:{account}:servicesetting{DHMC_SETTING}",
    }
    request = {"SettingId": DHMC_SETTING}
    yield (
        "ssm.GetServiceSetting",
        [{"request": request, "response": {"ServiceSetting": setting}}],
    )
    association = {
        "AssociationId": identifier("association", region),
        "Name": UPDATE_DOCUMENT,
        "Targets": [{"Key": "InstanceIds", "Values": ["*"]}],
        "ScheduleExpression": "rate(14 days)",
        "LastExecutionDate": ago(days=3),
    }
    yield "ssm.ListAssociations", {"Associations": [association]}


def _reservation(one: Machine) -> Row:
    return {
        "ReservationId": identifier("r", one.id),
        "OwnerId": one.vpc.account,
        "Groups": [],
        "Instances": [_instance(one)],
    }


def _instance(one: Machine) -> Row:
    group = one.group
    row: Row = {
        "InstanceId": one.id,
        "ImageId": group.image_id,
        "InstanceType": group.size,
        "LaunchTime": ago(days=group.age_days, seconds=37 * one.own_number),
        "State": _RUNNING if one.is_running else _STOPPED,
        "StateTransitionReason": "" if one.is_running else "User initiated",
        "Architecture": "x86_64",
        "Hypervisor": "xen",
        "VirtualizationType": "hvm",
        "PlatformDetails": "Windows" if group.platform.is_windows else "Linux/UNIX",
        "UsageOperation": "RunInstances:0002" if group.platform.is_windows else "RunInstances",
        "AmiLaunchIndex": 0,
        "ClientToken": digits("token", one.id),
        "EbsOptimized": True,
        "EnaSupport": True,
        "BootMode": "uefi-preferred",
        "CurrentInstanceBootMode": "uefi",
        "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2},
        "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
        "EnclaveOptions": {"Enabled": False},
        "HibernationOptions": {"Configured": False},
        "MaintenanceOptions": {"AutoRecovery": "default"},
        "Monitoring": {"State": "disabled"},
        "MetadataOptions": _metadata_options(one),
        "Placement": {
            "AvailabilityZone": f"{one.vpc.region}{one.vpc.zone_of(one.subnet)}",
            "GroupName": "",
            "Tenancy": "default",
        },
        "PrivateDnsName": _host_name(one),
        "PrivateIpAddress": one.address,
        "PublicDnsName": "",
        "RootDeviceName": "/dev/xvda",
        "RootDeviceType": "ebs",
        "BlockDeviceMappings": [_volume(one)],
        "SecurityGroups": [group_reference(one.vpc, name) for name in one.security_groups],
        "NetworkInterfaces": [_interface(one)],
        "ProductCodes": [],
        "SourceDestCheck": True,
        "SubnetId": one.vpc.named("subnet", one.subnet),
        "VpcId": one.vpc.id,
        "Tags": _tags(one),
    }
    if one.public_address:
        row["PublicIpAddress"] = one.public_address
    if group.platform.is_windows:
        row["Platform"] = "windows"
    if one.profile:
        row["IamInstanceProfile"] = profile_reference(one.vpc.account, one.profile)
    return row


def _metadata_options(one: Machine) -> Row:
    return {
        "State": "applied",
        "HttpTokens": one.tokens,
        "HttpPutResponseHopLimit": one.group.hop_limit,
        "HttpEndpoint": "disabled" if one.defect is Defect.METADATA_OFF else "enabled",
        "HttpProtocolIpv6": "disabled",
        "InstanceMetadataTags": "disabled",
    }


def _tags(one: Machine) -> list[Row]:
    group = one.group
    tags = {
        "Name": group.name,
        "Environment": group.environment,
        "Team": f"team-{group.number % 7}",
        "aws:autoscaling:groupName": group.name,
        "aws:ec2launchtemplate:id": identifier("lt", group.name),
        "aws:ec2launchtemplate:version": "4",
    }
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _volume(one: Machine) -> Row:
    attached = ago(days=one.group.age_days, seconds=37 * one.own_number)
    return {
        "DeviceName": "/dev/xvda",
        "Ebs": {
            "AttachTime": attached,
            "DeleteOnTermination": True,
            "Status": "attached",
            "VolumeId": identifier("vol", one.id),
        },
    }


def _interface(one: Machine) -> Row:
    attached = ago(days=one.group.age_days, seconds=37 * one.own_number)
    address: Row = {
        "PrivateIpAddress": one.address,
        "PrivateDnsName": _host_name(one),
        "Primary": True,
    }
    row: Row = {
        "NetworkInterfaceId": identifier("eni", one.id),
        "Description": "",
        "InterfaceType": "interface",
        "OwnerId": one.vpc.account,
        "VpcId": one.vpc.id,
        "SubnetId": one.vpc.named("subnet", one.subnet),
        "MacAddress": _mac_address(one),
        "Groups": [group_reference(one.vpc, name) for name in one.security_groups],
        "Ipv6Addresses": [],
        "PrivateDnsName": _host_name(one),
        "PrivateIpAddress": one.address,
        "PrivateIpAddresses": [address],
        "SourceDestCheck": True,
        "Status": "in-use",
        "Attachment": {
            "AttachmentId": identifier("eni-attach", one.id),
            "AttachTime": attached,
            "DeleteOnTermination": True,
            "DeviceIndex": 0,
            "NetworkCardIndex": 0,
            "Status": "attached",
        },
    }
    if one.public_address:
        association = {"IpOwnerId": "amazon", "PublicDnsName": "", "PublicIp": one.public_address}
        row["Association"] = address["Association"] = association
    return row


def _listed_interface(one: Machine) -> Row:
    """As DescribeNetworkInterfaces has it: a little more than the instance itself quotes."""
    row = _interface(one)
    return row | {
        "Attachment": row["Attachment"]
        | {"InstanceId": one.id, "InstanceOwnerId": one.vpc.account},
        "AvailabilityZone": f"{one.vpc.region}{one.vpc.zone_of(one.subnet)}",
        "RequesterManaged": False,
        "TagSet": [],
    }


def _status(one: Machine) -> Row:
    passed = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    return {
        "InstanceId": one.id,
        "AvailabilityZone": f"{one.vpc.region}{one.vpc.zone_of(one.subnet)}",
        "InstanceState": _RUNNING,
        "InstanceStatus": passed,
        "SystemStatus": passed,
        "AttachedEbsStatus": passed,
    }


def _profile_association(one: Machine) -> Row:
    return {
        "AssociationId": identifier("iip-assoc", one.id),
        "InstanceId": one.id,
        "IamInstanceProfile": profile_reference(one.vpc.account, one.profile),
        "State": "associated",
    }


def _managed_node(one: Machine) -> Row:
    platform = one.group.platform
    silent = {"seconds": 1 + one.number * 7 % _FRESH_SECONDS}
    if not one.is_online:
        silent["seconds"] += _SILENT_HOURS * 3600
    return {
        "InstanceId": one.id,
        "PingStatus": "Online" if one.is_online else "ConnectionLost",
        "LastPingDateTime": ago(**silent),
        "AgentVersion": one.agent_version,
        "IsLatestVersion": False,
        "PlatformType": "Windows" if platform.is_windows else "Linux",
        "PlatformName": platform.name,
        "PlatformVersion": platform.version,
        "ResourceType": "EC2Instance",
        "IPAddress": one.address,
        "ComputerName": _host_name(one),
        "AssociationStatus": "Success",
        "LastAssociationExecutionDate": ago(days=3),
        "SourceId": one.id,
        "SourceType": "AWS::EC2::Instance",
    }


def _host_name(one: Machine) -> str:
    return f"ip-{one.address.replace('.', '-')}.{one.vpc.region}.compute.internal"


def _mac_address(one: Machine) -> str:
    told = digits("mac", one.id)
    return ":".join(("02", *(told[at : at + 2] for at in range(0, 10, 2))))
