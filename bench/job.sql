-- The smallest process that waits: start, one job, end; and its floor.
SELECT FROM bpm.deploy('{"process": "bench", "nodes": [
	{"id": "ordered", "kind": "startEvent"}, {"id": "charge", "kind": "serviceTask", "job": "charge"},
	{"id": "done", "kind": "endEvent"}],
	"flows": [{"from": "ordered", "to": "charge"}, {"from": "charge", "to": "done"}]}'::jsonb);

CREATE OR REPLACE FUNCTION floor.start(process text, variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	i bigint := nextval('floor.id_seq');
	t bigint := nextval('floor.id_seq');
	j bigint := nextval('floor.id_seq');
	at timestamptz := now();
BEGIN
	INSERT INTO floor.instance (id, definition, process, version, state, suspended, variables, root, children, events,
			started_at, started_by)
		VALUES (i, 1, process, 1, 'active', false, variables, i, 1, 6, at, current_user);
	INSERT INTO floor.token (id, instance, element, kind, state, children, since)
		VALUES (t, i, 'charge', 'activity', 'waiting', 0, at);
	INSERT INTO floor.job (id, instance, token, element, type, state, retries, priority, failures, created_at)
		VALUES (j, i, t, 'charge', 'charge', 'ready', 3, 0, 0, at);
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data) VALUES
		(i, 1, at, current_user, '{1,7,8,10,7,12}', ARRAY[NULL, t, t, t, t, t],
			'{NULL,ordered,ordered,ordered_charge,charge,charge}',
			ARRAY[variables, NULL, NULL, NULL, NULL, jsonb_build_object('job', j, 'type', 'charge')]);
	RETURN i;
END $$;

CREATE OR REPLACE FUNCTION floor.complete_job(job bigint, variables jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	j floor.job;
	i floor.instance;
	at timestamptz := now();
BEGIN
	SELECT * INTO j FROM floor.job WHERE id = complete_job.job;
	SELECT * INTO i FROM floor.instance WHERE id = j.instance FOR NO KEY UPDATE;
	DELETE FROM floor.job WHERE id = j.id;
	DELETE FROM floor.token WHERE id = j.token;
	UPDATE floor.instance SET state = 'completed', variables = i.variables || complete_job.variables,
			children = 0, events = i.events + 7, ended_at = at
		WHERE id = i.id;
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data) VALUES
		(i.id, i.events + 1, at, current_user, '{13,11,8,10,7,8,2}',
			ARRAY[j.token, NULL, j.token, j.token, j.token, j.token, NULL],
			'{charge,NULL,charge,charge_done,done,done,NULL}',
			ARRAY[jsonb_build_object('job', j.id), variables, NULL, NULL, NULL, NULL, NULL]);
END $$;

-- As a queue is written in SQL, with what a worker needs to know of the job.
CREATE OR REPLACE FUNCTION floor.fetch_jobs(type text, worker text, max_jobs int)
RETURNS TABLE (job bigint, instance bigint, business_key text, process text, version int, element text, retries int,
	variables jsonb, headers jsonb, locked_until timestamptz) LANGUAGE sql AS $$
	WITH claimed AS (
		UPDATE floor.job SET state = 'locked', worker = fetch_jobs.worker, locked_until = now() + interval '5 minutes',
				due_at = now() + interval '5 minutes'
			WHERE id IN (SELECT id FROM floor.job j
				WHERE j.type = fetch_jobs.type AND j.due_at IS NULL
				ORDER BY type, due_at NULLS FIRST, priority DESC, id LIMIT max_jobs FOR UPDATE SKIP LOCKED)
			RETURNING *)
	SELECT c.id, i.id, i.business_key, i.process, i.version, c.element, c.retries, i.variables, c.headers,
			c.locked_until
		FROM claimed c JOIN floor.instance i ON i.id = c.instance
$$;
