"""Whether a PostgreSQL server can keep a record: asked before anything is written, in one sentence each."""

from infra.store.postgres.server import Connection, reach, shown
from infra.store.refusals import PooledByTransaction, TakesNoWrites, TextMangled, TooOldServer, WrongIsolation

OLDEST = 15
"""The oldest release of PostgreSQL that this one is tested with."""

HOW_IT_IS = """
SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),
       current_setting('transaction_isolation'), current_setting('transaction_read_only') = 'on', pg_is_in_recovery()
"""

IN_TURNS = (0, 1, 1, 0, 0, 0, 1, 0)
"""In which order two connections ask: one of them gets another's session under a pooler, whichever it picks."""


def check_server(url: str) -> None:
    """Raise ``CannotOpen`` unless facts can be appended through this address."""
    with reach(url) as one, reach(url) as other:
        check_database(one, shown(url))
        if share_sessions(one, other):
            raise PooledByTransaction(shown(url))


def check_database(connection: Connection, database: str) -> None:
    """Raise ``CannotOpen`` unless this database keeps every letter, and takes writes as we need them."""
    answer = connection.execute(HOW_IT_IS).fetchone()
    release, encoding, isolation, read_only, standby = answer or (OLDEST, "UTF8", "read committed", False, False)
    if release < OLDEST:
        raise TooOldServer(database, release, OLDEST)
    if encoding != "UTF8":
        raise TextMangled(database, encoding)
    if isolation != "read committed":
        raise WrongIsolation(database, isolation)
    if read_only or standby:
        raise TakesNoWrites(database, standby=standby)


def share_sessions(*connections: Connection) -> bool:
    """Tell whether these connections are not each a session of the server of its own, and always the same one."""
    sessions = set()
    for number in IN_TURNS:
        sessions.add((number, connections[number].execute("SELECT pg_backend_pid()").fetchone()))
    return len(sessions) != len(connections) or len({session for _, session in sessions}) != len(connections)
