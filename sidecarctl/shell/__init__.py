"""Everything with a side effect: flags, files, reports, exit codes. Thin; no rules."""
