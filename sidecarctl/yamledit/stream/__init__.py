"""Streams of YAML documents and long Lists."""
