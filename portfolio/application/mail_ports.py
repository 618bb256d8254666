"""What mails need from outside: whoever takes them on."""

from typing import Protocol


class MailNotSent(Exception):
    """A mail was not taken on; the message says why, without the address."""


class MailUnavailable(MailNotSent):
    """Nothing is sent at the moment, whatever it is: later it may be."""


class MailRefused(MailNotSent):
    """This mail is not taken on for this address, now or later."""


class Mailer(Protocol):
    """Hands mails to a mail server, which delivers them."""

    def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        """Hand over a plain-text mail to one address; raise ``MailUnavailable`` or ``MailRefused``.

        ``message_id``, of letters, figures, dots and hyphens, is the same each time that the same mail is sent again.
        ``subject`` holds no personal data: it is shown on locked phones. Raises ``ValueError`` for what is no address,
        and for a subject that is not one line.
        """

    def check(self) -> str | None:
        """Return why nothing could be sent now, in a sentence, None if it could; nothing is sent."""
