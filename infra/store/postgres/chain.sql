-- The chain over all facts, and what else keeps the record from change. Run by every `portfolio migrate`, so that
-- databases of earlier releases get it too.

CREATE TABLE IF NOT EXISTS record.chain (
    position bigint PRIMARY KEY,
    value bytea NOT NULL,  -- a keyed hash over the value before it, the fact and the receipt
    receipt bytea NOT NULL  -- stands for the idempotency rows that answer with this position; empty: there are none
);
CREATE INDEX IF NOT EXISTS idempotency_by_position ON record.idempotency (position);

CREATE OR REPLACE FUNCTION record.refuse_any_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on record.% is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

-- An index row goes when a fact of its stream, recorded with it, releases it.
CREATE OR REPLACE FUNCTION record.refuse_release_without_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT f.xmin AS by FROM record.facts f WHERE f.originator_id = OLD.stream
             ORDER BY f.originator_version DESC LIMIT 1
        ) AS last WHERE last.by = pg_current_xact_id()::xid
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a row of record.% is released by a fact of its stream', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- What goes beyond the last fact covers none, and is taken away when an operator has accepted a loss.
CREATE OR REPLACE FUNCTION record.refuse_gap_in_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.position > (SELECT coalesce(max(f.position), 0) FROM record.facts f) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the chain covers every fact' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE OR REPLACE TRIGGER receipts_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON record.idempotency
    FOR EACH STATEMENT EXECUTE FUNCTION record.refuse_any_change();
CREATE OR REPLACE TRIGGER links_are_never_changed BEFORE UPDATE OR TRUNCATE ON record.links
    FOR EACH STATEMENT EXECUTE FUNCTION record.refuse_any_change();
CREATE OR REPLACE TRIGGER links_are_released_by_a_fact BEFORE DELETE ON record.links
    FOR EACH ROW EXECUTE FUNCTION record.refuse_release_without_fact();
CREATE OR REPLACE TRIGGER unique_keys_are_never_changed BEFORE UPDATE OR TRUNCATE ON record.unique_keys
    FOR EACH STATEMENT EXECUTE FUNCTION record.refuse_any_change();
CREATE OR REPLACE TRIGGER unique_keys_are_released_by_a_fact BEFORE DELETE ON record.unique_keys
    FOR EACH ROW EXECUTE FUNCTION record.refuse_release_without_fact();
CREATE OR REPLACE TRIGGER the_chain_is_never_changed BEFORE UPDATE OR TRUNCATE ON record.chain
    FOR EACH STATEMENT EXECUTE FUNCTION record.refuse_any_change();
CREATE OR REPLACE TRIGGER the_chain_covers_every_fact BEFORE DELETE ON record.chain
    FOR EACH ROW EXECUTE FUNCTION record.refuse_gap_in_chain();
ALTER TABLE record.idempotency ENABLE ALWAYS TRIGGER receipts_are_never_changed;
ALTER TABLE record.links ENABLE ALWAYS TRIGGER links_are_never_changed;
ALTER TABLE record.links ENABLE ALWAYS TRIGGER links_are_released_by_a_fact;
ALTER TABLE record.unique_keys ENABLE ALWAYS TRIGGER unique_keys_are_never_changed;
ALTER TABLE record.unique_keys ENABLE ALWAYS TRIGGER unique_keys_are_released_by_a_fact;
ALTER TABLE record.chain ENABLE ALWAYS TRIGGER the_chain_is_never_changed;
ALTER TABLE record.chain ENABLE ALWAYS TRIGGER the_chain_covers_every_fact;

-- Writes what follows the position `after`, one value and one receipt for each fact; nothing if the chain ends elsewhere
-- by now. Call it at READ COMMITTED; it takes a lock of its own and keeps no append waiting.
CREATE OR REPLACE FUNCTION record.extend_chain(after bigint, new_values bytea[], receipts bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7020101105);
    IF after <> (SELECT coalesce(max(c.position), 0) FROM record.chain c) THEN
        RETURN;
    END IF;
    IF after + cardinality(new_values) > (SELECT coalesce(max(f.position), 0) FROM record.facts f) THEN
        RAISE EXCEPTION 'the chain goes no further than the facts';
    END IF;
    INSERT INTO record.chain (position, value, receipt)
    SELECT after + n, v, r FROM ROWS FROM (unnest(new_values), unnest(receipts)) WITH ORDINALITY AS added (v, r, n);
END $$;
REVOKE ALL ON FUNCTION record.extend_chain FROM PUBLIC;

-- Takes away what goes beyond the last fact.
CREATE OR REPLACE FUNCTION record.cut_chain() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7020101105);
    DELETE FROM record.chain c WHERE c.position > (SELECT coalesce(max(f.position), 0) FROM record.facts f);
END $$;
REVOKE ALL ON FUNCTION record.cut_chain FROM PUBLIC;
