"""What takes mails in the place of a mail server, and keeps them."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portfolio.application.mail_ports import MailRefused, MailUnavailable


@dataclass
class Box:
    """Keeps what is sent, unless it is down or does not take it (``Mailer``)."""

    down: str | None = None
    refuses: bool = False
    mails: list[tuple[str, str]] = field(default_factory=list)
    checked: int = 0

    def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        if self.down:
            raise MailUnavailable(self.down)
        if self.refuses:
            raise MailRefused("The mail server takes nothing for this address (550).")
        self.mails.append((to, text))

    def check(self) -> str | None:
        self.checked += 1
        return self.down

    def link(self) -> str:
        """Return the address in the mail that came last, below our root."""
        (found,) = re.findall(r"http\S+", self.mails[-1][1])
        parts = urlsplit(found)
        return f"{parts.path}?{parts.query}"
