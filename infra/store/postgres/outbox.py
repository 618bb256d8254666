"""The outbox in tables that all machines share."""

from collections.abc import Sequence
from typing import Any

from infra.store.outbox import Outbox
from infra.store.postgres.server import Server, prepared_for
from infra.store.postgres.sign_in import spelled


class SharedOutbox(Outbox):
    """The tables of the schema ``outbox``; raises ``CannotOpen`` where `portfolio migrate` has not made them."""

    def __init__(self, url: str) -> None:
        self._server = Server(url, ("SET search_path = outbox",))
        with prepared_for(url):
            self._server.rows("SELECT 1 FROM follower, notice LIMIT 0")

    def _do(self, statement: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        return self._server.rows(spelled(statement), values)

    def close(self) -> None:
        """Close the connections."""
        self._server.close()
