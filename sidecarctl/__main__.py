"""`python -m sidecarctl`."""

from sidecarctl.shell.entry import main

main()
