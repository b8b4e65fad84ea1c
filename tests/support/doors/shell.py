"""Names of sidecarctl.shell that tests use: a test imports them from here, so that a move touches one file."""

from sidecarctl.shell import atomic_files, file_rights, files
from sidecarctl.shell.cli import command_flags, main, yaml_parser
from sidecarctl.shell.cli.command_flags import StatusFlags
from sidecarctl.shell.cli.flags import followed_release
from sidecarctl.shell.cli.main import run
from sidecarctl.shell.cli.options import COMMANDS, INJECT, Command, Option
from sidecarctl.shell.cli.parse import quick_parse
from sidecarctl.shell.cli.settings import settled
from sidecarctl.shell.cli.typer_app import typer_parse
from sidecarctl.shell.commands import diff
from sidecarctl.shell.dumps import pods
from sidecarctl.shell.dumps.layout import ListSource, layout_of
from sidecarctl.shell.dumps.packed import PackedList, whole_value
from sidecarctl.shell.dumps.pods import _READ
from sidecarctl.shell.errors import Exit, InputError, UsageError
from sidecarctl.shell.files import STDIN, Kept, Source
from sidecarctl.shell.input import sources
from sidecarctl.shell.input.crowd import Crowd
from sidecarctl.shell.input.rollout import gathered_rollout_input, own_objects
from sidecarctl.shell.input.saved_plan import OF_PLANNING
from sidecarctl.shell.input.sources import Input, documents_of
from sidecarctl.shell.report.formats import Findings
from sidecarctl.shell.schemas.catalogue import schema
from sidecarctl.shell.stream import job, pieces, unified_diff, writers
from sidecarctl.shell.stream.job import shards
from sidecarctl.shell.stream.pieces import Result, Touched
from sidecarctl.shell.terminal import Progress

__all__ = [
    "COMMANDS",
    "INJECT",
    "OF_PLANNING",
    "STDIN",
    "_READ",
    "Command",
    "Crowd",
    "Exit",
    "Findings",
    "Input",
    "InputError",
    "Kept",
    "ListSource",
    "Option",
    "PackedList",
    "Progress",
    "Result",
    "Source",
    "StatusFlags",
    "Touched",
    "UsageError",
    "atomic_files",
    "command_flags",
    "diff",
    "documents_of",
    "file_rights",
    "files",
    "followed_release",
    "gathered_rollout_input",
    "job",
    "layout_of",
    "main",
    "own_objects",
    "pieces",
    "pods",
    "quick_parse",
    "run",
    "schema",
    "settled",
    "shards",
    "sources",
    "typer_parse",
    "unified_diff",
    "whole_value",
    "writers",
    "yaml_parser",
]
