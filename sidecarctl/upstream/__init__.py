"""Facts of Kubernetes and OpenKruise: shapes, defaults, quantities, selectors, names, and what differs by release.

No opinions of ours, and no YAML.
"""
