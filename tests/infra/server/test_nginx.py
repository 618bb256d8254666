"""The example for nginx is taken by nginx, and what is told of it holds."""

import http.client
import re
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from infra.main import now
from infra.signing_in import open_sessions
from tests.deployments import administrator_of
from tests.faults.postgres import free_port, wait_until
from tests.faults.service import Server
from tests.patience import PATIENCE
from tests.programs import run

EXAMPLE = Path(__file__).parents[3] / "infra" / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
AROUND = """daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/portfolio.conf;
}}
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="nginx is not on this machine (Debian: nginx-light)"),
]


class Proxy:
    """nginx with the example in front of a server."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.port, self.root = free_port(), server.settings.path
        self._configuration = folder / "nginx.conf"
        self._configuration.write_text(AROUND.format(folder=folder))
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        run([*request, "-keyout", key, "-out", certificate])
        example = EXAMPLE.read_text()
        for old, new in (
            ("listen 443", f"listen 127.0.0.1:{self.port}"),
            ("127.0.0.1:8080", urlsplit(server.settings.base_url).netloc),
            ("/etc/ssl/certs/portfolio.pem", str(certificate)),
            ("/etc/ssl/private/portfolio.key", str(key)),
            ("location / {", f"location {self.root}/ {{"),
            ("location = /metrics {", f"location = {self.root}/metrics {{"),
        ):
            assert example.count(old) == 1
            example = example.replace(old, new)
        (folder / "portfolio.conf").write_text(example)
        self._context = ssl._create_unverified_context()  # noqa: S323 - the certificate is our own
        self._process = subprocess.Popen([NGINX or "", "-c", self._configuration], stderr=subprocess.DEVNULL)  # noqa: S603
        wait_until(self._listens, "nginx does not listen")

    def check(self) -> str:
        """Return what nginx says of the example."""
        told = subprocess.run([NGINX or "", "-t", "-c", self._configuration], capture_output=True, check=False)  # noqa: S603
        return told.stderr.decode()

    def send(self, request: str) -> bytes:
        """Send a request and return what is answered until nginx closes."""
        answer = b""
        with (
            socket.create_connection(("127.0.0.1", self.port), PATIENCE) as plain,
            self._context.wrap_socket(plain, server_hostname="localhost") as sock,
        ):
            sock.sendall(request.encode())
            while piece := sock.recv(1 << 16):
                answer += piece
        return answer

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, Message, str]:
        """Return status, headers and text of the answer to a request."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=self._context)
        with closing(connection):
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def end(self) -> None:
        """Stop nginx."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()

    def _listens(self) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture(scope="module", params=["", "/assessment"], ids=["at the root", "below a path"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"), path=request.param)
    server.start()
    yield server
    server.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def proxy(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    proxy = Proxy(tmp_path_factory.mktemp("nginx"), server)
    yield proxy
    proxy.end()


def test_nginx_takes_the_example(proxy: Proxy) -> None:
    assert "syntax is ok" in proxy.check()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/sign-in", "/metrics"])
def test_what_is_asked_through_nginx_is_answered(proxy: Proxy, path: str) -> None:
    assert proxy.send(f"GET {proxy.root}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 200 "
    )


def test_a_refusal_passes_nginx_before_its_body(proxy: Proxy) -> None:
    head = f"POST {proxy.root}/v1/people HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    answer = proxy.send(f"{head}Content-Length: 900000\r\n\r\n ")
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert f'"{proxy.root}/problems/unauthenticated"'.encode() in answer


def test_a_link_signs_in_through_nginx_and_leads_to_pages_with_their_style(proxy: Proxy, server: Server) -> None:
    with open_sessions(server.settings, now) as sessions:
        place, _, code = sessions.issue_link(administrator_of(server.settings)).partition("#code=")
    _, _, door = proxy.ask("GET", urlsplit(place).path)
    (action,) = re.findall('action="([^"]+)"', door)
    form = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}
    status, headers, _ = proxy.ask("POST", action, urlencode({"code": code}), **form)
    assert (status, headers["Location"]) == (303, f"{proxy.root}/")
    cookie, *limits = headers["Set-Cookie"].split("; ")
    assert f"Path={proxy.root or '/'}" in limits
    status, _, page = proxy.ask("GET", headers["Location"], Cookie=cookie, Accept="text/html")
    assert (status, "<h1>Welcome, " in page) == (200, True)
    asked = {to for to in re.findall('(?:href|src)="([^"]+)"', page) if to[0] != "#"}
    assert {to for to in asked if proxy.ask("GET", to, Cookie=cookie)[0] != HTTPStatus.OK} == set()
    assert {to for to in asked if not to.startswith(f"{proxy.root}/")} == set()


def test_what_lies_outside_is_not_passed_on(proxy: Proxy) -> None:
    outside = ("/sign-in", "/metrics", "/assessments") if proxy.root else ("/assessments",)
    assert {proxy.ask("GET", path)[0] for path in outside} == {404}
