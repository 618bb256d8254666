"""What the recorder asks and writes, each value read as its column's kind."""

from infra.store.sqlite.types import columns

ROWS = f"SELECT {columns('facts')} FROM facts "  # noqa: S608 - our own names
TIMES = f"SELECT position, substr({columns('facts', 'state')}, 2, 8) FROM facts "  # noqa: S608 - our own names
LAST = f"{TIMES} ORDER BY position DESC LIMIT 1"
VERSION = "SELECT coalesce(max(originator_version), 0) FROM facts WHERE originator_id = ?"
STORED = "SELECT 1 FROM facts WHERE originator_id = ? AND originator_version = ?"
INSERT = "INSERT INTO facts (position, originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?, ?)"
LISTED = "SELECT count(*) FROM links WHERE name = ? AND key = ?"
HOLDER = f"SELECT {columns('unique_keys', 'stream')} FROM unique_keys WHERE name = ? AND key = ?"  # noqa: S608 - our own names
LINKED = f"SELECT {columns('links', 'stream')} FROM links WHERE name = ? AND key = ? ORDER BY position"  # noqa: S608 - our own names
ANSWER_OF = "fingerprint", "stream", "version", "position", "extra"
ANSWERED = f"SELECT {columns('idempotency', *ANSWER_OF)} FROM idempotency WHERE person = ? AND key = ?"  # noqa: S608 - our own names
ANSWER = (
    "INSERT INTO idempotency (person, key, fingerprint, stream, version, position, extra) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
