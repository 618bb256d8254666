-- record.append: the only way into the record.
--
-- One call carries any number of requests, judges each apart, in order, and writes those that hold, all in one
-- transaction; it answers one row per request, in order. From psql, one fact behind version 3 of a stream:
--
--     SELECT * FROM record.append(ARRAY[ROW(
--         '6f1c0d1e-…', ARRAY[('6f1c0d1e-…', 4, 'appeal.lodged', '\x00…', 1796000000000000)]::record.fact[],
--         NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::record.request]);
--
--      verdict  | name | position
--     ----------+------+----------
--      recorded |      |     4711
--
-- What is judged, under the lock that every append takes:
--   key       Was it used before by this person? `answered` (with the same fingerprint: nothing is written again, and the
--             first answer stands in record.idempotency) or `key reused`.
--   facts     Versions go on from the stream's last one, by 1: else `stale`. (Those without a time, which only the
--             event store library writes, may leave versions out.)
--   seen      Every stream that was read still has that version, 0 for none: else `stale`.
--   counted   As many streams are still listed under a link: else `stale`.
--   entries   No other stream holds a unique key that is taken: else `taken`, with the key's name.
-- A request with another verdict than `recorded` has written nothing. The others' facts get the next positions and a time
-- no earlier than the last fact's. `position` is the last one of the request's facts, or where the log ends.
--
-- Call it at READ COMMITTED (the default) and commit at once: until then all other appends wait.
-- NOTIFY on channel `facts` is a hint that there is something new; who follows the log looks by itself as well.

CREATE OR REPLACE FUNCTION record.append(requests record.request[])
RETURNS TABLE (verdict text, name text, "position" bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    request record.request;
    fact record.fact;
    before record.fact;
    saw record.seen;
    tally record.counted;
    entry record.entry;
    head bigint;
    last_at bigint;
    known bytea;
    current bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'record.append needs READ COMMITTED: it must see what others have appended';
    END IF;
    PERFORM pg_advisory_xact_lock(7020101100);  -- each statement behind this one sees all that was appended before
    SELECT f.position, ('x' || encode(substr(f.state, 2, 8), 'hex'))::bit(64)::bigint
      INTO head, last_at FROM record.facts f ORDER BY f.position DESC LIMIT 1;
    head := coalesce(head, 0);

    <<each>>
    FOREACH request IN ARRAY requests LOOP
        name := NULL;
        position := head;

        IF request.key IS NOT NULL THEN
            SELECT i.fingerprint INTO known
              FROM record.idempotency i WHERE i.person = request.person AND i.key = request.key;
            IF FOUND THEN
                verdict := CASE WHEN known = request.fingerprint THEN 'answered' ELSE 'key reused' END;
                RETURN NEXT;
                CONTINUE each;
            END IF;
        END IF;

        verdict := 'stale';
        before := NULL;
        FOREACH fact IN ARRAY request.facts LOOP
            IF fact.stream = before.stream THEN
                current := before.version;
            ELSE
                SELECT f.originator_version INTO current FROM record.facts f
                 WHERE f.originator_id = fact.stream ORDER BY f.originator_version DESC LIMIT 1;
            END IF;
            IF fact.version <> coalesce(current, 0) + 1 AND (fact.at IS NOT NULL OR fact.version <= current) THEN
                RETURN NEXT;
                CONTINUE each;
            END IF;
            before := fact;
        END LOOP;
        IF request.seen IS NOT NULL THEN
            FOREACH saw IN ARRAY request.seen LOOP
                SELECT f.originator_version INTO current FROM record.facts f
                 WHERE f.originator_id = saw.stream ORDER BY f.originator_version DESC LIMIT 1;
                IF saw.version <> coalesce(current, 0) THEN
                    RETURN NEXT;
                    CONTINUE each;
                END IF;
            END LOOP;
        END IF;
        IF request.counted IS NOT NULL THEN
            FOREACH tally IN ARRAY request.counted LOOP
                SELECT count(*) INTO current FROM record.links l WHERE l.name = tally.name AND l.key = tally.key;
                IF tally.streams <> current THEN
                    RETURN NEXT;
                    CONTINUE each;
                END IF;
            END LOOP;
        END IF;
        IF request.entries IS NOT NULL THEN
            FOREACH entry IN ARRAY request.entries LOOP
                IF entry.is_unique AND NOT entry.release THEN
                    PERFORM FROM record.unique_keys u
                      WHERE u.name = entry.name AND u.key = entry.key AND u.stream <> request.stream;
                    IF FOUND THEN
                        verdict := 'taken';
                        name := entry.name;
                        RETURN NEXT;
                        CONTINUE each;
                    END IF;
                END IF;
            END LOOP;
        END IF;

        verdict := 'recorded';
        FOREACH fact IN ARRAY request.facts LOOP
            head := head + 1;
            IF fact.at IS NOT NULL THEN
                last_at := greatest(last_at, fact.at);
                fact.state := overlay(fact.state PLACING int8send(last_at) FROM 2 FOR 8);
            END IF;
            INSERT INTO record.facts (position, originator_id, originator_version, topic, state)
            VALUES (head, fact.stream, fact.version, fact.topic, fact.state);
        END LOOP;
        position := head;
        IF request.entries IS NOT NULL THEN
            FOREACH entry IN ARRAY request.entries LOOP
                IF entry.release AND entry.is_unique THEN
                    DELETE FROM record.unique_keys u
                     WHERE u.stream = request.stream AND u.name = entry.name AND entry.key IN ('', u.key);
                ELSIF entry.release THEN
                    DELETE FROM record.links l
                     WHERE l.stream = request.stream AND l.name = entry.name AND entry.key IN ('', l.key);
                ELSIF entry.is_unique THEN
                    INSERT INTO record.unique_keys (name, key, stream)
                    VALUES (entry.name, entry.key, request.stream) ON CONFLICT DO NOTHING;
                ELSE
                    INSERT INTO record.links (name, key, stream, position)
                    VALUES (entry.name, entry.key, request.stream, head) ON CONFLICT DO NOTHING;
                END IF;
            END LOOP;
        END IF;
        IF request.key IS NOT NULL THEN
            INSERT INTO record.idempotency (person, key, fingerprint, stream, version, position, extra)
            VALUES (request.person, request.key, request.fingerprint, request.stream, request.version, head,
                    request.extra);
        END IF;
        RETURN NEXT;
    END LOOP;
    NOTIFY facts;
END $$;
REVOKE ALL ON FUNCTION record.append FROM PUBLIC;
