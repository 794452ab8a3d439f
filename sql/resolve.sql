-- Promised: many incidents are resolved by one call, and one that cannot be does
-- not stop the others.
\set ECHO none
\i test/prelude.sql
SELECT pg_temp.deploy(process, '<startEvent id="s"/><exclusiveGateway id="g"/><userTask id="y"/><serviceTask id="a" bpm:type="resolve-job"
	bpm:retries="1"/><serviceTask id="b" bpm:type="resolve-job" bpm:retries="1"/><userTask id="z"/>',
	's>g; g>y if ok; g>z if not(ok); s>a; s>b; y>z') FROM unnest('{resolve_one,resolve_two}'::text[]) AS process;
-- Four instances of each with three incidents: at a gateway, and of two jobs.
CREATE FUNCTION pg_temp.broken() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC
	SELECT concat_ws(' ', i.process, n.element, n.kind, count(*)) FROM bpm.incident n JOIN bpm.instance i ON i.id = n.instance
	WHERE n.resolved_at IS NULL GROUP BY i.process, n.element, n.kind ORDER BY i.process, n.element;
END;
SELECT count(bpm.start(process, jsonb_build_object('n', n))) FROM unnest('{resolve_one,resolve_two}'::text[]) AS process, generate_series(1, 4) AS n;
SELECT count(bpm.fail_job(id, 'no')) FROM bpm.job;
SELECT pg_temp.broken();

-- Of one process, one element, one kind, or all.
SELECT bpm.resolve_all('resolve_one', 'a');
SELECT pg_temp.broken();
SELECT state, retries, count(*) FROM bpm.job GROUP BY 1, 2 ORDER BY 1;
SELECT bpm.resolve_all('resolve_one', kind => 'job', retries => 7);
SELECT state, retries, count(*) FROM bpm.job GROUP BY 1, 2 ORDER BY 1, 2;
SELECT bpm.resolve_all('nothing'), bpm.resolve_all('resolve_one', 'z'), bpm.resolve_all('resolve_one', kind => 'none');

-- What is tried again may fail again: that is a new incident, and the old one is resolved.
SELECT bpm.resolve_all('resolve_two', 'g');
SELECT pg_temp.broken();

-- Suspended instances are passed over; an error in one of them does not stop the others.
SELECT count(bpm.set_variables(id, '{"ok": false}')) FROM bpm.instance WHERE state = 'active';
SELECT bpm.suspend(min(id)) FROM bpm.instance WHERE process = 'resolve_two';
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.instance = (SELECT max(id) FROM bpm.instance WHERE process = 'resolve_two') THEN
		RAISE EXCEPTION 'not this one';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON bpm.task FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse();
SET client_min_messages = error;		-- the warning names an id
SELECT bpm.resolve_all('resolve_two', 'g');
RESET client_min_messages;
DROP TRIGGER refuse ON bpm.task;
SELECT pg_temp.broken();
SELECT bpm.resume(min(id)) FROM bpm.instance WHERE process = 'resolve_two';
SELECT bpm.resolve_all(NULL);
SELECT pg_temp.broken();
SELECT bpm.resolve_all(NULL);

SELECT pg_temp.raises('SELECT bpm.resolve_all(NULL, retries => 0)'), pg_temp.raises('SELECT bpm.resolve_all(NULL, retries => NULL)');

-- Every invariant holds.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
