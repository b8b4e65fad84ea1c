"""Reports about a run on stderr and in files."""
