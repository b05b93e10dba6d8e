"""EC2 instances and their network interfaces, as DescribeInstances gives them."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from inventory.facts.evidence import Fact, Member
from inventory.facts.time import Timestamp


class Tag(Member, frozen=True):
    key: str
    value: str = ""


class MetadataOptions(Member, frozen=True):
    """Absent members stay ``""``: an old answer or a new API form, never a default of ours."""

    state: str = ""
    http_tokens: str = ""
    http_endpoint: str = ""
    http_put_response_hop_limit: int | None = None
    http_protocol_ipv6: str = msgspec.field(name="HttpProtocolIpv6", default="")


class State(Member, frozen=True):
    name: str = ""


class ProfileReference(Member, frozen=True):
    """``Arn`` ends in the instance profile's path and name; ``Id`` is the profile's AIPA… id."""

    arn: str = ""
    profile_id: str = msgspec.field(name="Id", default="")

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]


class GroupReference(Member, frozen=True):
    group_id: str
    group_name: str = ""


class Association(Member, frozen=True):
    public_ip: str = ""


class PrivateAddress(Member, frozen=True):
    private_ip_address: str = ""
    primary: bool = False
    association: Association | None = None

    @property
    def public_address(self) -> str:
        """Its public or Elastic IP, ``""`` without one (AWS omits it, moto says {})."""
        return self.association.public_ip if self.association else ""


class Ipv6Address(Member, frozen=True):
    ipv6_address: str = ""


class Attachment(Member, frozen=True):
    device_index: int | None = None
    network_card_index: int = 0
    status: str = ""
    instance_id: str = ""


class NetworkInterface(Fact, frozen=True):
    """An ENI: embedded in an instance (DescribeInstances) or listed (DescribeNetworkInterfaces)."""

    call: ClassVar[str] = "ec2:DescribeInstances"
    repeated: ClassVar[tuple[str, ...]] = (
        "network_interface_id",
        "subnet_id",
        "vpc_id",
        "owner_id",
        "interface_type",
        "status",
        "groups",
        "private_ip_address",
        "private_ip_addresses",
        "association",
        "attachment",
    )

    network_interface_id: str
    subnet_id: str = ""
    vpc_id: str = ""
    owner_id: str = ""
    interface_type: str = ""
    status: str = ""
    source_dest_check: bool | None = None
    groups: tuple[GroupReference, ...] = ()
    private_ip_address: str = ""
    private_ip_addresses: tuple[PrivateAddress, ...] = ()
    ipv6_addresses: tuple[Ipv6Address, ...] = ()
    association: Association | None = None
    attachment: Attachment | None = None

    @property
    def id(self) -> str:
        return self.network_interface_id

    @property
    def is_primary(self) -> bool:
        """Device 0 on network card 0: the one an operating system uses by default (MH1)."""
        attachment = self.attachment
        return (
            attachment is not None
            and attachment.device_index == 0
            and attachment.network_card_index == 0
        )


class Operator(Member, frozen=True):
    managed: bool = False
    principal: str = ""


class Placement(Member, frozen=True):
    availability_zone: str = ""


class Instance(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeInstances"
    repeated: ClassVar[tuple[str, ...]] = (
        "instance_id",
        "state",
        "image_id",
        "instance_type",
        "hypervisor",
        "platform",
        "platform_details",
        "architecture",
        "vpc_id",
        "subnet_id",
        "private_ip_address",
        "private_dns_name",
        "placement",
        "metadata_options",
        "iam_instance_profile",
        "tags",
    )

    instance_id: str
    state: State = State()
    image_id: str = ""
    instance_type: str = ""
    launch_time: Timestamp = None
    hypervisor: str = ""
    platform: str = ""
    platform_details: str = ""
    architecture: str = ""
    vpc_id: str = ""
    subnet_id: str = ""
    private_ip_address: str = ""
    private_dns_name: str = ""
    public_ip_address: str = ""
    placement: Placement = Placement()
    metadata_options: MetadataOptions | None = None
    iam_instance_profile: ProfileReference | None = None
    network_interfaces: tuple[NetworkInterface, ...] = ()
    operator: Operator | None = None
    tags: tuple[Tag, ...] = ()

    @property
    def id(self) -> str:
        return self.instance_id

    @property
    def parts(self) -> tuple[Fact, ...]:
        return self.network_interfaces

    @property
    def name(self) -> str:
        """The ``Name`` tag: hostile text, for people only, never for a decision or an id."""
        return next((tag.value for tag in self.tags if tag.key == "Name"), "")

    @property
    def is_windows(self) -> bool:
        """``Platform`` is ``windows`` in answers and ``Windows`` in the model (T-15)."""
        return (
            self.platform.casefold() == "windows" or "windows" in self.platform_details.casefold()
        )

    @property
    def primary_interface(self) -> NetworkInterface | None:
        return next((eni for eni in self.network_interfaces if eni.is_primary), None)


class InstanceProfileAssociation(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeIamInstanceProfileAssociations"
    repeated: ClassVar[tuple[str, ...]] = ("instance_id", "state", "iam_instance_profile")

    association_id: str
    instance_id: str
    state: str = ""
    timestamp: Timestamp = None
    iam_instance_profile: ProfileReference | None = None

    @property
    def id(self) -> str:
        return self.association_id
