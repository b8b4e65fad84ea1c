"""Pictures of a plan: the HTML page, the timeline of a terminal, the chart of a pull request."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from browser import looked_at, needs_browser
from casefolder import TESTDATA
from commandline import executed
from doors.render import LARGEST, Palette, Screen, levels, markdown, page, picture, table, width
from test_imports import modules_after

Json = Any
SVG = "{http://www.w3.org/2000/svg}"
MARKUP = "<script>alert(1)</script>"
LONG = f"{'a-namespace-' * 5}/{'a-deployment-' * 15}-7f9c5d-abcde"


def plan(pods: int, at_once: int, **more: Json) -> Json:
    """Return a plan as a document: so many Pods, so many in each round, ready in the next."""
    names = more.get("names") or [f"shop/web-{index:04}" for index in range(pods)]
    kept, stuck = more.get("kept", 0), more.get("stuck", 0)
    todo = names[: pods - kept - stuck]
    rounds: list[Json] = []
    for start in range(0, len(todo), at_once):
        taken = todo[start : start + at_once]
        steps = [{"pods": taken}, {"pods": [], "resets": taken}] if more.get("hot") else [{"pods": taken}]
        rounds += [
            {
                "round": len(rounds) + number,
                "status": status(pods, start),
                **step,
                "unavailable": 0,
                "maxUnavailable": at_once,
                "keptBack": kept,
            }
            for number, step in enumerate(steps, 1)
        ]
    bad = todo[: more.get("bad", 0)]
    image = {"sidecar": "log-agent", "from": "log-agent:1.3", "to": "log-agent:1.4", "hot": bool(more.get("hot"))}
    return {
        "apiVersion": "sidecarctl.dev/v1alpha1",
        "kind": "RolloutPlan",
        "sidecarSet": {"name": more.get("name", "log-agent"), "revision": "r1", "updateStrategy": {"partition": kept}},
        "kruiseVersion": "next",
        "change": {"effect": "HotUpgrade" if more.get("hot") else "InPlace", "images": [image]},
        "outcome": [],
        "rounds": rounds,
        "final": {
            "status": {**status(pods, len(todo)), "updatedReadyPods": len(todo) - len(bad)},
            "waiting": dict.fromkeys(names[len(todo) : len(todo) + kept], "Partition"),
            "notUpgradable": dict.fromkeys(names[pods - stuck :] if stuck else [], "spec.containers"),
            "unavailable": bad,
        },
        "findings": [],
    }


def status(pods: int, updated: int) -> Json:
    """Return a status: all are ready."""
    return {"matchedPods": pods, "updatedPods": updated, "readyPods": pods, "updatedReadyPods": updated}


PLANS = {
    "one Pod": [plan(1, 1)],
    "a dozen": [plan(12, 2, kept=3, stuck=1)],
    "a dozen, hot": [plan(12, 2, hot=True)],
    "sixty": [plan(60, 6, bad=2)],
    "5000 in 10 rounds": [plan(5000, 500, kept=500)],
    "5000 in 200 rounds": [plan(5000, 25, bad=3, stuck=300)],
    "200 one by one": [plan(200, 1)],
    "60 Pods one by one": [plan(60, 1, hot=True)],
    "nothing happens": [plan(3, 1, kept=3)],
    "several": [plan(12, 3), plan(100, 9, name="mesh", hot=True)],
    "odd names": [plan(4, 1, name=MARKUP, names=[f"shop/{MARKUP}", 'shop/"a"&amp;`|', LONG, f"{LONG}f"], kept=1)],
    "in time": [json.loads((TESTDATA / "saved" / "timed.json").read_text(encoding="utf-8"))],
}


@pytest.fixture(params=PLANS)
def plans(request: pytest.FixtureRequest) -> list[Json]:
    """Plans of all sizes."""
    return PLANS[request.param]


def parsed(documents: list[Json]) -> ET.Element:
    """Return a page as an XML parser sees it."""
    first, _, rest = page(documents).partition("\n")
    assert first == "<!DOCTYPE html>"
    return ET.fromstring(rest)  # noqa: S314 - ours


def test_a_page_is_well_formed_and_loads_nothing(plans: list[Json]) -> None:
    root = parsed(plans)

    assert root.get("lang") == "en"
    assert not [one for one in root.iter() if one.tag.rpartition("}")[2] in {"script", "img", "link", "iframe", "use"}]
    loads = {name: value for one in root.iter() for name, value in one.items() if name in {"src", "href", "style"}}
    assert all(value.startswith("#") for value in loads.values())
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\((?!#)", page(plans))
    assert not [name for one in root.iter() for name, _ in one.items() if name.startswith("on")]


def test_a_page_can_be_read_by_everybody(plans: list[Json]) -> None:
    root = parsed(plans)

    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    referred = {name for one in root.iter() for name in (one.get("aria-labelledby") or "").split()}
    used = set(re.findall(r"url\(#([^)]+)\)", page(plans))) | referred
    assert used <= set(ids)
    for svg in root.iter(f"{SVG}svg"):
        assert svg.get("role") == "img"
        assert svg.find(f"{SVG}title") is not None
        assert svg.find(f"{SVG}desc") is not None
    for one in root.iter("table"):
        assert one.find("caption") is not None
        assert all(head.get("scope") for head in one.iter("th"))
    assert len(list(root.iter("h1"))) == 1
    assert [article.get("id") for article in root.iter("article")] == [f"p{n}" for n in range(1, len(plans) + 1)]


def test_no_page_grows_with_the_pods(plans: list[Json]) -> None:
    assert len(page(plans)) < 250_000


def test_the_same_plan_gives_the_same_page(plans: list[Json]) -> None:
    assert page(plans) == page(json.loads(json.dumps(plans)))


def test_what_a_name_holds_is_text() -> None:
    root = parsed(PLANS["odd names"])

    assert f"Rollout of {MARKUP}" in "".join(root.itertext())
    assert MARKUP not in page(PLANS["odd names"])


def test_areas_hold_all_pods_at_any_time() -> None:
    for documents in PLANS.values():
        for document in documents:
            made = picture(document)
            matched = document["final"]["status"]["matchedPods"]
            if made is None:
                assert not document["rounds"]
                continue
            changes = [dict(levels(made, sign)) for sign in made.signs]
            for place in sorted({place for one in changes for place in one if place < made.axis.length}):
                held = sum(level[max(at for at in level if at <= place)] for level in changes)
                assert held == matched


@needs_browser
@pytest.mark.heavy
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [1000, 420])
def test_a_browser_shows_it(size: int, tmp_path: Path, *, dark: bool) -> None:
    documents = [document for some in PLANS.values() for document in some]  # all on one page: a browser starts slowly
    seen = looked_at(page(documents), tmp_path, width=size, dark=dark)

    assert seen["console"] == []
    assert seen["loaded"] == []
    assert seen["overflow"] <= 0, seen["wide"]
    assert seen["wide"] == []
    assert seen["outside"] == []
    assert len(seen["pictures"]) == sum(bool(document["rounds"]) for document in documents)
    assert min(seen["pictures"]) > 20
    assert seen["background"] == ("rgb(13, 17, 23)" if dark else "rgb(255, 255, 255)")


@needs_browser
@pytest.mark.heavy
def test_a_browser_shows_it_where_no_style_is_allowed(tmp_path: Path) -> None:
    strict = page(PLANS["5000 in 10 rounds"]).replace("&#x27;sha256-", "&#x27;sha256-no")
    seen = looked_at(strict, tmp_path)

    assert seen["background"] == "rgba(0, 0, 0, 0)"  # as it is without a style
    assert min(seen["pictures"]) > 200


def plain(document: Json, width_: int | None = None) -> list[str]:
    """Return a plan as a terminal of that width shows it, without colours."""
    return table(document, Screen(Palette(on=False), width_))


@pytest.mark.parametrize("size", [40, 60, 80, 100, 160, 240])
def test_the_timeline_keeps_within_the_terminal(size: int, plans: list[Json]) -> None:
    for document in plans:
        lines = plain(document, size)
        start = next((index for index, line in enumerate(lines) if line.startswith("ROUND")), len(lines))
        drawn = [line for line in lines[start:] if not re.match(r"[URh~!+.x] |info|warning|error", line)]
        assert max(map(width, drawn), default=0) <= size


def test_colour_changes_nothing_else(plans: list[Json]) -> None:
    for document in plans:
        coloured = table(document, Screen(Palette(on=True), 100))
        assert any("\x1b[" in line for line in coloured)
        assert [re.sub(r"\x1b\[\d+m", "", line) for line in coloured] == plain(document, 100)


def test_every_pod_has_its_place_in_a_timeline() -> None:
    lines = plain(plan(5000, 25, stuck=300))
    rows = [re.match(r"shop/web-\d+ and (\d+) more +[URh~!+.x ]+$", line) for line in lines]
    assert sum(int(row[1]) + 1 for row in rows if row) == 5000


def test_pods_that_fare_alike_share_a_row() -> None:
    lines = plain(plan(100, 40, kept=10))
    assert lines[-8:-3] == [
        "shop/web-0000 and 39 more U + + +",
        "shop/web-0040 and 39 more . U + +",
        "shop/web-0080 and 9 more  . . U +",
        "shop/web-0090 and 9 more  . . . .",
        "",
    ]


def test_a_comment_takes_it(plans: list[Json]) -> None:
    text = markdown(plans)
    assert len(text) < LARGEST
    assert text.count("```mermaid") == sum(bool(document["rounds"]) for document in plans)


def test_what_is_too_much_for_a_comment_is_left_out_with_a_word() -> None:
    many = [plan(60, 1, name=f"set-{number}") for number in range(40)]
    text = markdown(many)
    assert len(text) <= LARGEST
    assert "*Left out to fit into a comment: the Pods one by one" in text
    assert all(f"SidecarSet set-{number}," in text for number in range(40))

    far_too_many = markdown([plan(60, 1, name=f"set-{number}") for number in range(300)])
    assert len(far_too_many) <= LARGEST
    assert far_too_many.endswith("shows everything.*\n")
    assert far_too_many.count("```") % 2 == 0


def test_no_name_is_part_of_a_chart_s_language() -> None:
    document = json.loads(json.dumps(PLANS["in time"][0]))
    odd = "shop/a:b;c#d,%%{init}\n  section x"
    document["rounds"][0]["pods"][0] = odd
    document["rounds"][0]["readyAt"][odd] = "1m0s"
    chart = markdown([document]).split("```")[1].splitlines()
    assert "    shop/a_b_c_d____init__  section x :active, 2000-01-01 00:00:00, 2000-01-01 00:01:00" in chart


def test_what_is_markup_in_markdown_is_escaped() -> None:
    assert MARKUP not in markdown(PLANS["odd names"])


def test_a_plan_that_is_not_saved_needs_no_pydantic(tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text(
        "apiVersion: apps.kruise.io/v1beta1\nkind: SidecarSet\nmetadata: {name: a}\n"
        "spec: {selector: {matchLabels: {app: web}}, containers: [{name: a, image: a}]}\n"
    )
    (tmp_path / "pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {}\nstatus: {phase: Running}\n"
    )
    line = ["plan", "--sidecarset", "set.yaml", "pod.yaml"]
    loaded = modules_after(f"from sidecarctl.shell.cli.main import run; run({line!r})", tmp_path)
    assert "sidecarctl.render.plan.table" in loaded
    assert not loaded & {"pydantic", "sidecarctl.render.plan.html_page", "sidecarctl.render.plan.markdown"}


def test_a_saved_plan_as_a_page(tmp_path: Path) -> None:
    for name, documents in PLANS.items():
        saved = tmp_path / "saved.json"
        saved.write_text("\n".join(json.dumps(document) for document in documents))
        ran = executed(["plan", str(saved), "-o", "html"])
        assert ran.code == 0, (name, ran.stderr)
        assert ran.stdout.decode() == page(documents)
