"""Names of sidecarctl.render that tests use: a test imports them from here, so that a move touches one file."""

from sidecarctl.render.findings.text import MOST_KINDS, NAMED_EACH, SHOWN_EACH, grouped
from sidecarctl.render.plan.html_page import page
from sidecarctl.render.plan.lanes import levels, picture
from sidecarctl.render.plan.markdown import LARGEST, markdown
from sidecarctl.render.plan.table import Screen, table
from sidecarctl.render.text import Palette, width

__all__ = [
    "LARGEST",
    "MOST_KINDS",
    "NAMED_EACH",
    "SHOWN_EACH",
    "Palette",
    "Screen",
    "grouped",
    "levels",
    "markdown",
    "page",
    "picture",
    "table",
    "width",
]
