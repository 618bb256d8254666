"""The event store: the journal of facts behind the ``eventsourcing`` library, on SQLite."""
