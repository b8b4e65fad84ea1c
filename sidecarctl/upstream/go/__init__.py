"""Behaviour of the Go standard library that outputs depend on."""
