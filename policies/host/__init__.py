"""What must hold on the machine itself, judged by what probes and people's tools say of it."""
