"""SMTP: hands mails to a mail server, over TLS alone, with a certificate that is checked."""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as AS_SMTP
from email.utils import formatdate
from typing import cast
from urllib.parse import urlsplit

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from infra.mail.settings import MailServer
from portfolio.application.mail_ports import MailRefused, MailUnavailable
from portfolio.domain.addresses import is_address

STEP_SECONDS, MAIL_SECONDS = 10.0, 30.0
"""How long the server may take over one answer, and over all of a mail."""

MESSAGE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,199}")
FINAL = 500
"""From here on, what the server answers does not change when it is asked again."""

IN_ASCII = AS_SMTP.clone(cte_type="7bit")
"""Every server takes it; accents are written in it."""


class _Client(SMTP):
    """A client that is done when it says so, however its end came about.

    The library's own would wait for the server's goodbye to TLS in a loop that is no more.
    """

    def close(self) -> None:
        """Leave the server at once."""
        if self.transport is not None:
            cast(asyncio.WriteTransport, self.transport).abort()
        super().close()


class Smtp:
    """Sends by this server as the deployment ``name``, which people reach at ``base_url`` (``Mailer``).

    Its certificate is checked against those that the system trusts, or that SSL_CERT_FILE names.
    """

    def __init__(
        self,
        server: MailServer,
        name: str,
        base_url: str,
        step_seconds: float = STEP_SECONDS,
        mail_seconds: float = MAIL_SECONDS,
    ) -> None:
        self._server = server
        self._name = name
        self._greets_as = urlsplit(base_url).hostname or "localhost"
        self._step_seconds = step_seconds
        self._mail_seconds = mail_seconds

    def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        """See ``Mailer.send``."""
        written = self._written(to, subject, text, message_id).as_bytes(policy=IN_ASCII)

        async def hand_over(client: SMTP) -> None:
            await client.sendmail(self._server.sender, [to], written)

        try:
            self._within(hand_over)
        except SMTPRecipientsRefused as error:
            codes = [each.code for each in error.recipients]
            kind = MailRefused if min(codes) >= FINAL else MailUnavailable
            raise kind(f"The mail server takes nothing for this address at present ({codes[0]}).") from None
        except SMTPDataError as error:
            kind = MailRefused if error.code >= FINAL else MailUnavailable
            raise kind(f"The mail server did not take this mail ({error.code}).") from None
        except Exception as error:  # noqa: BLE001 - what it raises names the address
            raise MailUnavailable(self._in_words(error)) from None

    def check(self) -> str | None:
        """See ``Mailer.check``."""

        async def be_greeted(client: SMTP) -> None:
            await client.noop()

        try:
            self._within(be_greeted)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing is sent
            return self._in_words(error)
        return None

    def _within(self, do: Callable[[SMTP], Awaitable[None]]) -> None:
        """Do something with the server that we are signed in to, in the time there is for it."""
        server = self._server
        client = _Client(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            local_hostname=self._greets_as,
            use_tls=not server.starttls,
            start_tls=server.starttls,
            tls_context=ssl.create_default_context(),
            timeout=self._step_seconds,
        )

        async def connected() -> None:
            async with asyncio.timeout(self._mail_seconds), client:
                await do(client)

        asyncio.run(connected())

    def _written(self, to: str, subject: str, text: str, message_id: str) -> EmailMessage:
        """Return the mail; raise ``ValueError`` for what would reach beyond its line."""
        if not is_address(to):
            raise ValueError("not an e-mail address")
        if not MESSAGE_ID.fullmatch(message_id):
            raise ValueError("not an id of a mail")
        if not subject.isprintable():
            raise ValueError("not a subject in one line")
        domain = self._server.sender.rpartition("@")[2]
        mail = EmailMessage(policy=IN_ASCII)
        mail["From"] = Address(display_name=self._name, addr_spec=self._server.sender)
        mail["To"] = Address(addr_spec=to)
        mail["Subject"] = subject
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{message_id}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: absence notes do not answer it
        mail.set_content(text)
        return mail

    def _in_words(self, error: Exception) -> str:
        """Return what keeps mails from being sent, without what the server says of whom they are for."""
        at = f"The mail server {self._server.host}:{self._server.port}"
        if isinstance(error, ssl.SSLCertVerificationError) or isinstance(error.__cause__, ssl.SSLCertVerificationError):
            return (
                f"{at} has no certificate that is trusted here for its name: have it mended, or name the file of its "
                "authority in SSL_CERT_FILE."
            )
        if isinstance(error, TimeoutError):
            return f"{at} does not answer in time."
        if isinstance(error, SMTPResponseException):
            return f"{at} does not let us send ({error.code}): see PORTFOLIO_MAIL_USER and PORTFOLIO_MAIL_FROM."
        if isinstance(error, SMTPException | OSError):
            return f"{at} cannot be used as it is set up, or not be reached: {type(error).__name__}."
        raise error
