"""The HTML page of plans: one article per plan, and what differs between releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.render.plan import timeline, view
from sidecarctl.render.plan.html_markup import Cell, Markup, element, joined, scrolling, style, table
from sidecarctl.render.plan.html_svg import drawing, swatch
from sidecarctl.render.plan.lanes import has_single_pods, picture
from sidecarctl.render.plan.timeline import has_times, total
from sidecarctl.render.plan.view import new_pods_lines
from sidecarctl.render.text import counted
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.render.plan.lanes import Picture
    from sidecarctl.render.plan.table import Comparison
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


_ASKED_FOR: Final = frozenset({"Partition", "NotSelected", "Paused", "NotUpdate", "RoundsLimit"})


_STATES: Final = {"done": "✓ complete", "asked": "⏸ stops as asked", "short": "! stops short", "none": "nothing to do"}


_IN_ROUNDS: Final = (
    "A round is one pass of the controller that changes Pods. "
    "Columns show what it does; a Pod that it upgrades is ready in the next, unless it is shown as not ready."
)


_IN_TIME: Final = "Time runs from the first upgrade. The dashed line is the moment after which nothing changes."


class Level(Record):
    """The headings of a plan, and of its parts."""

    title: str
    part: str


def article(document: Value, key: str, level: Level) -> Markup:
    """Return a plan as part of a page; `key` tells its names from those of others."""
    sections = [
        *_change(document, level),
        *_timeline(document, key, level),
        *_rounds(document, level),
        *_causes(document, level),
        *_findings(document, level),
    ]
    return element("article", _header(document, level), *sections, id=key)


def _header(document: Value, level: Level) -> Markup:
    about = struct(document, "sidecarSet")
    over = f"SidecarSet · revision {text(about, 'revision')} · OpenKruise {text(document, 'kruiseVersion')}"
    title = f"Rollout of {text(about, 'name')}" if level.title == "h1" else text(about, "name")
    state, ends = _state(document), view.ending(document)
    badge = element("span", _STATES[state], class_=f"state {state}")
    return element(
        "header",
        element("p", over, class_="over"),
        element(level.title, title),
        element("p", badge, element("span", f"{ends[:1].upper()}{ends[1:]}."), class_="ends"),
        *(element("p", f"{told}.", class_="note") for told in view.not_counted(document) if state != "none"),
        _facts(document),
    )


def _state(document: Value) -> str:
    """Whether a rollout gets where it should, stops where somebody told it to, or for a reason to look at."""
    causes = {text(cause, "code") for cause in structs(document, "outcome")}
    if view.is_empty(document):
        return "none"
    return "done" if not causes else "asked" if causes <= _ASKED_FOR else "short"


def _facts(document: Value) -> Markup:
    status, rounds = struct(struct(document, "final"), "status"), structs(document, "rounds")
    known = [
        ("Pods", str(status.get("matchedPods", 0))),
        ("updated", str(status.get("updatedPods", 0))),
        ("updated and ready", str(status.get("updatedReadyPods", 0))),
        ("rounds", str(len(rounds))),
        ("most at once", str(max((len(view.pods_in(one)) for one in rounds), default=0))),
        *([("takes", total(document))] if total(document) else []),
    ]
    return element(
        "dl", *(element("div", element("dt", name), element("dd", value)) for name, value in known), class_="facts"
    )


def _section(title: str, level: Level, *content: str) -> Markup:
    return element("section", element(level.part, title), *content)


def _change(document: Value, level: Level) -> Iterator[Markup]:
    change = struct(document, "change")
    parts = []
    if change:
        said = view.effect(change)
        notes = [element("li", element("code", what), f": {meaning}") for what, meaning in view.change_notes(change)]
        images = [
            _pairs((key, text(image, key)) for key in ("sidecar", "from", "to")) for image in structs(change, "images")
        ]
        body = [element("p", f"{said[:1].upper()}{said[1:]}."), *images, *([element("ul", *notes)] if notes else [])]
        parts.append(_section("What changes", level, *body))
    new_pods = [element("p", f"{timeline}.", class_="note") for timeline in new_pods_lines(document)]
    parts.append(_section("Strategy", level, _pairs(view.strategy(document)), *new_pods))
    yield element("div", *parts, class_="two")


def _pairs(pairs: Iterable[tuple[str, str]]) -> Markup:
    cells = [(element("dt", name), element("dd", element("code", value))) for name, value in pairs]
    return element("dl", *(piece for pair in cells for piece in pair), class_="pairs")


def _timeline(document: Value, key: str, level: Level) -> Iterator[Markup]:
    made = picture(document)
    if made is None:
        return
    are_pods = has_single_pods(made)
    title = "Pod by Pod" if are_pods else "How many Pods stand where"
    drawn = drawing(
        made, f"{title}, by {made.axis.title}", f"{view.ending(document)}. The table below says the same.", key
    )
    legend = [element("li", swatch(sign, key), timeline.LEGEND[sign]) for sign in made.signs]
    note = _IN_TIME if has_times(document) else _IN_ROUNDS
    rest = _unnamed(made) if are_pods else ""
    yield _section(
        title,
        level,
        element("figure", scrolling(drawn, title), element("ul", *legend, class_="legend")),
        element("p", f"{note}{rest}", class_="note"),
    )


def _unnamed(made: Picture) -> str:
    """The Pods that have no lane, because the plan has nothing to tell of them."""
    counts = [(lane.number, timeline.LEGEND[lane.spans[0].sign]) for lane in made.lanes if not lane.pods]
    return "".join(f" Not shown: {counted(number)}, {words} all along." for number, words in counts)


def _rounds(document: Value, level: Level) -> Iterator[Markup]:
    rounds = view.rounds_to_show(document)
    if not rounds:
        return
    is_timed, has_resets = has_times(document), any(view.pods_in(one.first, "resets") for one in rounds)
    head = [Cell("round"), *([Cell("at", is_number=True)] if is_timed else [])]
    head += [Cell(name, is_number=True) for name in ("updated", "ready", "unavailable", "upgrades")]
    head += [*([Cell("resets", is_number=True)] if has_resets else []), Cell("Pods", are_names=True)]
    rows = [[*_round(one, is_timed=is_timed, has_resets=has_resets)] for one in rounds]
    status = struct(struct(document, "final"), "status")
    end = ["end", *([total(document)] if is_timed else []), *_status(status)]
    rows.append(
        [Cell(words, is_number=index > 0) for index, words in enumerate([*end, *[""] * (len(head) - len(end))])]
    )
    yield _section("Rounds", level, table("The state when a round begins, and what it does", head, rows, has_end=True))


def _round(one: view.Rounds, *, is_timed: bool, has_resets: bool) -> Iterator[Cell]:
    first, each = one.first, "" if one.first is one.last else " each"
    pods, resets = view.pods_in(first), view.pods_in(first, "resets")
    numbers = [*([one.times] if is_timed else []), *_status(struct(first, "status"))]
    numbers += [f"{first['unavailable']} of {first['maxUnavailable']}", f"{len(pods)}{each}"]
    numbers += [f"{len(resets)}{each}"] if has_resets else []
    yield Cell(one.numbers)
    yield from (Cell(number, is_number=True) for number in numbers)
    yield Cell(view.short(pods or resets), are_names=True)


def _status(status: Value) -> tuple[str, str]:
    return f"{status.get('updatedPods', 0)}/{status.get('matchedPods', 0)}", str(status.get("readyPods", 0))


def _causes(document: Value, level: Level) -> Iterator[Markup]:
    causes = structs(document, "outcome")
    if not causes or view.is_empty(document):
        return
    lines = [element("li", _cause(cause)) for cause in causes]
    yield _section("Why not every Pod gets there", level, element("ul", *lines, class_="plain"))


def _cause(cause: Value) -> Markup:
    number = cast("int", cause.get("pods", 0))
    who = element("strong", f"{counted(number)}: ") if number else Markup()
    return joined(who, view.cause_sentence(cause))


def _findings(document: Value, level: Level) -> Iterator[Markup]:
    found = view.findings(document)
    if not found:
        return
    lines = [
        element(
            "li",
            element("span", text(one, "severity"), class_=f"tag {_severity(one)}"),
            view.finding_text(one),
        )
        for one in found
    ]
    yield _section("Worth knowing", level, element("ul", *lines, class_="plain"))


def _severity(one: Value) -> str:
    severity = text(one, "severity")
    return severity if severity in {"error", "warning", "info"} else "info"
