"""YAML bytes <-> plain values.

Knows nothing of Kubernetes and does no I/O: it could be a package of its own.
"""
