"""Facts and views in a PostgreSQL database, for any number of processes."""
