"""Escaped elements, tables and styles of HTML and SVG."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.render.plan import timeline
from sidecarctl.render.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence


_EMPTY: Final = frozenset({"meta", "path", "rect", "line", "br"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | float) -> Markup:
    """Return an element: `class_` is `class`, and an underscore within a name is a dash."""
    inner = "".join(child if isinstance(child, Markup) else plain(child) for child in children)
    shown = "".join(f' {_attribute(key)}="{plain(_text(value))}"' for key, value in attributes.items())
    return Markup(f"<{name}{shown}/>" if name in _EMPTY else f"<{name}{shown}>{inner}</{name}>")


def joined(*parts: str) -> Markup:
    """Return pieces one after the other."""
    return Markup("".join(part if isinstance(part, Markup) else plain(part) for part in parts))


def plain(text: str) -> str:
    """Return a text in which a browser sees no markup, and a person every character."""
    return escape(visible(text))


def _attribute(key: str) -> str:
    return "viewBox" if key == "viewBox" else key.rstrip("_").replace("_", "-")


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


class Cell(Record):
    """A text in a table; the first of a row is its head."""

    text: str
    is_number: bool = False
    are_names: bool = False


def table(caption: str, head: Sequence[Cell], rows: Sequence[Sequence[Cell]], *, has_end: bool = False) -> Markup:
    """Return a table; where it has an end, the last row is that."""
    heads = element("thead", element("tr", *(_cell("th", cell, scope="col") for cell in head)))
    lines = [_row(row, is_end=has_end and row is rows[-1]) for row in rows]
    made = element("table", element("caption", caption), heads, element("tbody", *lines))
    return scrolling(made, caption)


def scrolling(content: Markup, label: str) -> Markup:
    """Return something that may be wider than the screen, so that the keyboard reaches all of it."""
    return element("div", content, class_="scroll", role="region", aria_label=label, tabindex="0")


def _row(row: Sequence[Cell], *, is_end: bool) -> Markup:
    first, *rest = row
    cells = [_cell("th", first, scope="row"), *(_cell("td", cell) for cell in rest)]
    return element("tr", *cells, class_="end") if is_end else element("tr", *cells)


def _cell(name: str, cell: Cell, **attributes: str) -> Markup:
    kinds = [*(["n"] if cell.is_number else []), *(["names"] if cell.are_names else [])]
    return element(name, cell.text, **attributes, **({"class_": " ".join(kinds)} if kinds else {}))


class Ink(Record):
    """Two colours of one thing, on white paper and on a dark screen."""

    light: str
    dark: str


class Look(Record):
    """What a sign looks like: its name in the style, its fill, what is drawn over it, and the letter in it."""

    name: str
    fill: Ink
    over: Ink
    letter: str
    hatch: str = ""  # the path of its pattern, in a square of 8


_SLANT: Final = "M-2 10 L10 -2 M-2 2 L2 -2 M6 10 L10 6"


_CROSS: Final = "M0 0 L8 8 M8 0 L0 8"


LOOKS: Final = {
    timeline.UPGRADED: Look("upgraded", Ink("#0072b2", "#4ba3dc"), Ink("#ffffff", "#0b1620"), "U"),
    timeline.STARTING: Look("starting", Ink("#a9d3ee", "#23506e"), Ink("#0072b2", "#6fb9e6"), "~", _SLANT),
    timeline.BOTH_RUN: Look("both", Ink("#e3bcd3", "#6b3a56"), Ink("#5c1f43", "#f0cfe1"), "h"),
    timeline.EMPTIED: Look("emptied", Ink("#e69f00", "#d99a17"), Ink("#2b1d00", "#1d1400"), "R"),
    timeline.UPDATED: Look("updated", Ink("#7cc9ad", "#1f7a5c"), Ink("#0b4a36", "#bfe8d9"), "+"),
    timeline.NOT_READY: Look("unready", Ink("#d55e00", "#e8702a"), Ink("#ffffff", "#2a0f00"), "!", _SLANT),
    timeline.WAITS: Look("waits", Ink("#e6e8eb", "#343a42"), Ink("#6b737c", "#8b949e"), "·"),
    timeline.NOT_UPGRADABLE: Look("stuck", Ink("#f7f7f5", "#1b1f24"), Ink("#8a9098", "#7d8590"), "x", _CROSS),
}


TEXT: Final = Ink("#1f2328", "#e6edf3")


SOFT: Final = Ink("#59636e", "#9aa4af")


RULE: Final = Ink("#d8dee4", "#30363d")


PAPER: Final = Ink("#ffffff", "#0d1117")


PANEL: Final = Ink("#f6f8fa", "#161b22")


_INKS: Final = {"text": TEXT, "soft": SOFT, "rule": RULE, "paper": PAPER, "panel": PANEL}


_LAYOUT: Final = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--text);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif}
main{max-width:64rem;margin:0 auto;padding:2.5rem 1.5rem 3rem}
header+article,main>section+article{margin-top:2.5rem}
article+article{margin-top:4rem;padding-top:3rem;border-top:1px solid var(--rule)}
h1,h2,h3{line-height:1.25;margin:0;font-weight:600;overflow-wrap:anywhere}
h1,article>header h2{font-size:2rem;letter-spacing:-.015em}
section{margin-top:2.25rem}
section>h2,section>h3{font-size:.8125rem;text-transform:uppercase;letter-spacing:.07em;color:var(--soft);
margin-bottom:.75rem}
p{margin:.5rem 0;overflow-wrap:anywhere}
.over,.note,footer{color:var(--soft);font-size:.875rem}
.over{margin:0 0 .25rem}
.ends{font-size:1.1875rem;margin:.75rem 0 0;display:flex;flex-wrap:wrap;gap:.35rem .75rem;align-items:baseline}
.ends>span:last-child{flex:1 1 20rem}
.state{font-size:.8125rem;font-weight:600;border:1.5px solid;border-radius:1rem;padding:.1rem .7rem;white-space:nowrap}
.state.done{color:var(--updated-over)}
.state.short{color:var(--unready-fill)}
.state.asked{color:var(--upgraded-fill)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.75rem;margin:1.5rem 0 0}
.facts>div{background:var(--panel);border-radius:.5rem;padding:.7rem .9rem;min-width:0}
.facts dt{font-size:.8125rem;color:var(--soft)}
.facts dd{margin:0;font-size:1.375rem;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:0 2.5rem}
.two>*{min-width:0}
ul{margin:.5rem 0;padding-left:1.15rem}
li{margin:.25rem 0;overflow-wrap:anywhere}
ul.plain{list-style:none;padding:0}
ul.plain>li{padding:.55rem 0;border-top:1px solid var(--rule);margin:0}
ul.plain>li:first-child{border-top:0;padding-top:0}
code{font:.875em ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;
overflow-wrap:anywhere}
.pairs{display:grid;grid-template-columns:auto 1fr;gap:.1rem 1rem;margin:.75rem 0;align-items:baseline}
.pairs dt{color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}
.pairs dd{margin:0;min-width:0}
.scroll{overflow-x:auto}
.scroll:focus-visible{outline:2px solid var(--upgraded-fill);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding-bottom:.5rem}
th,td{padding:.4rem 1.25rem .4rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
th{font-weight:600;white-space:nowrap}
thead th{color:var(--soft);font-weight:500}
.n{text-align:right}
td.names,th.names{padding-left:.75rem}
td.names{min-width:14rem;width:55%;overflow-wrap:anywhere;padding-right:0}
tr.end>*{border-bottom:0;font-weight:600}
figure{margin:0}
svg{display:block;max-width:100%;height:auto}
svg.wide{min-width:48rem}
svg text{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
.legend{display:flex;flex-wrap:wrap;gap:.35rem 1.25rem;list-style:none;margin:1rem 0 0;padding:0;font-size:.875rem}
.legend li{display:flex;align-items:center;gap:.5rem;margin:0}
.legend svg{flex:none}
.tag{font-size:.75rem;font-weight:600;border:1px solid;border-radius:.25rem;padding:0 .4rem;margin-right:.5rem}
.tag.error,.tag.warning{color:var(--unready-fill)}
.tag.info{color:var(--soft)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0}
a{color:var(--upgraded-fill)}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--rule)}
@media (max-width:34rem){main{padding:1.5rem 1rem 2rem}h1,article>header h2{font-size:1.5rem}}
@media print{body{font-size:11pt}main{max-width:none;padding:0}section,figure,tr{break-inside:avoid}
.scroll{overflow:visible}svg.wide{min-width:0}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
header+article,main>section+article{margin-top:2.5rem}
article+article{break-before:page;border:0;margin:0;padding:0}}
"""


def style() -> str:
    """Return the style of a page."""
    light, dark = _variables("light"), _variables("dark")
    rules = [f":root{{color-scheme:light dark;{light}}}", f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"]
    rules += [f"@media print{{:root{{color-scheme:light;{light}}}}}"]
    for look in LOOKS.values():
        rules.append(f".{look.name}{{fill:var(--{look.name}-fill)}}.{look.name}-ink{{fill:var(--{look.name}-over)}}")
        rules.append(f".{look.name}-line{{stroke:var(--{look.name}-over)}}")
    rules.append(".text-ink{fill:var(--text)}.soft-ink{fill:var(--soft)}.rule-line{stroke:var(--rule)}")
    rules.append(".soft-line{stroke:var(--soft)}")
    return "\n".join(rules) + _LAYOUT


def _variables(side: str) -> str:
    inks = [(name, ink) for name, ink in _INKS.items()]
    for look in LOOKS.values():
        inks += [(f"{look.name}-fill", look.fill), (f"{look.name}-over", look.over)]
    return "".join(f"--{name}:{getattr(ink, side)};" for name, ink in inks)
