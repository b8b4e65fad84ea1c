"""OpenKruise's SidecarSet webhook and controller, offline."""

__version__ = "0.1.0"
