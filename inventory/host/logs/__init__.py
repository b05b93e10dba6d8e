"""Reading the logs of SSM Agent: gigabytes in, one ``AgentLog`` out."""

from inventory.host.logs.names import is_agent_log
from inventory.host.logs.reading import LogFile, read_agent_log

__all__ = ["LogFile", "is_agent_log", "read_agent_log"]
