"""A connection never blocks who writes, and waits for a body at its pace."""

import socket
from collections.abc import Iterator

import pytest

from api.errors import RequestTooSlow
from infra.server.connection import Connection
from infra.server.pace import WINDOW_SECONDS, Pace

MORE_THAN_A_SOCKET_HOLDS = 50_000_000


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Connection(ours, None, None), theirs


def test_what_the_client_does_not_take_is_kept(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    connection.sendall(b"a" * MORE_THAN_A_SOCKET_HOLDS)
    connection.sendall(b"b")
    assert connection.outbox.endswith(b"ab")
    taken = b""
    while connection.outbox:
        taken += client.recv(1 << 20)
        connection.flush()
    while len(taken) <= MORE_THAN_A_SOCKET_HOLDS:
        taken += client.recv(1 << 20)
    assert taken == b"a" * MORE_THAN_A_SOCKET_HOLDS + b"b"


def test_whoever_works_at_a_whole_request_waits_for_nothing(pair: tuple[Connection, socket.socket]) -> None:
    connection, _ = pair
    connection.inbox += b"ab"
    connection.expect(None)
    assert [connection.recv(1) for _ in range(3)] == [b"a", b"b", b""]


def test_a_body_is_waited_for_and_asked_for_only_when_it_is_wanted(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    connection.expect(Pace())
    connection.send(b"100 Continue")
    client.sendall(b"ab")
    client.setblocking(False)
    with pytest.raises(BlockingIOError):
        client.recv(100)
    assert connection.recv(100) == b"ab"
    assert client.recv(100) == b"100 Continue"
    client.shutdown(socket.SHUT_WR)
    assert connection.recv(100) == b""


def test_a_body_that_does_not_come_at_its_pace_is_given_up(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    pace = Pace()
    pace.waited(WINDOW_SECONDS, 1)
    connection.expect(pace)
    client.sendall(b"a")
    with pytest.raises(RequestTooSlow):
        connection.recv(100)


def test_a_wait_ends_when_the_server_cuts_it(pair: tuple[Connection, socket.socket]) -> None:
    connection, _ = pair
    connection.expect(Pace())
    connection.cut()
    assert connection.recv(100) == b""
