"""What an operator may set of mails: which server takes them, whom they are from, and how we sign in there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from portfolio.domain.addresses import is_address

SERVER, SENDER, USER, PASSWORD = (f"PORTFOLIO_MAIL_{name}" for name in ("SERVER", "FROM", "USER", "PASSWORD"))
MAIL = {SERVER: "", SENDER: "", USER: "", PASSWORD: ""}
"""Every setting of mails and its default: nothing is sent."""

AT = re.compile(r"(tls|starttls):([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
"""How TLS begins, from the first byte or by STARTTLS, and the machine and port of a mail server."""


@dataclass(frozen=True)
class MailServer:
    """A mail server that takes our mails, over TLS alone: by ``starttls``, or else from the first byte.

    Mails are from the address ``sender``. ``user`` is empty where nobody signs in.
    """

    host: str
    port: int
    starttls: bool
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    def variables(self) -> dict[str, str]:
        """Return the variables from which ``mail_server`` makes the same one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        given = {
            SERVER: f"{'starttls' if self.starttls else 'tls'}:{host}:{self.port}",
            SENDER: self.sender,
            USER: self.user,
            PASSWORD: self.password,
        }
        return {name: value for name, value in given.items() if value}


def mail_server(value: Mapping[str, str]) -> MailServer | None:
    """Return the mail server of these variables, in which ``faults_of_mail`` finds nothing; None where none is set."""
    at = AT.fullmatch(value[SERVER])
    if at is None:
        return None
    how, host, port = at.groups()
    return MailServer(host.strip("[]"), int(port), how == "starttls", value[SENDER], value[USER], value[PASSWORD])


def faults_of_mail(value: Mapping[str, str]) -> list[str]:
    """Return a sentence for each setting of mails that cannot be used."""
    faults, at, sender = [], AT.fullmatch(value[SERVER]), value[SENDER]
    if value[SERVER] and not (at and 1 <= int(at[3]) <= 65535):
        faults.append(
            f"{SERVER} ({value[SERVER]}) is no mail server: give starttls:mail.example:587, or tls:mail.example:465."
        )
    if value[SERVER] and not sender:
        faults.append(f"{SERVER} needs {SENDER}: the address that mails are from.")
    if sender and not is_address(sender):
        faults.append(f"{SENDER} ({sender[:80]!a}) is not an e-mail address, such as portfolio@college.example.")
    if bool(value[USER]) is not bool(value[PASSWORD]):
        faults.append(f"{USER} and {PASSWORD} are set together, or neither is.")
    if not value[SERVER] and (left := [name for name in (SENDER, USER, PASSWORD) if value[name]]):
        faults.append(f"{', '.join(left)}: nothing is sent without {SERVER}.")
    return faults
