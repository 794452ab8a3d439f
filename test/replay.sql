-- Compares, whenever something has happened to an instance, what bpm.state_at
-- rebuilds from its log with the rows that there are.  For test/t/013_replay.pl.

CREATE SCHEMA replay;
CREATE SEQUENCE replay.compared;
CREATE TABLE replay.difference (process text, seq bigint, log text, rows text);

-- Called for each new row of the log; only after the last one of a call the other rows are what it tells.
CREATE FUNCTION replay.compare() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	last bigint := NEW.seq + cardinality(NEW.kinds) - 1;
BEGIN
	IF last <> (SELECT events FROM bpm.instance WHERE id = NEW.instance) THEN
		RETURN NULL;
	END IF;
	PERFORM nextval('replay.compared');
	INSERT INTO replay.difference
		WITH told (r) AS (
			SELECT s::text FROM bpm.state_at(NEW.instance, last) AS s
		), present (r) AS (
			SELECT ROW(NULL::bigint, NULL::bigint, process, 'process'::text, state, NULL::integer[], variables)::text
				FROM bpm.instance WHERE id = NEW.instance
			UNION ALL
			SELECT ROW(id, parent, element, kind, state, bpm.arrivals(arrivals), variables)::text
				FROM bpm.token WHERE instance = NEW.instance
		)
		SELECT (SELECT process FROM bpm.instance WHERE id = NEW.instance), last, told.r, present.r
			FROM told FULL JOIN present ON told.r = present.r
			WHERE told.r IS NULL OR present.r IS NULL;
	RETURN NULL;
END $$;

-- Thousands of replays of logs with thousands of entries would take minutes and show nothing new.
CREATE TRIGGER replay AFTER INSERT ON bpm.log FOR EACH ROW WHEN (NEW.seq < 2000) EXECUTE FUNCTION replay.compare();
