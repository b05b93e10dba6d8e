"""What to type on a machine of a kind, so that its agent is as it should be."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from inventory.facts import Node
from inventory.facts.host import AgentService, Reading


@dataclasses.dataclass(frozen=True)
class Commands:
    """The commands of one service manager; ``logs`` shows why the agent stopped.

    ``starts_at_boot`` only asks.
    """

    start: str
    starts_at_boot: str
    restart: str
    user: str
    logs: str
    proxy: str


_SYSTEMD_PROXY: Final = (
    'sudo systemctl edit {unit}, with [Service] and Environment="no_proxy=169.254.169.254"'
)
_SYSTEMD: Final = Commands(
    start="sudo systemctl enable --now amazon-ssm-agent",
    starts_at_boot="systemctl is-enabled amazon-ssm-agent",
    restart="sudo systemctl restart amazon-ssm-agent",
    user="sudo systemctl edit amazon-ssm-agent: remove User=, then restart it",
    logs="sudo journalctl -u amazon-ssm-agent -n 100",
    proxy=_SYSTEMD_PROXY.format(unit="amazon-ssm-agent"),
)
_SNAP: Final = Commands(
    start="sudo snap start --enable amazon-ssm-agent",
    starts_at_boot="snap services amazon-ssm-agent",
    restart="sudo snap restart amazon-ssm-agent",
    user="sudo systemctl edit snap.amazon-ssm-agent.amazon-ssm-agent: remove User=, then restart",
    logs="sudo snap logs -n 100 amazon-ssm-agent",
    proxy=_SYSTEMD_PROXY.format(unit="snap.amazon-ssm-agent.amazon-ssm-agent"),
)
_UPSTART: Final = Commands(
    start="sudo start amazon-ssm-agent",
    starts_at_boot="initctl show-config amazon-ssm-agent",
    restart="sudo restart amazon-ssm-agent",
    user="remove setuid from /etc/init/amazon-ssm-agent.*, then sudo restart amazon-ssm-agent",
    logs="sudo tail -n 100 /var/log/amazon/ssm/errors.log",
    proxy="add env no_proxy=169.254.169.254 to /etc/init/amazon-ssm-agent.override",
)
_LAUNCHD: Final = Commands(
    start=(
        "sudo launchctl load -w /Library/LaunchDaemons/com.amazon.aws.ssm.plist; "
        "sudo launchctl start com.amazon.aws.ssm"
    ),
    starts_at_boot="sudo launchctl print-disabled system",
    restart="sudo launchctl stop com.amazon.aws.ssm; sudo launchctl start com.amazon.aws.ssm",
    user="remove UserName from /Library/LaunchDaemons/com.amazon.aws.ssm.plist, then load it again",
    logs="sudo tail -n 100 /var/log/amazon/ssm/errors.log",
    proxy="add no_proxy to EnvironmentVariables of /Library/LaunchDaemons/com.amazon.aws.ssm.plist",
)
_WINDOWS: Final = Commands(
    start="Set-Service AmazonSSMAgent -StartupType Automatic; Start-Service AmazonSSMAgent",
    starts_at_boot="(Get-CimInstance Win32_Service -Filter \"Name='AmazonSSMAgent'\").StartMode",
    restart="Restart-Service AmazonSSMAgent",
    user="sc.exe config AmazonSSMAgent obj= LocalSystem; Restart-Service AmazonSSMAgent",
    logs="Get-Content C:\\ProgramData\\Amazon\\SSM\\Logs\\errors.log -Tail 100",
    proxy=(
        "add no_proxy=169.254.169.254 to the value Environment of "
        "HKLM:\\SYSTEM\\CurrentControlSet\\Services\\AmazonSSMAgent"
    ),
)
_BY_MANAGER: Final[Mapping[str, Commands]] = MappingProxyType(
    {
        "systemd": _SYSTEMD,
        "snap": _SNAP,
        "upstart": _UPSTART,
        "launchd": _LAUNCHD,
        "windows": _WINDOWS,
    }
)
_BY_SYSTEM: Final[Mapping[str, Commands]] = MappingProxyType(
    {"linux": _SYSTEMD, "macos": _LAUNCHD, "windows": _WINDOWS}
)


def commands_for(node: Node, reading: Reading) -> Commands:
    """By what keeps the agent running there, else by the system."""
    service = reading.service or AgentService()
    found = _BY_MANAGER.get(service.system) or _BY_SYSTEM.get(reading.system)
    return found or (_WINDOWS if node.instance.is_windows else _SYSTEMD)


def system_of(node: Node, reading: Reading) -> str:
    """``linux``, ``macos`` or ``windows``."""
    if reading.system in _BY_SYSTEM:
        return reading.system
    return "windows" if node.instance.is_windows else "linux"
