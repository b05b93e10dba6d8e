"""What is known of machines from within: probes, the output of people's tools, agent logs."""

from inventory.facts.host.agent_log import AgentLog, LogHit
from inventory.facts.host.host_facts import HostFacts, Unreached
from inventory.facts.host.reading import (
    AgentInstall,
    AgentService,
    Clock,
    Configuration,
    EndpointTry,
    Leftovers,
    Metadata,
    Proxy,
    Reading,
    Volume,
)

__all__ = [
    "AgentInstall",
    "AgentLog",
    "AgentService",
    "Clock",
    "Configuration",
    "EndpointTry",
    "HostFacts",
    "Leftovers",
    "LogHit",
    "Metadata",
    "Proxy",
    "Reading",
    "Unreached",
    "Volume",
]
