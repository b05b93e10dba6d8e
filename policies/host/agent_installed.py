"""HOST-01: SSM Agent is installed, in a version that is told."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node
from inventory.facts.host import AgentInstall, AgentService, Reading
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    passed,
    warned,
)
from policies.dhmc.agent_version import agent_version
from policies.host.commands import system_of
from policies.host.readings import NEEDS, READS, judged, quoted, untold
from policies.network.hosts import default_name
from policies.node.registration import spelled

CONTROL = Control(
    id="HOST-01",
    title="SSM Agent is installed on the machine",
    severity=Severity.CRITICAL,
    category="host",
    why="Without the agent nothing on the machine speaks to Systems Manager; images differ in it.",
    remediation="Install the newest SSM Agent on {instance_id} itself",
    needs=NEEDS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/manually-install-ssm-agent-linux.html",
    ),
    reads=("agent.floor", *READS),
)
_INSTALL: Final = {
    "linux": (
        "sudo snap install amazon-ssm-agent --classic, or the package: sudo dnf install -y "
        "https://{s3}/amazon-ssm-{region}/latest/linux_{architecture}/amazon-ssm-agent.rpm"
    ),
    "macos": "sudo installer -pkg amazon-ssm-agent.pkg -target /",
    "windows": "Start-Process AmazonSSMAgentSetup.exe -ArgumentList '/S' -Wait",
}


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the installation (spec domain.md 1.2 row 5, 1.3 row 6; T-100).

    An old agent is a warning here; what its version cannot do is AGENT-01's to say (D18).
    """

    def judge(reading: Reading, install: AgentInstall) -> Verdict:
        return _judge(node, context, reading, install)

    return judged(node, context, "install", judge)


def _judge(node: Node, context: Context, reading: Reading, install: AgentInstall) -> Verdict:
    seen = quoted(reading, "install", "installed", "version", "package")
    service = reading.service or AgentService()
    if not install.installed and service.running:
        # Installed where nobody looks: it runs.
        return warned("AGENT_FOUND_RUNNING", "no package holds the agent, but it runs", *seen)
    if install.installed is None:
        return untold(reading, "install", "whether the agent is installed")
    if not install.installed:
        command = _INSTALL[system_of(node, reading)].format(
            region=node.region.name,
            s3=default_name(node, "s3"),
            architecture="arm64" if node.instance.architecture == "arm64" else "amd64",
        )
        return failed(
            "AGENT_NOT_INSTALLED",
            "SSM Agent is not installed",
            *seen,
            blockers=(Blocker(node.id, "SSM Agent is not installed"),),
            remediation=f"On {node.id}: {command}",
        )
    version, floor = agent_version(install.version), context.parameters.agent_floor
    how = f" as {install.package}" if install.package else ""
    if version is None:
        return warned(
            "AGENT_VERSION_UNTOLD", f"SSM Agent is installed{how}, version unknown", *seen
        )
    if version < floor:
        told = f"SSM Agent {spelled(version)} is installed{how}, older than {spelled(floor)}"
        return warned("AGENT_BELOW_FLOOR", told, *seen)
    return passed("AGENT_INSTALLED", f"SSM Agent {spelled(version)} is installed{how}", *seen)
