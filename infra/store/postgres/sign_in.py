"""What is kept of signing in, in tables that all machines share: who signs in at one is known at the other."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from psycopg.errors import UniqueViolation

from infra.store.postgres.server import Server, prepared_for
from infra.store.sign_in import KeptSignIn
from portfolio.application.ports import Busy, Clock

VALUE = re.compile(r":(\w+)")


class SharedSignIn(KeptSignIn):
    """The tables of the schema ``sign_in``; raises ``CannotOpen`` where `portfolio migrate` has not made them.

    What was asked for when the connection broke is asked once more: a link that was used up meanwhile is no good then,
    and what counts once has been there, so that nobody gets in twice.
    """

    def __init__(self, url: str, now: Clock) -> None:
        super().__init__(now)
        self._server = Server(url, ("SET search_path = sign_in",))
        with prepared_for(url):
            self._server.rows("SELECT 1 FROM secret, shown, address, once LIMIT 0")

    def _forget(self, table: str, key: str, told: str = "1") -> Sequence[Sequence[Any]]:
        free = f"SELECT {key} FROM {table} WHERE expires <= :now LIMIT 100 FOR UPDATE SKIP LOCKED"  # noqa: S608 - our own
        return self._ask(f"DELETE FROM {table} WHERE ({key}) IN ({free}) RETURNING {told}")  # noqa: S608

    def _do(self, statement: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        try:
            return self._server.rows(spelled(statement), values)
        except UniqueViolation as error:
            raise Busy from error

    def close(self) -> None:
        """Close the connections."""
        self._server.close()


@cache
def spelled(statement: str) -> str:
    """Return a statement with its values marked as this driver wants them, and no other per cent sign."""
    return VALUE.sub(r"%(\1)s", statement.replace("%", "%%"))
