"""The line-based fast path of reading."""
