import pytest
from doors.upstream import default_pull_policy

SHA = "a" * 64


@pytest.mark.parametrize(
    "image",
    [
        "nginx",
        "nginx:latest",
        f"nginx:latest@sha256:{SHA}",
        "localhost:5000/x",
        "[::1]:5000/x",
        "Foo/bar",
        "docker.io/nginx",
        "index.docker.io/nginx",
        "reg.io/a/b",
        "my_registry.io/a",  # no host, but a folder may be called so
    ],
)
def test_the_latest_image_is_always_pulled(image: str) -> None:
    assert default_pull_policy(image) == "Always"


@pytest.mark.parametrize(
    "image",
    [
        "nginx:1",
        f"nginx@sha256:{SHA}",
        "NGINX",
        "NGINX:latest",
        "reg.io/a/B:latest",
        SHA,
        "host:port/x",
        "my_registry.io:5000/a",
        "a_.io/b",
        "",
        "nginx:",
        " nginx",
        "nginx:latest ",
        "nginx:latest\n",
        "-bad",
        "a..b",
        "{{img}}",
        "nginx:Latest",
        f"nginx:{'t' * 129}",
        "n" * 260,
        f"nginx@md5:{'a' * 32}",
        f"nginx@sha256:{SHA.upper()}",
        f"nginx@sha256:{SHA}0",
        "nginx:latést",
    ],
)
def test_any_other_is_pulled_once_and_so_is_what_is_no_image(image: str) -> None:
    assert default_pull_policy(image) == "IfNotPresent"
