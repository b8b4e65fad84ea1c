"""Pure rendering: plans and findings as text in every format, without I/O."""
