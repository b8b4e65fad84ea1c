"""Removal of injected sidecars, and what cannot be brought back."""
