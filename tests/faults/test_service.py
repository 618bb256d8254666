"""The harness sees what nobody should be told, and its proxy cuts where it is asked to."""

import socket
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.faults.proxy import Pair
from tests.faults.service import Caller, Unreachable

PROBLEM = "application/problem+json"


class Saying(BaseHTTPRequestHandler):
    """Answers with the status, the type and the wait that the address names, or hangs up in the middle."""

    def do_GET(self) -> None:
        status, kind, wait = self.path.strip("/").split("|")
        if status == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{")
            return
        self.send_response(int(status))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", "2")
        if wait:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Give the address of what answers so."""
    server = HTTPServer(("127.0.0.1", 0), Saying)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("200|application/json|", []),
        (f"412|{PROBLEM}|", []),
        (f"503|{PROBLEM}|1", []),
        (f"507|{PROBLEM}|", []),
        (f"503|{PROBLEM}|", ["was answered 503 without Retry-After"]),
        ("503|text/html|1", ["was answered 503 without a problem"]),
        (f"500|{PROBLEM}|", ["was answered 500"]),
        (f"404|{PROBLEM}|", ["was answered 404"]),
    ],
)
def test_an_answer_that_leaves_the_caller_without_a_next_step_is_named(
    base_url: str, answer: str, wrong: list[str]
) -> None:
    caller = Caller(base_url, "")
    assert caller.ask("GET", f"/{answer}").status == int(answer[:3])
    assert caller.wrong == [f"GET /{answer} {sentence}" for sentence in wrong]


def test_half_an_answer_is_none(base_url: str) -> None:
    with pytest.raises(Unreachable):
        Caller(base_url, "").ask("GET", "/half||")


@pytest.mark.parametrize("pieces", [[b"0123456789"], [b"0123", b"456789"]])
def test_the_proxy_cuts_in_the_middle_of_an_answer(pieces: list[bytes]) -> None:
    caller, near = socket.socketpair()
    far, server = socket.socketpair()
    pair = Pair(near, far)
    pair.cut(6, reset=False)
    with closing(caller), closing(server):
        for piece in pieces:
            server.sendall(piece)
        received = b""
        while piece := caller.recv(100):
            received += piece
    assert received == b"012345"
