"""Validation of SidecarSets: OpenKruise's rules."""
