-- record.append: the only way into the record, but for record.append_one below, which leaves to it what it does not take.
--
-- One call carries any number of requests, judges each apart, in order, and writes those that hold, all in one
-- transaction. From psql, one fact after version 3 of a stream:
--
--     SELECT * FROM record.append(1, ARRAY[
--         (1, '6f1c0d1e-…', 3, 4, 'appeal.lodged', '\x00…', 1796000000000000)
--     ]::record.fact[]);
--
--      position | refused
--     ----------+---------
--          4711 |
--
-- `position` is where the log ends now: the facts of the requests that were not refused stand there, in order.
-- `refused` tells of the others, which have written nothing, the number, why, and the name of a key that is taken:
-- [[1, "stale", null]]. NULL: all were written.
--
-- What is judged, under the lock that every append takes:
--   replies   Did this person use the key before? `answered` (with the same fingerprint: nothing is written again, and
--             the first answer stands in record.idempotency) or `key reused`.
--   facts     The stream still has the version `before`, 0 for none: else `stale`. (Facts without a time, which only the
--             event store library writes, may leave versions out.) A request's facts of one stream stand together.
--   seen      Every stream that was read still has that version: else `stale`.
--   counted   As many streams are still listed under a link: else `stale`.
--   entries   No other stream holds a unique key that is taken: else `taken`, with the key's name.
--   at        The fact's time is at most ten minutes ahead of this server's clock: else `ahead`.
-- Facts get a time no earlier than the last fact's. Entries and replies come with a fact of their stream in the same
-- request; an entry on its own is an error, and nothing is written.
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
    apart boolean DEFAULT false,
    OUT "position" bigint,
    OUT refused json
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    FEW CONSTANT integer := 4;
    fact record.fact;
    saw record.seen;
    tally record.counted;
    entry record.entry;
    reply record.reply;
    known bytea;
    current bigint;
    number integer;
    places bigint[] := '{}';  -- of each fact: its position, NULL if it is not written
    times bigint[] := '{}';  -- of each fact: its time
    verdicts text[];  -- of each request: why it is refused
    names text[];  -- and the key
    ends bigint[];  -- of each request: the position of its last fact
    head bigint;
    last_at bigint;
    latest bigint;  -- the latest time that a right clock can show
    first integer := 1;
    last integer := requests;
    closely boolean;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'record.append needs READ COMMITTED: it must see what others have appended';
    END IF;
    PERFORM pg_advisory_xact_lock(7020101100);  -- each statement after this one sees all that was appended before
    SELECT f.position, ('x' || encode(substr(f.state, 2, 8), 'hex'))::bit(64)::bigint
      INTO head, last_at FROM record.facts f ORDER BY f.position DESC LIMIT 1;
    head := coalesce(head, 0);

    IF EXISTS (
        SELECT FROM unnest(entries) e
         WHERE NOT EXISTS (SELECT FROM unnest(facts) f WHERE f.request = e.request AND f.stream = e.stream)
    ) OR EXISTS (
        SELECT FROM unnest(replies) r WHERE NOT EXISTS (
            SELECT FROM unnest(facts) f WHERE f.request = r.request AND f.stream = r.stream AND f.version = r.version
        )
    ) THEN
        RAISE EXCEPTION 'an entry or a reply needs a fact of its stream in the same request';
    END IF;

    latest := (extract(epoch FROM clock_timestamp() + interval '10 minutes') * 1000000)::bigint;
    FOREACH fact IN ARRAY facts LOOP
        IF fact.at > latest THEN
            verdicts[fact.request] := 'ahead';
        END IF;
    END LOOP;

    WHILE first <= requests LOOP
        IF NOT apart THEN
            last := first;
        END IF;

        -- Few are looked at one by one; of many, one question tells whether anybody is refused at all. Versions are
        -- read from the expected one on: of a long stream that is one entry of the index, not a page of them.
        closely := last - first < FEW;
        IF NOT closely THEN
            closely := EXISTS (
                SELECT FROM unnest(replies) r JOIN record.idempotency i ON i.person = r.person AND i.key = r.key
            ) OR EXISTS (
                SELECT FROM unnest(facts) f
                 WHERE f.version = f.before + 1 AND f.before <> coalesce((
                    SELECT o.originator_version FROM record.facts o
                     WHERE o.originator_id = f.stream AND o.originator_version >= f.before
                     ORDER BY o.originator_version DESC LIMIT 1
                 ), 0)
            );
        END IF;
        IF closely THEN
            FOREACH reply IN ARRAY replies LOOP
                IF reply.request BETWEEN first AND last THEN
                    SELECT i.fingerprint INTO known
                      FROM record.idempotency i WHERE i.person = reply.person AND i.key = reply.key;
                    IF FOUND THEN
                        verdicts[reply.request] :=
                            CASE WHEN known = reply.fingerprint THEN 'answered' ELSE 'key reused' END;
                    END IF;
                END IF;
            END LOOP;
            FOREACH fact IN ARRAY facts LOOP
                IF fact.request BETWEEN first AND last AND fact.version = fact.before + 1 THEN
                    SELECT o.originator_version INTO current FROM record.facts o
                     WHERE o.originator_id = fact.stream AND o.originator_version >= fact.before
                     ORDER BY o.originator_version DESC LIMIT 1;
                    IF fact.before <> coalesce(current, 0) AND (fact.at IS NOT NULL OR fact.version <= current) THEN
                        verdicts[fact.request] := coalesce(verdicts[fact.request], 'stale');
                    END IF;
                END IF;
            END LOOP;
        END IF;
        FOREACH saw IN ARRAY seen LOOP
            IF saw.request BETWEEN first AND last THEN
                SELECT o.originator_version INTO current FROM record.facts o
                 WHERE o.originator_id = saw.stream AND o.originator_version >= saw.version
                 ORDER BY o.originator_version DESC LIMIT 1;
                IF saw.version <> coalesce(current, 0) THEN
                    verdicts[saw.request] := coalesce(verdicts[saw.request], 'stale');
                END IF;
            END IF;
        END LOOP;
        FOREACH tally IN ARRAY counted LOOP
            IF tally.request BETWEEN first AND last THEN
                SELECT count(*) INTO current FROM record.links l WHERE l.name = tally.name AND l.key = tally.key;
                IF tally.streams <> current THEN
                    verdicts[tally.request] := coalesce(verdicts[tally.request], 'stale');
                END IF;
            END IF;
        END LOOP;
        FOREACH entry IN ARRAY entries LOOP
            IF entry.request BETWEEN first AND last AND entry.is_unique AND NOT entry.release THEN
                PERFORM FROM record.unique_keys u
                  WHERE u.name = entry.name AND u.key = entry.key AND u.stream <> entry.stream;
                IF FOUND AND verdicts[entry.request] IS NULL THEN
                    verdicts[entry.request] := 'taken';
                    names[entry.request] := entry.name;
                END IF;
            END IF;
        END LOOP;

        number := 0;
        FOREACH fact IN ARRAY facts LOOP
            number := number + 1;
            places[number] := NULL;
            IF fact.request BETWEEN first AND last AND verdicts[fact.request] IS NULL THEN
                IF fact.version <> fact.before + 1 AND (fact.request, fact.stream, fact.version) IS DISTINCT FROM
                    (facts[number - 1].request, facts[number - 1].stream, facts[number - 1].version + 1) THEN
                    RAISE EXCEPTION 'version % of a stream follows none', fact.version;
                END IF;
                head := head + 1;
                last_at := greatest(last_at, fact.at);
                places[number] := head;
                ends[fact.request] := head;
            END IF;
            times[number] := last_at;
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
                VALUES (entry.name, entry.key, entry.stream, coalesce(ends[entry.request], head)) ON CONFLICT DO NOTHING;
            END IF;
        END LOOP;
        INSERT INTO record.idempotency (person, key, fingerprint, stream, version, position, extra)
        SELECT r.person, r.key, r.fingerprint, r.stream, r.version, coalesce(ends[r.request], head), r.extra
          FROM unnest(replies) r
         WHERE r.request BETWEEN first AND last AND verdicts[r.request] IS NULL;

        first := last + 1;
    END LOOP;

    NOTIFY facts;
    position := head;
    IF verdicts IS NOT NULL THEN
        refused := (SELECT json_agg(json_build_array(n, verdicts[n], names[n]) ORDER BY n)
                      FROM generate_series(1, requests) n WHERE verdicts[n] IS NOT NULL);
    END IF;
END $$;
REVOKE ALL ON FUNCTION record.append FROM PUBLIC;

-- record.append_one: takes a lone request of one fact that has a time and comes without entries.
--
-- It answers where the fact stands now, or NULL: nothing was written, and record.append is to be asked, which says why or
-- does it (the first fact of a record, for one). `person` to `extra` are its reply; without one, `key` is NULL.
--
-- The rules are those of record.append, a second time, as the conditions of one statement: PostgreSQL prepares each
-- expression of a function anew in every transaction, so that a lone request costs half as much again there, and would here
-- if both called what they have in common. tests/infra/store/test_append_one.py asks both the same at random.

CREATE OR REPLACE FUNCTION record.append_one(
    stream uuid,
    version bigint,
    topic text,
    state bytea,
    at bigint,
    seen record.seen[],
    counted record.counted[],
    person uuid,
    key text,
    fingerprint bytea,
    extra bytea
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    place bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7020101100);  -- the statement after this one sees all that was appended before
    WITH stored AS (
        INSERT INTO record.facts AS f (position, originator_id, originator_version, topic, state)
        SELECT head.position + 1, stream, version, topic, overlay(state PLACING int8send(greatest(
                   at, ('x' || encode(substr(head.state, 2, 8), 'hex'))::bit(64)::bigint
               )) FROM 2 FOR 8)
          FROM (SELECT h.position, h.state FROM record.facts h ORDER BY h.position DESC LIMIT 1) AS head
         WHERE current_setting('transaction_isolation') = 'read committed'
           AND at <= date_part('epoch', clock_timestamp() + interval '10 minutes') * 1000000
           AND version - 1 = coalesce((
               SELECT o.originator_version FROM record.facts o
                WHERE o.originator_id = stream AND o.originator_version >= version - 1
                ORDER BY o.originator_version DESC LIMIT 1
           ), 0)
           AND NOT EXISTS (
               SELECT FROM unnest(seen) AS s WHERE s.version IS DISTINCT FROM coalesce((
                   SELECT o.originator_version FROM record.facts o
                    WHERE o.originator_id = s.stream AND o.originator_version >= s.version
                    ORDER BY o.originator_version DESC LIMIT 1
               ), 0)
           )
           AND NOT EXISTS (
               SELECT FROM unnest(counted) AS c
                WHERE c.streams IS DISTINCT FROM (SELECT count(*) FROM record.links l WHERE l.name = c.name AND l.key = c.key)
           )
           AND NOT EXISTS (SELECT FROM record.idempotency i WHERE i.person = person AND i.key = key)
        RETURNING f.position
    ), answer AS (
        INSERT INTO record.idempotency (person, key, fingerprint, stream, version, position, extra)
        SELECT person, key, fingerprint, stream, version, s.position, extra FROM stored s WHERE key IS NOT NULL
    )
    SELECT s.position INTO place FROM stored s;
    IF FOUND THEN
        NOTIFY facts;
    END IF;
    RETURN place;
END $$;
REVOKE ALL ON FUNCTION record.append_one FROM PUBLIC;
