"""Reading YAML: events, nodes, scalars, values."""
