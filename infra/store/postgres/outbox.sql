-- Notices on their way to people's mail. No part of the record: it is in no copy of it, and the service writes it.
CREATE SCHEMA IF NOT EXISTS outbox;

CREATE TABLE IF NOT EXISTS outbox.follower (
    one int PRIMARY KEY CHECK (one = 1),
    position bigint NOT NULL,  -- up to where notices were taken out
    failures int NOT NULL DEFAULT 0,
    failing_since bigint,  -- seconds since 1970, as every time here
    why text NOT NULL DEFAULT '',
    try_at bigint NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS outbox.notice (
    person uuid NOT NULL,
    position bigint NOT NULL,
    kind text NOT NULL,
    why text NOT NULL,
    enrolment_id uuid NOT NULL,
    record uuid NOT NULL,
    happened bigint NOT NULL,
    due bigint NOT NULL,
    bundle text COLLATE "C" NOT NULL DEFAULT '',  -- the id of the mail that it goes in
    failures int NOT NULL DEFAULT 0,
    ended bigint,
    how text NOT NULL DEFAULT '',
    PRIMARY KEY (person, position)
);
CREATE INDEX IF NOT EXISTS notices_due ON outbox.notice (due) WHERE ended IS NULL;
CREATE INDEX IF NOT EXISTS notices_ended ON outbox.notice (ended) WHERE ended IS NOT NULL;
