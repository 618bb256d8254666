"""Index rows that are not what the facts make them, in groups that are written again whole."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from infra.fsck.facts import LINKS, UNIQUE_KEYS, gaps, stray_index_rows, unreadable
from infra.main import Record
from infra.store.recorder import IndexGroup
from infra.store.refusals import CannotOpen
from portfolio.application.indexes import ADDED_LATER, index_rows

DIFFERENT = "SELECT DISTINCT name, key FROM ({0} EXCEPT {1}) UNION SELECT DISTINCT name, key FROM ({1} EXCEPT {0})"
LINKS_BY_FACTS = "SELECT stream, position FROM temp.links WHERE name = ? AND key = ?"
KEYS_BY_FACTS = "SELECT stream FROM temp.unique_keys WHERE name = ? AND key = ?"

ATTEMPTS = 3
"""How often index rows are compared again because facts were appended meanwhile."""


def mend_index(record: Record) -> Iterator[str]:
    """Write the index rows that differ as the facts have them; yield a sentence for what was done, or why nothing."""
    for _ in range(ATTEMPTS):
        head, groups, fault = compared(record)
        if fault:
            yield f"Index rows stay as they are, because a fact cannot decide: {fault}."
            return
        if not groups:
            return
        try:
            written = record.settings.store.mend_index(head, groups)
        except CannotOpen as fault:
            yield f"Index rows stay as they are. {fault}"
            return
        if written:
            rows = "1 group" if len(groups) == 1 else f"{len(groups)} groups"
            yield f"Wrote {rows} of index rows (tables links and unique_keys) again from the facts."
            return
    yield "Index rows stay as they are, because facts are being appended: stop what writes, then run this again."


def compared(record: Record) -> tuple[int, list[IndexGroup], str]:
    """Return the last position, the groups that differ as the facts have them, and what cannot be read, if anything."""
    with record.journal.store.snapshot() as snapshot, closing(sqlite3.connect("")) as scratch:
        faults = [*gaps(snapshot), *unreadable(record.journal, snapshot, index_rows, scratch)]
        if faults:
            return 0, [], faults[0]
        ((head,),) = snapshot.select("SELECT coalesce(max(position), 0) FROM facts")
        list(stray_index_rows(snapshot, scratch))  # what is stored lies beside what follows from the facts then
        groups = [*differing(scratch, "links", LINKS, LINKS_BY_FACTS)]
        groups += differing(scratch, "unique_keys", UNIQUE_KEYS, KEYS_BY_FACTS)
    return head, groups, ""


def differing(scratch: sqlite3.Connection, table: str, question: str, by_facts: str) -> Iterator[IndexGroup]:
    """Yield each name and key of a table whose rows differ, with those that follow from the facts."""
    stored, derived = question.format("main"), question.format("temp")
    there = {name for (name,) in scratch.execute("SELECT DISTINCT name FROM main.links")}
    for name, key in scratch.execute(DIFFERENT.format(stored, derived)).fetchall():
        if table == "links" and name in ADDED_LATER.keys() - there:
            continue  # filled in when a store is opened to write
        yield IndexGroup(table, name, key, scratch.execute(by_facts, (name, key)).fetchall())
