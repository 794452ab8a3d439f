-- The floor: what the same bookkeeping costs when it is written by hand.
--
-- Tables with the same columns, constraints, indexes and settings as those of
-- bpm.  Into these, functions of each workload (workload/*.pl) write the very
-- rows that bpm writes.  They know nothing: no model is looked up, nothing is
-- evaluated, decided, checked or permitted.
SET client_min_messages = warning;
CREATE SCHEMA floor;
CREATE SEQUENCE floor.id_seq;
SELECT format('CREATE TABLE floor.%I (LIKE bpm.%1$I INCLUDING ALL)', relname)
	FROM pg_class
	WHERE relnamespace = 'bpm'::regnamespace AND NOT relispartition AND relkind IN ('r', 'p')
		AND relname NOT IN ('definition', 'handler', 'clock') \gexec
SELECT format('ALTER TABLE floor.%I SET (%s)', relname, array_to_string(reloptions, ', '))
	FROM pg_class
	WHERE relnamespace = 'bpm'::regnamespace AND reloptions IS NOT NULL AND relkind = 'r'
		AND relname IN (SELECT tablename FROM pg_tables WHERE schemaname = 'floor') \gexec

-- The log of an instance as bpm has written it once: a floor copies it with new ids.  "tokens" counts those of the
-- instance.
CREATE TABLE floor.script (LIKE bpm.log);
CREATE FUNCTION floor.record(i bigint) RETURNS void LANGUAGE sql AS $$
	INSERT INTO floor.script
		SELECT instance, seq, at, actor, segment, kinds,
				(SELECT array_agg(nullif((SELECT count(DISTINCT token) FROM bpm.event e
							WHERE e.instance = i AND e.token <= t.id), 0) ORDER BY n)
					FROM unnest(tokens) WITH ORDINALITY AS t (id, n)),
				elements, data, moves
			FROM bpm.log WHERE instance = i
$$;

CREATE SCHEMA bench;

-- Waits until the worker has brought something about.
CREATE PROCEDURE bench.wait_until(condition text) LANGUAGE plpgsql AS $$
DECLARE
	fulfilled boolean;
BEGIN
	LOOP
		EXECUTE 'SELECT ' || condition INTO fulfilled;
		EXIT WHEN fulfilled;
		COMMIT;
		PERFORM pg_sleep(0.002);
	END LOOP;
END $$;

-- Calls something n times, in transactions of some thousand calls.
CREATE PROCEDURE bench.fill(call text, calls int) LANGUAGE plpgsql AS $$
BEGIN
	FOR done IN 0..calls - 1 BY 5000 LOOP
		EXECUTE format('SELECT count(%s) FROM generate_series($1, $2) n', call)
			USING done + 1, least(done + 5000, calls);
		COMMIT;
	END LOOP;
END $$;
