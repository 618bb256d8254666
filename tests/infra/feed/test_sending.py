"""What is sent arrives where its name led when that was judged, signed, once, in a bounded time, and nowhere else."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook as Receiver
from standardwebhooks import WebhookVerificationError

from infra.feed.networks import faults_of_networks, may_be_sent_to, networks_of
from infra.feed.sending import NotSent, Sender
from portfolio.application.webhooks import headers_of, secret_of
from tests.patience import PATIENCE

HERE = networks_of("127.0.0.0/8 ::1")
EVENT = UUID(int=7)
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@contextmanager
def receiving(
    answer: Callable[[socket.socket], object], context: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[bytes]]]:
    """Give the port of somebody who listens on this machine and answers so, and the requests that they got."""
    got = list[bytes]()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)

        def serve() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                    with context.wrap_socket(plain, server_side=True) if context else plain as client:
                        request = b""
                        while b"\r\n\r\n" not in request or not request.endswith(b"}"):
                            piece = client.recv(65536)
                            if not piece:
                                break
                            request += piece
                        got.append(request)
                        answer(client)
                except (ssl.SSLError, ConnectionError):
                    continue
                except OSError:
                    return

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], got
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(PATIENCE)


def sends(port: int, sender: Sender | None = None, host: str = "127.0.0.1", scheme: str = "http") -> None:
    (sender or Sender(HERE)).send(f"{scheme}://{host}:{port}/in?for=us", {"webhook-id": "1"}, b'{"type": "x"}')


def test_it_arrives_with_its_headers_and_its_very_bytes() -> None:
    with receiving(lambda client: client.sendall(OK)) as (port, got):
        sends(port)
    (request,) = got
    head, _, content = request.partition(b"\r\n\r\n")
    assert content == b'{"type": "x"}'
    assert head.splitlines()[0] == b"POST /in?for=us HTTP/1.1"
    assert {b"webhook-id: 1", b"Host: 127.0.0.1:%d" % port} <= set(head.splitlines())


@pytest.mark.parametrize(
    "status", ["500 Oh", "400 No", "301 Moved\r\nLocation: {}", "307 Moved\r\nLocation: {}", "199 x"]
)
def test_whatever_is_no_success_is_none_and_no_redirect_is_followed(status: str) -> None:
    with receiving(lambda client: client.sendall(OK)) as (elsewhere, followed):
        line = status.format(f"http://127.0.0.1:{elsewhere}/")
        answer = f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()
        with receiving(lambda client: client.sendall(answer)) as (port, got), pytest.raises(NotSent):
            sends(port, Sender(HERE, longest=2))
        assert len(got) == 1
        assert followed == []


def drip(client: socket.socket) -> None:
    """Send a head that has no end, a byte now and then."""
    client.settimeout(0.05)
    client.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        try:
            if not client.recv(1):
                return
        except TimeoutError:
            client.sendall(b"x")


def test_somebody_who_answers_byte_by_byte_is_given_up() -> None:
    with receiving(drip) as (port, _), pytest.raises(NotSent, match="did not answer in time"):
        sends(port, Sender(HERE, longest=0.3))


def test_somebody_who_sends_without_end_is_not_listened_to() -> None:
    def endless(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            client.sendall(b"x" * 65536)

    with receiving(endless) as (port, _):
        sends(port)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.0.0.7",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.1.2.3",
            "224.0.0.1",
        ),
        *("255.255.255.255", "198.18.0.1", "192.0.2.7", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1"),
        *(
            "ff02::1",
            "::ffff:10.0.0.7",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::a00:7",
            "64:ff9b:1::1",
            "2002:a00:7::1",
        ),
        *("2001::1", "2001:db8::1", "fec0::1", "100::1", "receiver.example", ""),
    ],
)
def test_nothing_is_sent_into_a_private_network_whatever_a_name_leads_to(address: str) -> None:
    assert not may_be_sent_to(address, (), plain=False)
    asked: list[str] = []

    def resolve(host: str, _: int) -> list[str]:
        asked.append(host)
        return [address]

    with pytest.raises(NotSent, match="private network"):
        Sender(resolve=resolve).send("https://receiver.example/", {}, b"{}")
    assert "private network" in Sender(resolve=resolve).why_not("https://receiver.example/")
    assert asked == ["receiver.example"] * 2


def test_public_addresses_are_sent_to_by_https_and_listed_networks_also_without() -> None:
    for public in (
        "93.184.215.14",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "::ffff:93.184.215.14",
        "64:ff9b::5db8:d70e",
    ):
        assert may_be_sent_to(public, (), plain=False)
        assert not may_be_sent_to(public, (), plain=True)
        assert not may_be_sent_to(public, HERE, plain=True)
    listed = networks_of("10.4.0.0/16 fd00:4::/32")
    for inside in ("10.4.1.2", "::ffff:10.4.1.2", "fd00:4::1"):
        assert may_be_sent_to(inside, listed, plain=True)
    assert not may_be_sent_to("10.5.1.2", listed, plain=True)
    assert listed == (ip_network("10.4.0.0/16"), ip_network("fd00:4::/32"))
    assert faults_of_networks("10.4.0.0/16") == []
    (fault,) = faults_of_networks("10.4.0.1/16")
    assert "10.4.0.1/16" in fault
    sender = Sender(resolve=lambda *_: ["93.184.215.14"])
    assert "not https" in sender.why_not("http://receiver.example/")
    assert sender.why_not("https://receiver.example/") == ""


def test_it_goes_to_the_address_that_was_judged_whatever_the_name_leads_to_a_moment_later() -> None:
    answers = [["10.0.0.7", "127.0.0.1"], ["192.168.0.1"]]
    with receiving(lambda client: client.sendall(OK)) as (port, got):
        sends(port, Sender(HERE, resolve=lambda *_: answers.pop(0)), host="receiver.example")
        assert b"Host: receiver.example" in got[0]
    assert answers == [["192.168.0.1"]], "it was asked once"


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server of this name shows, and what trusts it."""
    key, called = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(file)
    trusts = ssl.create_default_context()
    trusts.load_verify_locations(cadata=made.public_bytes(serialization.Encoding.PEM).decode())
    return shown, trusts


def test_a_receiver_shows_a_certificate_for_its_name(tmp_path: Path) -> None:
    shown, trusts = certified("receiver.example", tmp_path)
    with receiving(lambda client: client.sendall(OK), shown) as (port, got):
        sender = Sender(HERE, resolve=lambda *_: ["127.0.0.1"], trusted=trusts)
        sends(port, sender, "receiver.example", "https")
        for host, trusted in (("another.example", trusts), ("receiver.example", ssl.create_default_context())):
            with pytest.raises(NotSent, match="certificate"):
                sends(port, Sender(HERE, resolve=lambda *_: ["127.0.0.1"], trusted=trusted), host, "https")
    assert len(got) == 1


def test_what_is_sent_is_signed_as_the_specification_says_with_both_secrets_while_two_hold() -> None:
    def keyed(name: str, content: bytes) -> str:
        return hashes_of(name.encode() + content)

    first, second = (secret_of(keyed, EVENT, number) for number in (1, 2))
    assert first != second != secret_of(keyed, UUID(int=8), 2)
    content, now = b'{"type": "plan.approved.v1"}', datetime.now(UTC)
    both = dict(headers_of([second, first], EVENT, now, content))
    for secret in (first, second):
        assert Receiver(secret).verify(content, both) == {"type": "plan.approved.v1"}
    with pytest.raises(WebhookVerificationError):
        Receiver(first).verify(content, dict(headers_of([second], EVENT, now, content)))
    for changed in ({"webhook-id": "another"}, {"webhook-timestamp": str(int(now.timestamp()) + 1)}):
        with pytest.raises(WebhookVerificationError):
            Receiver(second).verify(content, both | changed)
    with pytest.raises(WebhookVerificationError):
        Receiver(second).verify(content + b" ", both)


def hashes_of(content: bytes) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    return digest.finalize().hex()
