"""The few modules through which tests import the internals of the package, one per layer."""
