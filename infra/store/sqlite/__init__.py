"""Facts and views in SQLite files, for one process at a time."""
