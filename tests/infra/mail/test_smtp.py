"""Mails reach a real mail server over TLS alone, whole, in time and with nothing in their headers but what is ours."""

import gc
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from infra.adapters import open_mailer
from infra.mail.smtp import Smtp
from infra.settings import Settings
from portfolio.application.mail_ports import MailRefused, MailUnavailable
from tests.mails import SENDER, USER, Post, certificates, post_office, text_of
from tests.patience import PATIENCE

TEXT = "Dear Zoë,\n\nsomething waits for you:\nhttps://portfolio.example/people/with/a/long/address?that=" + "x" * 120


@pytest.fixture(scope="module", params=["starttls", "tls"])
def post(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with post_office(tmp_path_factory.mktemp("post"), starttls=request.param == "starttls") as post:
        yield post


@pytest.fixture
def trusted(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(post.authority))


def mailer(post: Post, **changed: str) -> Smtp:
    settings = Settings.read({**post.settings, "PORTFOLIO_NAME": 'North "College", Zoë', **changed})
    found = open_mailer(settings)
    assert found is not None
    return found


@pytest.mark.usefixtures("trusted")
def test_a_mail_arrives_as_it_was_written(post: Post) -> None:
    sends = mailer(post)
    assert sends.check() is None
    sends.send("jo.o'neill+1@college.example", "Something waits for you", TEXT, "a-1.b")
    mail = post.next_mail()
    assert text_of(mail) == TEXT
    assert mail["From"].addresses[0].display_name == 'North "College", Zoë'
    assert mail["From"].addresses[0].addr_spec == SENDER
    assert (mail["To"], mail["Subject"]) == ("jo.o'neill+1@college.example", "Something waits for you")
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<a-1.b@college.example>", "auto-generated")
    assert mail.get_content_type() == "text/plain"
    assert post.mails.empty()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("to", "subject", "message_id"),
    [
        ("jo@college.example\r\nBcc: all@college.example", "Hello", "a"),
        ("jo@college.example, all@college.example", "Hello", "a"),
        ("jo@college.example>\r\nRCPT TO:<all@college.example", "Hello", "a"),
        ("Jo <jo@college.example>", "Hello", "a"),
        ("jo@cоllege.example", "Hello", "a"),
        ("jo@college.example", "Hello\r\nBcc: all@college.example", "a"),
        ("jo@college.example", "Hello\nBcc: all@college.example", "a"),
        ("jo@college.example", "Hello\u2028Bcc: all@college.example", "a"),
        ("jo@college.example", "Hello", "a>\r\nBcc: all@college.example"),
    ],
)
def test_nothing_reaches_beyond_its_line_of_a_header(post: Post, to: str, subject: str, message_id: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        mailer(post).send(to, subject, "Text", message_id)
    assert post.mails.empty()


@pytest.mark.usefixtures("trusted")
def test_lines_with_a_dot_or_like_a_header_are_part_of_the_text(post: Post) -> None:
    text = "First.\n.\nBcc: all@college.example\n..\nFrom here it goes on."
    mailer(post).send("jo@college.example", "Hello", text, "dots")
    mail = post.next_mail()
    assert text_of(mail) == text
    assert mail["Bcc"] is None


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("answer", "kind"), [("550 5.1.1 <jo@x.example> no such user", MailRefused), ("450 4.2.0 later", MailUnavailable)]
)
def test_an_address_that_is_not_taken_is_told_from_a_server_that_takes_none_without_naming_it(
    post: Post, answer: str, kind: type[Exception]
) -> None:
    post.answers["jo@x.example"] = answer
    with pytest.raises(kind) as told:
        mailer(post).send("jo@x.example", "Hello", "Text", "a")
    assert "jo@" not in str(told.value)
    assert told.value.__cause__ is None


@pytest.mark.usefixtures("trusted")
def test_whoever_has_the_wrong_password_is_told_which_setting_to_look_at(post: Post) -> None:
    sends = mailer(post, PORTFOLIO_MAIL_PASSWORD="another")
    told = sends.check()
    assert told is not None
    assert "(535): see PORTFOLIO_MAIL_USER" in told
    with pytest.raises(MailUnavailable, match="535"):
        sends.send("jo@college.example", "Hello", "Text", "a")


def test_a_certificate_of_nobody_that_is_trusted_is_refused_before_anything_is_said(post: Post) -> None:
    told = mailer(post).check()
    assert told is not None
    assert "no certificate that is trusted" in told


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with post_office(tmp_path, name="mail.example") as other:
        monkeypatch.setenv("SSL_CERT_FILE", str(other.authority))
        with pytest.raises(MailUnavailable, match="no certificate that is trusted"):
            mailer(other).send("jo@college.example", "Hello", "Text", "a")
        assert other.mails.empty()


def test_a_server_that_is_down_one_without_tls_and_one_that_never_answers_are_given_up(tmp_path: Path) -> None:
    with post_office(tmp_path) as post:
        sends = mailer(post)
    with pytest.raises(MailUnavailable, match="not be reached"):
        sends.send("jo@college.example", "Hello", "Text", "a")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        at = {"PORTFOLIO_MAIL_SERVER": f"starttls:127.0.0.1:{silent.getsockname()[1]}"}
        settings = Settings.read({**post.settings, **at})
        assert settings.mail is not None
        told = Smtp(settings.mail, "North", "http://127.0.0.1", step_seconds=0.2).check()
        assert told is not None
        assert "does not answer in time" in told
        silent.accept()[0].close()  # the one that was given up
        plain = Thread(target=without_tls, args=(silent,))
        plain.start()
        told = Smtp(settings.mail, "North", "http://127.0.0.1").check()
        plain.join()
    assert told is not None
    assert "cannot be used as it is set up" in told


def test_a_server_that_lets_nobody_in_and_keeps_the_line_is_left_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, chain, key = certificates(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    left = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        refuses = Thread(target=that_refuses, args=(server, context, left))
        refuses.start()
        settings = Settings.read(
            {
                "PORTFOLIO_MAIL_SERVER": f"tls:localhost:{server.getsockname()[1]}",
                "PORTFOLIO_MAIL_FROM": SENDER,
                "PORTFOLIO_MAIL_USER": USER,
                "PORTFOLIO_MAIL_PASSWORD": "another",
            }
        )
        assert settings.mail is not None
        told = Smtp(settings.mail, "North", "http://127.0.0.1").check()
        gc.collect()  # a connection that is left open would be told of here
        left.set()
        refuses.join()
    assert told is not None
    assert "(535)" in told


def that_refuses(server: socket.socket, context: ssl.SSLContext, left: Event) -> None:
    """Speak SMTP with one client up to its password, and say nothing more until it has ``left``."""
    connection, _ = server.accept()
    answers = [b"220 here\r\n", b"250-here\r\n250 AUTH PLAIN\r\n", b"535 no\r\n"]
    with context.wrap_socket(connection, server_side=True) as secured:
        for answer in answers:
            secured.sendall(answer)
            if answer is not answers[-1]:
                secured.recv(1000)
        left.wait(PATIENCE)


def without_tls(server: socket.socket) -> None:
    """Speak SMTP with one client, and know of no TLS."""
    connection, _ = server.accept()
    with connection, connection.makefile("rwb") as lines:
        lines.write(b"220 here\r\n")
        lines.flush()
        for line in lines:
            lines.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 here\r\n")
            lines.flush()
