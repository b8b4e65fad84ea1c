"""The manifests of examples/: what the README's first command shows."""

from pathlib import Path

import pytest
from commandline import executed
from doors.shell import Exit

ROOT = Path(__file__).parent.parent.parent
SHOP = sorted((ROOT / "examples" / "shop").glob("*.yaml"))
SIDECAR_SET = ["--sidecarset", "examples/sidecarset.yaml"]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_shop_gets_its_log_agents() -> None:
    ran = executed(["inject", *SIDECAR_SET, "-f", "examples/shop"])
    assert ran.code == Exit.OK
    assert ran.stdout.count(b"- name: IS_INJECTED") + ran.stdout.count(b"-   name: IS_INJECTED") == 3
    assert ran.stderr.decode().splitlines() == [
        "examples/shop/catalog.yaml: deployment/shop-catalog injected (log-agent)",
        "examples/shop/checkout.yaml: deployment/checkout -n shop injected (log-agent)",
        "examples/shop/checkout.yaml: cronjob/nightly-accounts -n shop skipped: no SidecarSet selects it [SEL001]",
        "examples/shop/search.yaml: statefulset/search injected (log-agent)",
        "3 injected, 1 skipped",
        "applying these templates restarts 11 Pods: their sidecars are no longer upgraded in place",
    ]


@pytest.mark.parametrize("path", SHOP, ids=lambda path: path.stem)
def test_what_was_added_can_be_taken_out(path: Path) -> None:
    once = executed(["inject", "--quiet", *SIDECAR_SET, str(path)]).stdout
    assert executed(["uninject", "--quiet", *SIDECAR_SET], once).stdout == path.read_bytes()
