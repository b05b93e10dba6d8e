"""What machines say of themselves: probes, people's tools, agent logs."""
