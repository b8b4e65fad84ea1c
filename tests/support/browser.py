"""A page in a headless browser: what it loads, what it complains of, whether it stays within its window."""

import json
import re
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any, Final

import pytest

BROWSER: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine: nobody looked at the page")

# The page stands in a frame, so that a script beside it can measure it; the page itself has none.
_HARNESS: Final = """<!DOCTYPE html><meta charset="utf-8"><title>waiting</title>
<iframe id="page" style="border:0;width:{width}px;height:900px" srcdoc="{page}"></iframe><pre id="found"></pre>
<script>
addEventListener("load", () => {{
  const frame = document.getElementById("page"), page = frame.contentDocument, root = page.documentElement;
  const wide = [...page.querySelectorAll("body *")].filter(e => !e.closest("svg, .scroll")
    && e.getBoundingClientRect().right > root.clientWidth + 1).map(e => e.outerHTML.slice(0, 80));
  const outside = [...page.querySelectorAll("svg.wide :is(text, rect)")].filter(e => {{
    const box = e.getBBox(), view = e.ownerSVGElement.viewBox.baseVal;
    return box.x < -1 || box.y < -1 || box.x + box.width > view.width + 1 || box.y + box.height > view.height + 1;
  }}).map(e => e.outerHTML);
  document.getElementById("found").textContent = JSON.stringify({{
    overflow: root.scrollWidth - root.clientWidth, wide, outside,
    loaded: frame.contentWindow.performance.getEntriesByType("resource").map(one => one.name),
    background: getComputedStyle(page.body).backgroundColor,
    text: getComputedStyle(page.body).color,
    pictures: [...page.querySelectorAll("figure svg.wide")].map(svg => svg.getBoundingClientRect().height),
  }});
}});
</script>"""


def looked_at(page: str, folder: Path, *, width: int = 1000, dark: bool = False) -> dict[str, Any]:
    """Return what a browser makes of a page, and what it says on its console."""
    assert BROWSER is not None
    file = folder / "harness.html"
    file.write_text(_HARNESS.format(page=escape(page), width=width), encoding="utf-8")
    ended = subprocess.run(  # noqa: S603 - a browser that was found, on a file of ours
        [
            BROWSER,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            f"--user-data-dir={folder / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            f"--window-size={max(width + 40, 600)},1000",
            "--enable-logging=stderr",
            "--virtual-time-budget=5000",
            "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = re.search(r'<pre id="found">(.+?)</pre>', ended.stdout, re.DOTALL)
    assert found, ended.stderr
    console = [line for line in ended.stderr.splitlines() if "CONSOLE" in line]
    return {**json.loads(unescape(found[1])), "console": console}
