"""The use cases: the one place where YAML editing meets SidecarSet rules. No I/O, no clock."""
