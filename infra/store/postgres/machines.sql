-- By what each process that serves goes, as keyed hashes; nobody misses it after a crash.
CREATE UNLOGGED TABLE IF NOT EXISTS record.machines (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    goes_by jsonb NOT NULL,
    seen timestamptz NOT NULL
);
