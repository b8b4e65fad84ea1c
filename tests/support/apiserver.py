"""A real API server, for as long as a test needs it: etcd and kube-apiserver on loopback, nothing else of a cluster."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any, Final, NamedTuple

ASSETS: Final = "KUBEBUILDER_ASSETS"
_BUILD: Final = Path(__file__).parent.parent.parent.parent / "shared" / "kube-apiserver" / "build"
_TOKEN: Final = "for-this-test-only"  # noqa: S105 - of a server that lives for seconds, on loopback
_SECONDS_TO_START: Final = 90


class Unavailable(Exception):
    """There is no API server to start here; the message says what is missing."""


class ApiServer(NamedTuple):
    """Where it listens, and whom it trusts."""

    port: int
    certificate: Path

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Ask it something; return the status and the answer."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
        headers = {"Authorization": f"Bearer {_TOKEN}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def kubeconfig(self, path: Path, *, token: str = _TOKEN) -> Path:
        """Write a file with which kubectl reaches it; JSON is YAML."""
        cluster = {"server": f"https://127.0.0.1:{self.port}", "certificate-authority": str(self.certificate)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": "test", "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        }
        path.write_text(json.dumps(config), encoding="utf-8")
        return path

    def is_ready(self) -> bool:
        """Whether it answers, and has the namespace in which everything starts."""
        try:
            return self.certificate.exists() and self.request("GET", "/api/v1/namespaces/default")[0] == 200
        except (OSError, ValueError):
            return False


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """Start an API server with its data in a folder; end it and its etcd afterwards.

    Raises `Unavailable`.
    """
    programs, key = _assets(), folder / "service-account.key"
    _make_key(key)
    (folder / "tokens.csv").write_text(f'{_TOKEN},test,test,"system:masters"\n', encoding="utf-8")
    etcd_port, peer_port, port = _free_ports(3)
    server = ApiServer(port, folder / "certificates" / "apiserver.crt")
    etcd: list[Path | str] = [programs / "etcd", *_etcd_flags(folder, etcd_port, peer_port)]
    apiserver: list[Path | str] = [programs / "kube-apiserver", *_apiserver_flags(folder, key, etcd_port, port)]
    with (folder / "log").open("wb") as log, _running(etcd, log), _running(apiserver, log) as process:
        deadline = time.monotonic() + _SECONDS_TO_START
        while not server.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                log.flush()
                last = (folder / "log").read_text(encoding="utf-8", errors="replace")[-3000:]
                raise AssertionError(f"the API server did not start:\n{last}")
            time.sleep(0.5)
        yield server


def _assets() -> Path:
    found = os.environ.get(ASSETS)
    if not found and _BUILD.exists():
        found = subprocess.run([_BUILD], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - ours
    if not found:
        raise Unavailable(f"{ASSETS} names no directory with etcd and kube-apiserver")
    missing = [name for name in ("etcd", "kube-apiserver") if not (Path(found) / name).exists()]
    if missing:
        raise Unavailable(f"there is no {' and no '.join(missing)} in {found}")
    return Path(found)


def _make_key(path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        raise Unavailable("openssl, to make a key with, is not installed")
    subprocess.run([openssl, "genrsa", "-out", path, "2048"], capture_output=True, check=True)  # noqa: S603 - no input


def _free_ports(number: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _etcd_flags(folder: Path, port: int, peer_port: int) -> list[str]:
    client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer_port}"
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
    ]


def _apiserver_flags(folder: Path, key: Path, etcd_port: int, port: int) -> list[str]:
    return [
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        f"--cert-dir={folder / 'certificates'}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--allow-privileged=true",
        "--authorization-mode=AlwaysAllow",
        "--disable-admission-plugins=ServiceAccount",
        "--service-account-issuer=https://127.0.0.1",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-cluster-ip-range=10.0.0.0/24",
    ]


@contextmanager
def _running(command: list[Path | str], log: Any) -> Iterator[subprocess.Popen[bytes]]:  # noqa: ANN401 - a file
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603 - our own flags
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
