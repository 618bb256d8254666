-- How often somebody asked lately; nobody misses it after a crash.
CREATE UNLOGGED TABLE IF NOT EXISTS record.counts (
    key text COLLATE "C" PRIMARY KEY,
    amount bigint NOT NULL,
    ends timestamptz NOT NULL
);
