"""Command line: options, parsers, settings, help."""
