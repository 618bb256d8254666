"""The ids of new records: random, drawn by the server and never taken from a client."""

from uuid import UUID, uuid4


def new_id() -> UUID:
    """Return an id that nothing has yet."""
    return uuid4()
