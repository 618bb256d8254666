"""One moment of the facts file, for fsck."""

import sqlite3
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, ClassVar

from infra.store.sqlite import types
from infra.store.sqlite.schema import ADDED, FACTS, INDEX, has_additions, statements


class SqliteSnapshot:
    """The facts file in the transaction that a connection has open (``infra.store.recorder.FactsSnapshot``)."""

    place: ClassVar[str] = "the file"
    errors: ClassVar[type[Exception]] = sqlite3.DatabaseError

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._shown = False

    def damage(self) -> Iterator[str]:
        """Yield what SQLite itself finds wrong, and tables or triggers that are not as created."""
        for (problem,) in self._connection.execute("PRAGMA integrity_check"):
            if problem != "ok":
                yield f"the file is damaged: {problem}"
        present = {text for (text,) in self._connection.execute("SELECT sql FROM main.sqlite_master")}
        expected = FACTS + INDEX.format(schema="main") + (ADDED if has_additions(self._connection) else "")
        for statement in statements(expected):
            text = statement.strip().rstrip(";").replace(" main.", " ")
            if text not in present:
                yield f"the file lacks: {' '.join(text.split())}"
        yield from types.in_words(self._wrong)

    @cached_property
    def _wrong(self) -> types.Wrong:
        return types.wrong(self._connection.execute, self.tables())

    def tables(self) -> set[str]:
        """See ``FactsSnapshot.tables``."""
        return {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def select(self, question: str) -> Iterable[Any]:
        """See ``FactsSnapshot.select``."""
        if not self._shown:
            types.show(self._connection.execute, self._wrong)
            self._shown = True
        return self._connection.execute(question)
