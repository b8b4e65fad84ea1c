"""`python -m sidecarctl`."""

from sidecarctl.shell.cli.main import main

main()
