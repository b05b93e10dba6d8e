"""HOST-14: the agent's own configuration sends it where its Region's services are (advisory)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inventory.facts import Node
from inventory.facts.host import Configuration, Reading
from policies.control import Context, Control, Severity, Verdict, passed, warned
from policies.host.overrides import host_in
from policies.host.readings import NEEDS, READS, judged, quoted
from policies.network.hosts import HostSet, agent_hosts, default_name

CONTROL = Control(
    id="HOST-14",
    title="The agent's configuration names no endpoints or Region of its own",
    severity=Severity.MEDIUM,
    category="host",
    why=(
        "amazon-ssm-agent.json can send the agent to other hosts or another Region than everyone "
        "judges; AWS does not show it."
    ),
    remediation="Compare amazon-ssm-agent.json of {instance_id} with network.hosts",
    needs=NEEDS,
    references=("https://github.com/aws/amazon-ssm-agent/blob/mainline/README.md",),
    reads=("network.hosts", *READS),
)
_PATH: Final = ("path", "readable", "endpoints", "region", "dual_stack")


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the overrides (R-3.3, D30, H3, H4): a warning at most, they may be meant.

    Names that parameters.yaml expects are as good as none.
    """

    def judge(reading: Reading, configuration: Configuration) -> Verdict:
        return _judge(node, context, reading, configuration)

    return judged(node, context, "configuration", judge)


def _judge(node: Node, context: Context, reading: Reading, configuration: Configuration) -> Verdict:
    seen = quoted(reading, "configuration", *_PATH)
    if configuration.readable is False:
        told = f"{configuration.path} could not be read ({configuration.note})"
        return warned("CONFIGURATION_UNREADABLE", told, *seen)
    if configuration.region and configuration.region != node.region.name:
        told = f"the agent is set to {configuration.region}, the instance is in {node.region.name}"
        return warned("AGENT_OTHER_REGION", told, *seen)
    strange = tuple(_unexpected(node, context, configuration))
    if strange:
        told = f"the agent is set to {', '.join(strange)}"
        return warned(
            "ENDPOINTS_OVERRIDDEN",
            f"{told}: the NET controls judge other names",
            *seen,
            remediation=f"Set network.hosts in parameters.yaml, or reset {configuration.path}",
        )
    wants_dual_stack = context.parameters.network_hosts == HostSet.DUAL_STACK
    if configuration.dual_stack and not wants_dual_stack:
        told = "the agent is set to dual-stack names, which parameters.yaml does not expect"
        return warned("DUAL_STACK_SET", told, *seen)
    if configuration.path:
        return passed("ENDPOINTS_EXPECTED", f"{configuration.path} overrides nothing", *seen)
    return passed("CONFIGURATION_DEFAULT", "there is no amazon-ssm-agent.json: defaults", *seen)


def _unexpected(node: Node, context: Context, configuration: Configuration) -> Iterable[str]:
    """Overrides that are none of the names that the controls judge."""
    judged_names = {one.service: one.name for one in agent_hosts(node, context.parameters)}
    for service, endpoint in sorted(configuration.endpoints.items()):
        expected = judged_names.get(service) or default_name(node, service)
        if host_in(endpoint) != expected.casefold():
            yield f"{endpoint} for {service}"
