-- What is kept of signing in. No part of the record: it is in no copy of it, and the service writes it as it likes.
CREATE SCHEMA IF NOT EXISTS sign_in;

CREATE TABLE IF NOT EXISTS sign_in.secret (
    hash bytea PRIMARY KEY,  -- SHA-256 of the secret
    purpose text NOT NULL CHECK (purpose IN ('link', 'session')),
    person uuid NOT NULL,
    expires bigint NOT NULL,  -- seconds since 1970, as every time here
    opened bigint NOT NULL,
    seen bigint NOT NULL,
    after bigint NOT NULL,  -- which sign-out everywhere came before, in microseconds since 1970
    shown bigint,
    origin text NOT NULL,
    browser text NOT NULL
);
CREATE INDEX IF NOT EXISTS secrets_of_person ON sign_in.secret (person);
CREATE INDEX IF NOT EXISTS secrets_by_end ON sign_in.secret (expires);

CREATE TABLE IF NOT EXISTS sign_in.shown (person uuid PRIMARY KEY, position bigint NOT NULL);

CREATE TABLE IF NOT EXISTS sign_in.address (
    person uuid PRIMARY KEY,
    address text NOT NULL,
    digest text COLLATE "C" NOT NULL UNIQUE  -- a keyed hash
);

CREATE TABLE IF NOT EXISTS sign_in.once (
    kind text COLLATE "C" NOT NULL,
    value bytea NOT NULL,  -- its SHA-256
    expires bigint NOT NULL,
    PRIMARY KEY (kind, value)
);
CREATE INDEX IF NOT EXISTS once_by_end ON sign_in.once (expires);
