"""Injection: what OpenKruise's mutating webhook does to a Pod."""
