"""Writing edits into YAML text."""
