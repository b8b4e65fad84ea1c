"""Print objects, patches and names."""

import sys
from collections.abc import Sequence

from sidecarctl.shell.stream.pieces import Show
from sidecarctl.shell.terminal import visible
from sidecarctl.yamledit.value import Value


def show_for(output: str) -> Show:
    """Return what makes an output format, other than the documents' own, of a change."""
    from sidecarctl.api import convert

    by_name: dict[str, Show] = {
        "json": convert.as_objects,
        "json-patch": convert.as_json_patches,
        "merge-patch": convert.as_merge_patches,
        "name": convert.as_names,
    }
    return by_name[output]


def print_shown(output: str, values: Sequence[Value]) -> None:
    """Print what a format made of all documents."""
    if output == "json" and len(values) == 1:
        from json import JSONEncoder

        from sidecarctl.render.escaping import json_text

        sys.stdout.writelines(map(json_text, JSONEncoder(indent=2, ensure_ascii=False).iterencode(values[0])))  # long
        sys.stdout.write("\n")
    else:
        sys.stdout.write("".join(f"{text}\n" for text in _texts(output, values)))
    sys.stdout.flush()  # before anything is said of it


def _texts(output: str, values: Sequence[Value]) -> Sequence[str]:
    if output == "name":
        return [visible(str(value)) for value in values]
    if output == "yaml":
        return [yaml_stream(values)] if values else []
    if output in {"json-patch", "merge-patch"} and len(values) == 1 and isinstance(values[0], dict):
        return [_json(values[0]["patch"])]  # what `kubectl patch` takes
    if output == "merge-patch" and not values:
        return [_json({})]  # it takes no list; none is the JSON patch that changes nothing
    if output == "json" and len(values) != 1:
        return [_json({"apiVersion": "v1", "kind": "List", "items": list(values)})]
    return [_json(list(values) if output != "json" else values[0])]


def yaml_stream(values: Sequence[Value]) -> str:
    """Return objects as a YAML stream, without a line break at its end."""
    from sidecarctl.yamledit.write.emit import Style, block_lines

    return "\n---\n".join("\n".join(block_lines(value, Style())) for value in values)


def _json(value: Value) -> str:
    from json import dumps

    from sidecarctl.render.escaping import json_text

    return json_text(dumps(value, indent=2, ensure_ascii=False))
