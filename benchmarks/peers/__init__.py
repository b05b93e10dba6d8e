"""Our run beside its peers' on the same made-up fleet: CPU, wall, memory and API calls."""
