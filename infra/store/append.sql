-- record.append: the only way into the record.
--
-- One call carries any number of requests, judges each apart, in order, and writes those that hold, all in one
-- transaction; it answers one row per request, in order. From psql, one fact behind version 3 of a stream:
--
--     SELECT * FROM record.append(1, ARRAY[
--         (1, '6f1c0d1e-…', 3, 4, 'appeal.lodged', '\x00…', 1796000000000000)
--     ]::record.fact[]);
--
--      verdict  | name | position
--     ----------+------+----------
--      recorded |      |     4711
--
-- What is judged, under the lock that every append takes:
--   replies   Did this person use the key before? `answered` (with the same fingerprint: nothing is written again, and
--             the first answer stands in record.idempotency) or `key reused`.
--   facts     The stream still has the version `before`, 0 for none: else `stale`. (Facts without a time, which only the
--             event store library writes, may leave versions out.) A request's facts of one stream stand together.
--   seen      Every stream that was read still has that version: else `stale`.
--   counted   As many streams are still listed under a link: else `stale`.
--   entries   No other stream holds a unique key that is taken: else `taken`, with the key's name.
-- A request with another verdict than `recorded` has written nothing. The others' facts get the next positions and a time
-- no earlier than the last fact's. `position` is the last one of the request's facts, or where the log ends.
--
-- Who says that requests are `apart` has made sure that none of them writes what another one reads or writes. They are
-- then judged and written all at once, which is quicker by far; otherwise each sees what those before it have written.
--
-- Call it at READ COMMITTED (the default) and commit at once: until then all other appends wait.
-- NOTIFY on channel `facts` is a hint that there is something new; who follows the log looks by itself as well.

CREATE OR REPLACE FUNCTION record.append(
    requests integer,
    facts record.fact[],
    seen record.seen[] DEFAULT '{}',
    counted record.counted[] DEFAULT '{}',
    entries record.entry[] DEFAULT '{}',
    replies record.reply[] DEFAULT '{}',
    apart boolean DEFAULT false
) RETURNS TABLE (verdict text, name text, "position" bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    fact record.fact;
    before record.fact;
    entry record.entry;
    found record;
    number integer;
    places bigint[] := '{}';  -- of each fact: its position, NULL if it is not written
    times bigint[] := '{}';  -- of each fact: its time
    verdicts text[] := array_fill(NULL::text, ARRAY[requests]);
    names text[] := verdicts;
    ends bigint[] := array_fill(NULL::bigint, ARRAY[requests]);
    head bigint;
    last_at bigint;
    first integer := 1;
    last integer := requests;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'record.append needs READ COMMITTED: it must see what others have appended';
    END IF;
    PERFORM pg_advisory_xact_lock(7020101100);  -- each statement behind this one sees all that was appended before
    SELECT f.position, ('x' || encode(substr(f.state, 2, 8), 'hex'))::bit(64)::bigint
      INTO head, last_at FROM record.facts f ORDER BY f.position DESC LIMIT 1;
    head := coalesce(head, 0);

    WHILE first <= requests LOOP
        IF NOT apart THEN
            last := first;
        END IF;

        IF EXISTS (
            SELECT FROM unnest(replies) r JOIN record.idempotency i ON i.person = r.person AND i.key = r.key
        ) THEN
            FOR found IN
                SELECT r.request, CASE WHEN i.fingerprint = r.fingerprint THEN 'answered' ELSE 'key reused' END AS verdict
                  FROM unnest(replies) r JOIN record.idempotency i ON i.person = r.person AND i.key = r.key
                 WHERE r.request BETWEEN first AND last
            LOOP
                verdicts[found.request] := found.verdict;
            END LOOP;
        END IF;
        FOR found IN
            SELECT f.request FROM unnest(facts) f LEFT JOIN LATERAL (
                SELECT o.originator_version AS version FROM record.facts o
                 WHERE o.originator_id = f.stream ORDER BY o.originator_version DESC LIMIT 1
            ) o ON true
             WHERE f.version = f.before + 1 AND f.request BETWEEN first AND last
               AND f.before <> coalesce(o.version, 0) AND (f.at IS NOT NULL OR f.version <= o.version)
        LOOP
            verdicts[found.request] := coalesce(verdicts[found.request], 'stale');
        END LOOP;
        IF cardinality(seen) > 0 THEN
            FOR found IN
                SELECT s.request FROM unnest(seen) s
                 WHERE s.request BETWEEN first AND last AND s.version <> coalesce((
                    SELECT o.originator_version FROM record.facts o
                     WHERE o.originator_id = s.stream ORDER BY o.originator_version DESC LIMIT 1
                 ), 0)
            LOOP
                verdicts[found.request] := coalesce(verdicts[found.request], 'stale');
            END LOOP;
        END IF;
        IF cardinality(counted) > 0 THEN
            FOR found IN
                SELECT c.request FROM unnest(counted) c
                 WHERE c.request BETWEEN first AND last AND c.streams <> (
                    SELECT count(*) FROM record.links l WHERE l.name = c.name AND l.key = c.key
                 )
            LOOP
                verdicts[found.request] := coalesce(verdicts[found.request], 'stale');
            END LOOP;
        END IF;
        IF cardinality(entries) > 0 THEN
            FOR found IN
                SELECT e.request, e.name
                  FROM unnest(entries) e JOIN record.unique_keys u ON u.name = e.name AND u.key = e.key
                 WHERE e.request BETWEEN first AND last AND e.is_unique AND NOT e.release AND u.stream <> e.stream
            LOOP
                IF verdicts[found.request] IS NULL THEN
                    verdicts[found.request] := 'taken';
                    names[found.request] := found.name;
                END IF;
            END LOOP;
        END IF;

        FOR request IN first..last LOOP
            ends[request] := head;
        END LOOP;
        number := 0;
        FOREACH fact IN ARRAY facts LOOP
            number := number + 1;
            places[number] := NULL;
            IF fact.request BETWEEN first AND last AND verdicts[fact.request] IS NULL THEN
                IF fact.request = before.request AND fact.stream = before.stream THEN
                    fact.before := before.version;
                END IF;
                IF fact.version <> fact.before + 1 THEN
                    RAISE EXCEPTION 'version % of a stream does not follow %', fact.version, fact.before;
                END IF;
                before := fact;
                head := head + 1;
                last_at := greatest(last_at, fact.at);
                places[number] := head;
                times[number] := last_at;
                ends[fact.request] := head;
            END IF;
        END LOOP;
        INSERT INTO record.facts (position, originator_id, originator_version, topic, state)
        SELECT f.place, f.stream, f.version, f.topic,
               CASE WHEN f.at IS NULL THEN f.state ELSE overlay(f.state PLACING int8send(f.time) FROM 2 FOR 8) END
          FROM ROWS FROM (unnest(facts), unnest(places), unnest(times))
            AS f (request, stream, before, version, topic, state, at, place, time)
         WHERE f.place IS NOT NULL;

        FOREACH entry IN ARRAY entries LOOP
            IF entry.request NOT BETWEEN first AND last OR verdicts[entry.request] IS NOT NULL THEN
                CONTINUE;
            ELSIF entry.release AND entry.is_unique THEN
                DELETE FROM record.unique_keys u
                 WHERE u.stream = entry.stream AND u.name = entry.name AND entry.key IN ('', u.key);
            ELSIF entry.release THEN
                DELETE FROM record.links l
                 WHERE l.stream = entry.stream AND l.name = entry.name AND entry.key IN ('', l.key);
            ELSIF entry.is_unique THEN
                INSERT INTO record.unique_keys (name, key, stream)
                VALUES (entry.name, entry.key, entry.stream) ON CONFLICT DO NOTHING;
            ELSE
                INSERT INTO record.links (name, key, stream, position)
                VALUES (entry.name, entry.key, entry.stream, ends[entry.request]) ON CONFLICT DO NOTHING;
            END IF;
        END LOOP;
        INSERT INTO record.idempotency (person, key, fingerprint, stream, version, position, extra)
        SELECT r.person, r.key, r.fingerprint, r.stream, r.version, ends[r.request], r.extra
          FROM unnest(replies) r
         WHERE r.request BETWEEN first AND last AND verdicts[r.request] IS NULL;

        first := last + 1;
    END LOOP;

    NOTIFY facts;
    FOR request IN 1..requests LOOP
        verdict := coalesce(verdicts[request], 'recorded');
        name := names[request];
        position := ends[request];
        RETURN NEXT;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION record.append FROM PUBLIC;
