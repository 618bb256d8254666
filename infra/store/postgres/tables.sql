-- The store of facts: one list, positions 1, 2, 3 … without a gap, in commit order.
-- Made by `portfolio migrate` in one transaction; nobody but record.append (append.sql) writes here.

CREATE SCHEMA record;

-- Its one row says which release's tables these are.
CREATE TABLE record.store (one boolean PRIMARY KEY DEFAULT true CHECK (one), format integer NOT NULL);
INSERT INTO record.store (format) VALUES (1);

CREATE TABLE record.facts (
    position bigint PRIMARY KEY,
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    CONSTRAINT facts_of_stream UNIQUE (originator_id, originator_version)
);

CREATE TABLE record.idempotency (
    person uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    stream uuid NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    extra bytea NOT NULL,
    PRIMARY KEY (person, key)
);

CREATE TABLE record.links (
    name text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    stream uuid NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (name, key, stream)
);

CREATE TABLE record.unique_keys (
    name text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,  -- a keyed hash
    stream uuid NOT NULL,
    PRIMARY KEY (name, key)
);
CREATE INDEX unique_keys_of_stream ON record.unique_keys (stream, name);

CREATE FUNCTION record.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts are never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER facts_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON record.facts
    FOR EACH STATEMENT EXECUTE FUNCTION record.refuse_change();
ALTER TABLE record.facts ENABLE ALWAYS TRIGGER facts_are_never_changed;

-- What record.append is asked; `request` counts the requests of one call from 1.
CREATE TYPE record.fact AS (
    request integer,
    stream uuid,
    before bigint,  -- the stream's version before this request
    version bigint,
    topic text,
    state bytea,
    at bigint  -- microseconds since 1970, stamped into bytes 2 to 9 of the state; NULL: bytes not ours, stored as they are
);
CREATE TYPE record.seen AS (request integer, stream uuid, version bigint);
CREATE TYPE record.counted AS (request integer, name text, key text, streams bigint);
CREATE TYPE record.entry AS (
    request integer, stream uuid, name text, key text, is_unique boolean, release boolean
);
CREATE TYPE record.reply AS (
    request integer, person uuid, key text, fingerprint bytea, stream uuid, version bigint, extra bytea
);
