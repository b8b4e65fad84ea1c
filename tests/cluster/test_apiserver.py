"""A real API server makes one Pod of both forms of injection, and fills in just what poddefaults.py says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from apiserver import ApiServer, Unavailable, api_server
from casefolder import TESTDATA
from commandline import executed
from doors.upstream import decode, pod_with_defaults
from doors.yamledit import same

pytestmark = pytest.mark.heavy

# What the server decides for itself, with or without sidecars.
SERVERS_OWN = ("tolerations", "priority", "preemptionPolicy", "serviceAccount", "serviceAccountName")
CASES = [
    "defaults",
    "env-order",
    "hot-upgrade-native",
    "hot-upgrade-two-sets",
    "manual-04-container-fields",
    "metadata-retain",
    "placement-before-and-after",
    "placement-init-containers",
    "resources-sum",
    "share-subpath-env",
    "share-volumes",
    "volumes-only-those-used",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    try:
        with api_server(tmp_path_factory.mktemp("cluster")) as running:
            yield running
    except Unavailable as reason:
        pytest.skip(f"no API server to ask: {reason}")


@pytest.mark.parametrize("name", CASES)
def test_server_makes_one_pod_of_both_forms(server: ApiServer, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTDATA / "inject" / name)
    written, defaults = injected_pod(), injected_pod("--defaults")
    assert not same(written, defaults)
    created = [created_pod(server, given) for given in (written, defaults)]
    assert created[0]["spec"] == created[1]["spec"]
    assert created[0]["metadata"]["annotations"] == created[1]["metadata"]["annotations"]
    ours: Any = pod_with_defaults(decode(written, "Pod"))
    theirs = {key: value for key, value in created[0]["spec"].items() if key not in SERVERS_OWN}
    assert {key: value for key, value in ours["spec"].items() if value != []} == theirs


def injected_pod(*flags: str) -> Any:  # noqa: ANN401 - a Pod
    arguments = ["--sidecarset", "sidecarsets.yaml", "--no-validate", "--as-pods", "--output=json", *flags]
    ran = executed(["inject", "--quiet", *arguments, "input.yaml"])
    return json.loads(ran.stdout)


def created_pod(server: ApiServer, pod: Any) -> Any:  # noqa: ANN401 - a Pod
    status, answer = server.request("POST", "/api/v1/namespaces/default/pods?dryRun=All", pod)
    assert status == 201, answer
    return answer
