"""The event store: the journal of facts behind the ``eventsourcing`` library, in files or in a database."""
