-- Who checks which file; nobody misses it after a crash.
CREATE UNLOGGED TABLE IF NOT EXISTS record.leases (
    file uuid PRIMARY KEY,
    sender uuid NOT NULL,
    holder uuid,
    ends timestamptz NOT NULL,
    failures int NOT NULL DEFAULT 0,
    why text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX IF NOT EXISTS one_of_a_sender ON record.leases (sender) WHERE holder IS NOT NULL;
