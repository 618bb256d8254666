"""A mail server that speaks TLS with a certificate of a tester's own authority, and keeps what it is sent."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from queue import Queue
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.faults.postgres import free_port
from tests.patience import PATIENCE

SENDER, USER, PASSWORD = "portfolio@college.example", "portfolio", "correct horse"


class Post:
    """A mail server at ``localhost``; ``settings`` are those by which the product finds it.

    ``answers`` says what it answers to whom instead of taking a mail.
    """

    def __init__(self, folder: Path, *, starttls: bool = True, name: str = "localhost") -> None:
        self.authority, chain, key = certificates(folder, name)
        self.port = free_port()
        self.answers: dict[str, str] = {}
        self.mails: Queue[EmailMessage] = Queue()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(chain, key)
        self._starttls = starttls
        self.settings = {
            "PORTFOLIO_MAIL_SERVER": f"{'starttls' if starttls else 'tls'}:localhost:{self.port}",
            "PORTFOLIO_MAIL_FROM": SENDER,
            "PORTFOLIO_MAIL_USER": USER,
            "PORTFOLIO_MAIL_PASSWORD": PASSWORD,
        }
        self._controller: Controller | None = None
        self.start()

    def start(self) -> None:
        """Listen."""
        how: dict[str, Any] = (
            {"tls_context": self._tls, "require_starttls": True} if self._starttls else {"ssl_context": self._tls}
        )
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ready_timeout=PATIENCE,
            authenticator=lets_in,
            auth_required=self._starttls,
            auth_require_tls=self._starttls,  # it does not know that the other speaks TLS from the first byte
            **how,
        )
        self._controller.start()

    def stop(self) -> None:
        """Be down."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def next_mail(self) -> EmailMessage:
        """Return the mail that comes next, which may be on its way."""
        return self.mails.get(timeout=PATIENCE)

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - the same
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        assert [mail["To"]] == envelope.rcpt_tos
        self.mails.put(mail)
        return "250 OK"


def text_of(mail: EmailMessage) -> str:
    """Return what a mail says, as it was given to the mailer."""
    content: str = mail.get_content()
    return content.replace("\r\n", "\n").strip()


def lets_in(server: SMTP, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    """Let in who has the password."""
    known = isinstance(given, LoginPassword) and given == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@contextmanager
def post_office(folder: Path, **how: Any) -> Iterator[Post]:
    """Give a mail server, and stop it in the end."""
    post = Post(folder, **how)
    try:
        yield post
    finally:
        post.stop()


def certificates(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """Return the files of an authority, and of a certificate of its for this name with its key."""
    keys = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    files = folder / "authority.pem", folder / "server.pem", folder / "server.key"
    for file, subject, key, ca in ((files[0], authority, keys[0], True), (files[1], own, keys[1], False)):
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key()), critical=False)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    key_cert_sign=ca,
                    crl_sign=ca,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
            .sign(keys[0], hashes.SHA256())
        )
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[2].write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files
