"""A second opinion: follows single packets through AWS's own JSON, slowly and by the book.

Written from network.md 2.1-2.7 without the engine and without its structures: dictionaries as AWS
answers them, and the standard library's addresses. IPv4, TCP 443, one VPC.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

Json = dict[str, Any]
PORT = 443
NAT_PORTS = range(1024, 65536)


@dataclasses.dataclass(frozen=True)
class Oracle:
    """What one client's connections meet; ``client`` is its interface as AWS answers it."""

    scene: Json
    client: Json
    own_ports: range

    def outcomes(self, to: str) -> set[bool]:
        """Whether connections come about, over the ports that make a difference."""
        nat_ports = self._telling_ports(NAT_PORTS)
        own_ports = self._telling_ports(self.own_ports)
        return {self._works(to, own, nat) for own in own_ports for nat in nat_ports}

    def answers_for(self, host: str) -> list[str] | None:
        """Private addresses that the name has in the VPC; empty: none at all; None: public ones."""
        attributes = self.scene["VpcAttributes"][0]
        if not attributes["EnableDnsSupport"]:
            return []
        serving = [
            interface_id
            for endpoint in self.scene["VpcEndpoints"]
            if endpoint["PrivateDnsEnabled"] and attributes["EnableDnsHostnames"]
            if endpoint["State"].lower() == "available"
            if host in [entry["DnsName"] for entry in endpoint["DnsEntries"]]
            for interface_id in endpoint["NetworkInterfaceIds"]
        ]
        found = [
            eni["PrivateIpAddress"]
            for eni in self.scene["NetworkInterfaces"]
            if eni["NetworkInterfaceId"] in serving
        ]
        return found or None

    def public_samples(self) -> list[str]:
        """Public addresses on both sides of every bound that rules or routes draw."""
        numbers = {int(IPv4Address("52.94.1.1"))}
        for block in self._blocks():
            network = ip_network(block)
            first, last = int(network[0]), int(network[-1])
            numbers |= {first - 1, first, last, last + 1}
        addresses = (IPv4Address(one) for one in numbers if 0 <= one < 1 << 32)
        return sorted(str(one) for one in addresses if _is_public(one))

    def _works(self, to: str, own_port: int, nat_port: int) -> bool:
        """One connection: the request there, the answer back (SG2, NA4)."""
        source, subnet = self.client["PrivateIpAddress"], self.client["SubnetId"]
        receiver = self._interface_at(to)
        if not self._group_admits(self.client, "IpPermissionsEgress", to, receiver):
            return False
        if receiver is not None and receiver["SubnetId"] == subnet:
            return self._group_admits(receiver, "IpPermissions", source, self.client)
        if not self._acl_admits(subnet, True, to, PORT):
            return False
        if not self._acl_admits(subnet, False, to, own_port):
            return False
        target = self._route(subnet, to)
        if target == "local":
            return receiver is not None and self._delivers(receiver, source, own_port)
        if target.startswith("igw-"):
            return self._is_attached(target) and self._public_address() != ""
        if target.startswith("nat-"):
            return self._translates(target, (source, own_port), to, nat_port)
        return False

    def _delivers(self, receiver: Json, source: str, own_port: int) -> bool:
        subnet = receiver["SubnetId"]
        return (
            self._acl_admits(subnet, False, source, PORT)
            and self._group_admits(receiver, "IpPermissions", source, self.client)
            and self._acl_admits(subnet, True, source, own_port)
            and self._route(subnet, source) == "local"
        )

    def _translates(self, target: str, sender: tuple[str, int], to: str, nat_port: int) -> bool:
        """NG1, NG4, D26: the gateway, its own subnet's ACL both ways, and that one's route."""
        source, own_port = sender
        gateway = next(one for one in self.scene["NatGateways"] if one["NatGatewayId"] == target)
        subnet = gateway["SubnetId"]
        onward = self._route(subnet, to)
        return (
            gateway["State"] == "available"
            and subnet != self.client["SubnetId"]
            and self._acl_admits(subnet, False, source, PORT)
            and self._acl_admits(subnet, True, to, PORT)
            and onward.startswith("igw-")
            and self._is_attached(onward)
            and gateway["ConnectivityType"] == "public"
            and self._acl_admits(subnet, False, to, nat_port)
            and self._acl_admits(subnet, True, source, own_port)
        )

    def _group_admits(self, eni: Json, direction: str, peer: str, other: Json | None) -> bool:
        """SG1-SG8: any rule of any of the interface's groups."""
        carried = [] if other is None else [group["GroupId"] for group in other["Groups"]]
        for reference in eni["Groups"]:
            group = self._row("SecurityGroups", "GroupId", reference["GroupId"])
            for rule in group[direction]:
                if not _is_about(rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")):
                    continue
                blocks = [one["CidrIp"] for one in rule.get("IpRanges", [])]
                pairs = [one["GroupId"] for one in rule.get("UserIdGroupPairs", [])]
                if _is_in(peer, blocks) or set(pairs) & set(carried):
                    return True
        return False

    def _acl_admits(self, subnet: str, egress: bool, peer: str, port: int) -> bool:
        """NA1-NA4: the lowest-numbered entry that matches."""
        acl = next(
            one
            for one in self.scene["NetworkAcls"]
            if subnet in [association["SubnetId"] for association in one["Associations"]]
        )
        entries = sorted(acl["Entries"], key=lambda one: one["RuleNumber"])
        for entry in entries:
            ports = entry.get("PortRange")
            every = entry["Protocol"] == "-1"
            about = every or (entry["Protocol"] == "6" and ports["From"] <= port <= ports["To"])
            if entry["Egress"] is egress and about and _is_in(peer, [entry["CidrBlock"]]):
                return bool(entry["RuleAction"] == "allow")
        return False

    def _route(self, subnet: str, to: str) -> str:
        """RT1-RT4: the target of the longest prefix, ``""`` for a black hole or none."""
        tables = self.scene["RouteTables"]
        own = [one for one in tables if {"SubnetId": subnet} in one["Associations"]]
        table = (own or [one for one in tables if {"Main": True} in one["Associations"]])[0]
        matching = [one for one in table["Routes"] if _is_in(to, [one["DestinationCidrBlock"]])]
        if not matching:
            return ""
        best = max(matching, key=lambda one: ip_network(one["DestinationCidrBlock"]).prefixlen)
        target = best.get("GatewayId") or best["NatGatewayId"]
        return "" if best["State"] == "blackhole" else str(target)

    def _is_attached(self, gateway_id: str) -> bool:
        gateway = self._row("InternetGateways", "InternetGatewayId", gateway_id)
        return any(one["State"] in ("available", "attached") for one in gateway["Attachments"])

    def _public_address(self) -> str:
        """IG2: of the private address in use, which is the primary one."""
        primary = next(one for one in self.client["PrivateIpAddresses"] if one["Primary"])
        return str(primary.get("Association", {}).get("PublicIp", ""))

    def _interface_at(self, address: str) -> Json | None:
        listed = self.scene["NetworkInterfaces"]
        return next((one for one in listed if one["PrivateIpAddress"] == address), None)

    def _row(self, listing: str, member: str, value: str) -> Json:
        return next(one for one in self.scene[listing] if one[member] == value)

    def _telling_ports(self, ports: range) -> set[int]:
        """Both ends of the range, and every port on either side of an entry's bounds."""
        told = {ports[0], ports[-1]}
        for acl in self.scene["NetworkAcls"]:
            for entry in acl["Entries"]:
                bounds = entry.get("PortRange")
                if bounds:
                    first, last = bounds["From"], bounds["To"]
                    told |= {first - 1, first, last, last + 1} & set(ports)
        return told

    def _blocks(self) -> Iterator[str]:
        for group in self.scene["SecurityGroups"]:
            for rule in (*group["IpPermissions"], *group["IpPermissionsEgress"]):
                yield from (one["CidrIp"] for one in rule.get("IpRanges", []))
        for acl in self.scene["NetworkAcls"]:
            yield from (entry["CidrBlock"] for entry in acl["Entries"])
        for table in self.scene["RouteTables"]:
            yield from (route["DestinationCidrBlock"] for route in table["Routes"])


def _is_about(protocol: str, first: int | None, last: int | None) -> bool:
    """SG4, SG5: whether a rule is about TCP 443."""
    if protocol == "-1":
        return True
    return protocol in ("tcp", "6") and first is not None and first <= PORT <= (last or 0)


def _is_in(address: str, blocks: Iterable[str]) -> bool:
    return any(ip_address(address) in ip_network(block) for block in blocks)


def _is_public(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and address.packed[:3] != b"\xc0\x58\x63"
