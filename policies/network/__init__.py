"""The network controls, and what they share: host names, and paths from a node's interfaces."""
