"""The shapes of what sidecarctl prints for programs: the one place where they are written down, and what checks them.

Nothing here computes. pydantic is imported here and nowhere else, when a schema is printed or a saved document read.
"""
