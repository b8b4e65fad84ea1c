"""Fast paths for long streams; each gives the same bytes as the full path."""
