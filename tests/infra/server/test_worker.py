"""What clients of the real server meet, on the wire."""

import json
import os
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from api.bodies import OF_ONE_PERSON
from infra.server.lanes import LONGEST_HEAD, SHORT_BODY
from tests.faults.service import Server
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

PERSON = b'{"name": "Bo Li", "works_for": "centre"}'


class Wire:
    """A connection to the server, byte by byte."""

    def __init__(self, server: Server) -> None:
        place = urlsplit(server.settings.base_url)
        self.sock = socket.create_connection((place.hostname or "", place.port or 0), PATIENCE)
        self._received = b""
        self._authorization = f"Authorization: Bearer {server.caller._token}"

    def head(self, line: str, *headers: str, signed_in: bool = True) -> None:
        """Send the beginning of a request."""
        who = [self._authorization] if signed_in else []
        self.sock.sendall("\r\n".join([f"{line} HTTP/1.1", "Host: x", *who, *headers, "", ""]).encode())

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Return the next answer: its status, headers and body."""
        head, self._received = self._until(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        length = int(headers.get("content-length", "0"))
        while len(self._received) < length:
            self._received += self._more()
        body, self._received = self._received[:length], self._received[length:]
        return int(first.split()[1]), headers, body

    def rest(self) -> bytes:
        """Return what comes until the server closes."""
        while data := self.sock.recv(1 << 16):
            self._received += data
        return self._received

    def _until(self, mark: bytes) -> tuple[bytes, bytes]:
        while mark not in self._received:
            self._received += self._more()
        head, _, rest = self._received.partition(mark)
        return head, rest

    def _more(self) -> bytes:
        data = self.sock.recv(1 << 16)
        assert data, f"the server closed after {self._received!r}"
        return data


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.end(signal.SIGTERM)
    assert list(server.faults()) == []


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    wire = Wire(server)
    with wire.sock:
        yield wire


def posted(wire: Wire, length: int = len(PERSON), *headers: str, signed_in: bool = True) -> None:
    """Send the head of a request that makes a person known."""
    sent = ["Content-Type: application/json", f"Content-Length: {length}", *headers]
    wire.head("POST /v1/people", *sent, signed_in=signed_in)


def problem(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, str]:
    status, headers, body = answer
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    return status, json.loads(body)["type"]


def test_requests_follow_each_other_on_one_connection(wire: Wire) -> None:
    for _ in range(3):
        posted(wire)
        wire.sock.sendall(PERSON)
        status, headers, _ = wire.answer()
        assert (status, headers["connection"]) == (201, "keep-alive")


def test_requests_that_were_sent_together_are_answered_in_turn(wire: Wire) -> None:
    wire.head("GET /healthz")
    posted(wire)
    wire.sock.sendall(PERSON)
    wire.head("HEAD /healthz")
    wire.head("GET /nowhere", "Accept: application/json", "Connection: close")
    statuses = [wire.answer()[0] for _ in range(2)]
    wire._received = wire._received or wire._more()
    assert statuses == [200, 201]
    assert wire.rest().count(b"HTTP/1.1 200") == 1
    assert wire._received.count(b"HTTP/1.1 404") == 1


@pytest.mark.parametrize("length", [len(PERSON), SHORT_BODY + 1])
def test_a_body_that_comes_in_pieces_is_read_whole(wire: Wire, length: int) -> None:
    body = PERSON + b" " * (length - len(PERSON))
    posted(wire, length)
    for start in range(0, length, 10_000):
        wire.sock.sendall(body[start : start + 10_000])
    assert wire.answer()[0] == 201


def test_a_body_in_chunks_is_read_whole_and_the_next_request_follows(wire: Wire) -> None:
    wire.head("POST /v1/people", "Content-Type: application/json", "Transfer-Encoding: chunked")
    for piece in (PERSON[:9], PERSON[9:], b""):
        wire.sock.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
    assert wire.answer()[0] == 201
    wire.head("GET /healthz")
    assert wire.answer()[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\nabc\r\n0\r\n\r\n",
        b"-1\r\nabc\r\n0\r\n\r\n",
        b"3\r\nabcdef0\r\n\r\n",
        b"3;" + b"x" * 20_000 + b"\r\nabc\r\n0\r\n\r\n",
        b"3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n",
        b"3\r\nabc\r\n0\r\nX: " + b"x" * 300_000 + b"\r\n\r\n",
    ],
)
def test_a_body_in_chunks_that_are_none_is_refused(wire: Wire, body: bytes) -> None:
    wire.head("POST /v1/people", "Content-Type: application/json", "Transfer-Encoding: chunked")
    wire.sock.sendall(body)
    assert problem(wire.answer()) == (400, "/problems/not-well-formed")


@pytest.mark.parametrize("head", ["Transfer-Encoding: chunked", "Content-Length: 900"])
@pytest.mark.parametrize("reset", [False, True])
def test_who_goes_away_in_the_middle_of_a_body_is_no_fault_of_ours(server: Server, head: str, reset: bool) -> None:
    wire = Wire(server)
    wire.head("POST /v1/people", "Content-Type: application/json", head, "Expect: 100-continue")
    assert b"100 Continue" in wire._more()  # somebody waits for the body
    answered = server.log().count('"log":"portfolio.access"')
    if reset:
        wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.sock.close()
    last_moment = time.monotonic() + PATIENCE
    while server.log().count('"log":"portfolio.access"') == answered:
        assert time.monotonic() < last_moment
        time.sleep(0.05)
    assert list(server.faults()) == []


@pytest.mark.parametrize("length", [len(PERSON), 900_000])
def test_the_body_of_somebody_unknown_is_not_waited_for(wire: Wire, length: int) -> None:
    posted(wire, length, signed_in=False)
    assert problem(wire.answer()) == (401, "/problems/unauthenticated")
    assert wire.rest() == b""


def test_a_body_that_is_too_large_is_not_waited_for(wire: Wire) -> None:
    posted(wire, 10_000_000)
    assert problem(wire.answer()) == (413, "/problems/too-large")


def test_a_program_that_sends_all_before_it_listens_hears_the_refusal(wire: Wire) -> None:
    posted(wire, 50_000_000)
    wire.sock.sendall(b" " * 50_000_000)
    assert problem(wire.answer()) == (413, "/problems/too-large")


def test_a_body_is_asked_for_only_if_the_request_is_not_refused(server: Server, wire: Wire) -> None:
    posted(wire, len(PERSON), "Expect: 100-continue", signed_in=False)
    assert problem(wire.answer()) == (401, "/problems/unauthenticated")
    another = Wire(server)
    with another.sock:
        posted(another, len(PERSON), "Expect: 100-continue")
        assert another.answer()[0] == 100
        another.sock.sendall(PERSON)
        assert another.answer()[0] == 201


def test_nobody_takes_all_the_places_of_those_who_send_slowly(server: Server) -> None:
    with ExitStack() as opened:

        def wire() -> Wire:
            made = Wire(server)
            opened.enter_context(made.sock)
            return made

        waiting = [wire() for _ in range(OF_ONE_PERSON)]
        for each in waiting:
            posted(each, 900_000, "Expect: 100-continue")
            assert each._more() == b"HTTP/1.1 100 Continue\r\n\r\n"
        one_more, whole = wire(), wire()
        posted(one_more, 900_000)
        assert problem(one_more.answer()) == (503, "/problems/many-still-sent")
        posted(whole)
        whole.sock.sendall(PERSON)
        assert whole.answer()[0] == 201  # what has arrived is not waited for
        waiting[0].sock.close()
        last_moment = time.monotonic() + PATIENCE
        while time.monotonic() < last_moment:
            after = wire()
            posted(after, len(PERSON), "Expect: 100-continue")
            if after._more() == b"HTTP/1.1 100 Continue\r\n\r\n":
                break
        after.sock.sendall(PERSON)
        assert after.answer()[0] == 201


def is_cut(reader: socket.socket) -> bool:
    """Tell whether an answer ends before its end."""
    answer = bytearray()
    try:
        while piece := reader.recv(1 << 20):
            answer += piece
    except ConnectionResetError:
        return True
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    return len(body) < int(length.split(b":")[1])


def test_answers_that_nobody_takes_are_given_up_before_they_fill_the_memory(server: Server) -> None:
    place = urlsplit(server.settings.base_url)
    with ExitStack() as opened:
        readers = []
        for _ in range(300):
            reader = opened.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            reader.settimeout(PATIENCE)
            reader.connect((place.hostname, place.port))
            reader.sendall(b"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            readers.append(reader)
        for reader in readers:
            assert reader.recv(1, socket.MSG_PEEK)  # its answer has begun
        assert any(is_cut(reader) for reader in reversed(readers))  # the last ones first
    wire = Wire(server)
    with wire.sock:
        wire.head("GET /healthz")
        assert wire.answer()[0] == 200


def test_a_header_that_does_not_end_is_given_up(server: Server) -> None:
    wires = [Wire(server) for _ in range(3)]
    wires[1].sock.sendall(b"GET / HTTP/1.1\r\nHo")
    wires[2].head("GET /healthz")
    assert wires[2].answer()[0] == 200
    wires[2].sock.sendall(b"GET / HTTP/1.1\r\nHo")
    assert wires[0].rest() == b""
    for wire in wires[1:]:
        assert problem(wire.answer()) == (408, "/problems/request-too-slow")
        assert wire.rest() == b""
    for wire in wires:
        wire.sock.close()


def test_a_head_that_is_too_long_is_refused(wire: Wire) -> None:
    wire.head("GET /", "X-Long: " + "x" * LONGEST_HEAD)
    assert problem(wire.answer()) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"hello\r\n\r\n", 400, "not-well-formed"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400, "not-well-formed"),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 413, "too-large"),
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400, "not-well-formed"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\n", 400, "not-well-formed"),
    ],
)
def test_what_is_no_http_is_refused_in_the_one_shape(wire: Wire, sent: bytes, status: int, code: str) -> None:
    wire.sock.sendall(sent)
    assert problem(wire.answer()) == (status, f"/problems/{code}")


def test_a_request_under_way_is_answered_before_the_server_stops(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        wire = Wire(server)
        with wire.sock:
            posted(wire, len(PERSON), "Expect: 100-continue")
            assert wire.answer()[0] == 100
            os.kill(server.pid, signal.SIGTERM)
            wire.sock.sendall(PERSON)
            status, _, _ = wire.answer()
    finally:
        server.end(signal.SIGTERM)
    assert (status, list(server.faults())) == (201, [])
