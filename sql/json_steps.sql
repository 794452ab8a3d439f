-- Processes as lists of steps: what is done, undone, and left to people.
CREATE FUNCTION pg_temp.outcome(started bigint) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s %s: %s', i.state, coalesce(i.error_code, '-'),
		(SELECT string_agg(e.element, ' ' ORDER BY e.seq) FROM bpm.event e JOIN bpm.definition d ON d.id = i.definition
			WHERE e.instance = i.id AND e.kind = 'element_completed' AND e.element ~ '^(do|undo)_'))
	FROM bpm.instance i WHERE i.id = started
$$;
-- Does all jobs, but throws an error at those of some types and reports others as failed.
CREATE FUNCTION pg_temp.work(instance bigint, errors text[] DEFAULT '{}', failures text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	j record;
BEGIN
	LOOP
		SELECT * INTO j FROM bpm.job WHERE job.instance = work.instance AND state = 'ready' ORDER BY id LIMIT 1;
		EXIT WHEN NOT FOUND;
		IF j.type = ANY (errors) THEN
			PERFORM bpm.throw_error(j.id, 'NO_LUCK', 'it was not to be');
		ELSIF j.type = ANY (failures) THEN
			PERFORM bpm.fail_job(j.id, 'broken', 0);
		ELSE
			PERFORM bpm.complete_job(j.id);
		END IF;
	END LOOP;
END $$;

-- In order, at the same time, and only if.
SELECT key, version FROM bpm.deploy('{"process": "json_saga", "steps": [
	{"do": "do_a", "compensate": "undo_a"},
	{"parallel": [
		{"do": "do_b", "compensate": "undo_b"},
		[{"do": "do_c", "compensate": {"do": "undo_c", "name": "Undo it"}}, {"do": "do_d"}],
		[]
	]},
	{"if": "=more", "do": "do_e", "compensate": "undo_e"},
	{"if": "=more", "then": [{"do": "do_f"}, {"do": "do_g", "compensate": "undo_g"}], "else": {"do": "do_h", "compensate": "undo_h"}},
	{"do": "do_z"}
]}'::jsonb);
SELECT bpm.start('json_saga', '{"more": true}') AS all_well \gset
SELECT pg_temp.work(:all_well);
SELECT pg_temp.outcome(:all_well);
SELECT bpm.start('json_saga', '{"more": false}') AS short \gset
SELECT pg_temp.work(:short);
SELECT pg_temp.outcome(:short);

-- An error, wherever it is thrown, undoes what was done.
SELECT errors, failures, pg_temp.outcome(started) FROM (VALUES
	('{do_a}', '{}'), ('{do_c}', '{}'), ('{do_d}', '{}'), ('{do_g}', '{}'), ('{do_z}', '{}'),
	('{}', '{do_z}')) AS t(errors, failures),
	LATERAL (SELECT bpm.start('json_saga', jsonb_build_object('more', true, 'case', errors)) AS started) AS s,
	LATERAL (SELECT pg_temp.work(started, errors::text[], failures::text[])) AS w;
SELECT variables ->> 'error_code' AS code, variables ->> 'error_message' AS message
	FROM bpm.instance WHERE process = 'json_saga' AND state = 'failed' ORDER BY id DESC LIMIT 2;

-- What undoes fails too: it is an incident until somebody cures or skips it.
SELECT bpm.start('json_saga', '{"more": true}') AS stuck \gset
SELECT pg_temp.work(:stuck, '{do_z}', '{undo_e}');
SELECT element, state FROM bpm.saga WHERE instance = :stuck ORDER BY seq;
SELECT element, kind, message FROM bpm.incident WHERE instance = :stuck AND resolved_at IS NULL;
SELECT bpm.resolve(id) FROM bpm.incident WHERE instance = :stuck AND resolved_at IS NULL;
SELECT pg_temp.work(:stuck);
SELECT pg_temp.outcome(:stuck);

-- With handlers: an async one is tried again, and only then is its failure an error.
CREATE TABLE json_done (what text);
CREATE FUNCTION json_do(what text) RETURNS void BEGIN ATOMIC INSERT INTO json_done VALUES ('do ' || what); END;
CREATE FUNCTION json_undo(what text) RETURNS void BEGIN ATOMIC INSERT INTO json_done VALUES ('undo ' || what); END;
CREATE FUNCTION json_fail(what text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN RAISE EXCEPTION 'no % left', what USING ERRCODE = 'ZZ001'; END $$;
SELECT bpm.handle('json_do', 'json_do'), bpm.handle('json_undo', 'json_undo'), bpm.handle('json_fail', 'json_fail');
SELECT key FROM bpm.deploy('{"process": "json_async", "steps": [
	{"do": "json_do", "inputs": {"what": "one"}, "compensate": {"do": "json_undo", "inputs": {"what": "one"}}},
	{"do": "json_do", "id": "second", "inputs": {"what": "two"}, "compensate": {"do": "json_undo", "inputs": {"what": "two"}}},
	{"do": {"type": "json_fail", "retries": 3, "backoff": "PT1M"}, "inputs": {"what": "seats"}}
]}'::jsonb);
SELECT bpm.set_clock('2030-01-01');
SELECT bpm.start('json_async') AS async \gset
SELECT bpm.tick() AS items;
SELECT type, state, retries FROM bpm.job WHERE instance = :async;
SELECT bpm.advance_clock('1 minute');
SELECT bpm.tick() AS items;
SELECT type, state, retries FROM bpm.job WHERE instance = :async;
SELECT bpm.advance_clock('1 minute');
SELECT bpm.tick() AS items;
SELECT * FROM json_done;
SELECT state, error_code, variables FROM bpm.instance WHERE id = :async;
SELECT kind, element, data ->> 'message' AS message FROM bpm.event
	WHERE instance = :async AND kind IN ('job_failed', 'error_thrown', 'incident_opened') ORDER BY seq;
SELECT bpm.reset_clock();

-- on_failure: an incident, and somebody decides to go back.
SELECT key FROM bpm.deploy('{"process": "json_decide", "on_failure": "incident", "steps": [
	{"do": "do_a", "compensate": "undo_a"}, {"do": "do_b", "compensate": "undo_b"}, {"do": "do_z"}]}'::jsonb);
SELECT bpm.start('json_decide') AS decide \gset
SELECT pg_temp.work(:decide, '{}', '{do_z}');
SELECT element, kind, message FROM bpm.incident WHERE instance = :decide AND resolved_at IS NULL;
SELECT bpm.compensate(:decide);
SELECT pg_temp.work(:decide, '{}', '{do_z}');
SELECT pg_temp.outcome(:decide);
SELECT bpm.cancel(:decide);

-- A step that takes too long has failed.
SELECT key FROM bpm.deploy('{"process": "json_late", "steps": [
	{"do": "do_a", "compensate": {"do": "undo_a", "timeout": "PT1M"}}, {"do": "do_b", "timeout": "PT1H"}]}'::jsonb);
SELECT bpm.set_clock('2030-01-01');
SELECT bpm.start('json_late') AS late \gset
SELECT bpm.complete_job(id) FROM bpm.job WHERE instance = :late;
SELECT bpm.advance_clock('1 hour'), bpm.tick();
SELECT bpm.advance_clock('1 minute'), bpm.tick();
SELECT element, kind, message FROM bpm.incident WHERE instance = :late;
SELECT pg_temp.work(:late), pg_temp.outcome(:late);
SELECT bpm.reset_clock();

-- Where nothing catches the error, on_failure of a job is an incident after all.
SELECT key FROM bpm.deploy('{"process": "json_uncaught", "nodes": [
	{"id": "a", "kind": "serviceTask", "job": {"type": "do_u", "on_failure": "error"}}]}'::jsonb);
SELECT bpm.start('json_uncaught') AS uncaught \gset
SELECT pg_temp.work(:uncaught, '{}', '{do_u}');
SELECT element, kind, message FROM bpm.incident WHERE instance = :uncaught;
SELECT bpm.cancel(:uncaught);

SELECT * FROM bpm.check();
SELECT bpm.unhandle('json_do'), bpm.unhandle('json_undo'), bpm.unhandle('json_fail');
DROP FUNCTION json_do, json_undo, json_fail;
DROP TABLE json_done;
