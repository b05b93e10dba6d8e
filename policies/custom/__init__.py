"""Policies of one's own: YAML and JMESPath, compiled into controls like the built-in ones."""
