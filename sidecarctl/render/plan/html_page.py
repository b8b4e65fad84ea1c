"""The whole page: a part for each plan, and what differs between releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.render.plan import view
from sidecarctl.render.plan.html_markup import Markup, element
from sidecarctl.shell.planhtml.article import Level, article
from sidecarctl.shell.planhtml.look import style
from sidecarctl.shell.planhtml.tables import Cell, table
from sidecarctl.upstream.fields import struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.shell.planreleases import Comparison
    from sidecarctl.upstream.fields import Value

_FOOT: Final = (
    "A prediction, made by sidecarctl plan: what OpenKruise's controller does to these Pods if nothing else changes. "
    "The same input gives the same page."
)


def page(documents: Sequence[Value], compared: Sequence[Comparison] = ()) -> str:
    """Return plans as an HTML file: a well-formed XML document but for its first line."""
    names = list(dict.fromkeys(_name(document) for document in documents))
    title = f"Rollout of {', '.join(names)}"
    body = [] if len(documents) == 1 else [element("header", element("h1", title), _contents(documents))]
    body += [_comparison(one) for one in compared]
    level = Level("h1", "h2") if len(documents) == 1 else Level("h2", "h3")
    body += [article(document, f"p{number}", level) for number, document in enumerate(documents, 1)]
    main = element("main", *body, element("footer", element("p", _FOOT)))
    return f"<!DOCTYPE html>\n{element('html', _head(title), element('body', main), lang='en')}\n"


def _name(document: Value) -> str:
    return view.shown(struct(document, "sidecarSet"), "name")


def _head(title: str) -> Markup:
    from base64 import b64encode
    from hashlib import sha256

    css = style()
    digest = b64encode(sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Markup(css)),
    )


def _contents(documents: Sequence[Value]) -> Markup:
    links = [
        element("li", element("a", f"{_name(one)}, OpenKruise {view.shown(one, 'kruiseVersion')}", href=f"#p{number}"))
        for number, one in enumerate(documents, 1)
    ]
    return element("nav", element("ul", *links), aria_label="Plans")


def _comparison(made: Comparison) -> Markup:
    told = [element("p", line) for line in made.first_difference]
    if not made.rows:
        return element("section", element("h2", "Releases side by side"), element("p", f"{made.title}."))
    head = [Cell(""), *(Cell(release, is_number=True) for release in made.releases)]
    rows = [[Cell(row[0]), *(Cell(text, is_number=True) for text in row[1:])] for row in made.rows]
    return element("section", element("h2", "Releases side by side"), table(made.title, head, rows), *told)
