"""The compiled YAML parser, without the Python package around it.

# Strategy: the parser finds the classes it asks for already there.
`_ruamel_yaml` imports the classes of its events from the modules of ruamel.yaml, and with them the whole package: half
of what a run on one small file costs, for regular expressions, writers and comments that nobody uses. So small classes
of ours stand in for those modules while the parser is imported, and no longer.
The parser keeps the classes it was given. That is for the console script alone, whose process is ours: others who use
`sidecarctl` as a library may want ruamel.yaml too, and get both whole.
"""

import sys
from typing import Final

# Every module that the parser takes a class from; those for composing and writing are never used here.
STOOD_IN_FOR: Final = tuple(
    f"ruamel.yaml.{name}"
    for name in (
        "composer",
        "constructor",
        "emitter",
        "error",
        "events",
        "nodes",
        "parser",
        "reader",
        "representer",
        "scanner",
        "serializer",
        "tokens",
    )
)


def load_parser() -> None:
    """Import what reads YAML, with ruamel.yaml left out where that can be done.

    It cannot where the compiled parser is missing: then ruamel.yaml itself reads, and is imported as ever.
    """
    if "_ruamel_yaml" in sys.modules or "ruamel.yaml" in sys.modules:
        return  # somebody wanted it whole
    from sidecarctl.yamledit.parse import event_classes

    sys.modules.update(dict.fromkeys(STOOD_IN_FOR, event_classes))
    try:
        import _ruamel_yaml  # noqa: F401 - without it nothing may stand in for its fallback

        import sidecarctl.yamledit.parse.events  # noqa: F401 - it takes the same classes
    except ImportError:
        return
    finally:
        for name in STOOD_IN_FOR:
            del sys.modules[name]
