-- The floor: what the same bookkeeping costs when it is written by hand.
--
-- Tables with the same columns, constraints, indexes and settings as those of
-- bpm, and two PL/pgSQL functions that write into them, for the process
-- bench.bpmn, the very rows that bpm.start and bpm.complete_job write.  They
-- know nothing: no model is looked up, nothing is evaluated, decided, checked
-- or permitted.

\set model `cat bench/bench.bpmn`
SELECT definition FROM bpm.deploy(:'model') \gset

CREATE SCHEMA floor;
CREATE SEQUENCE floor.id_seq;
CREATE TABLE floor.instance (LIKE bpm.instance INCLUDING ALL);
CREATE TABLE floor.token (LIKE bpm.token INCLUDING ALL);
CREATE TABLE floor.job (LIKE bpm.job INCLUDING ALL);
CREATE TABLE floor.event (LIKE bpm.event INCLUDING ALL);
SELECT format('ALTER TABLE floor.%I SET (%s)', relname, array_to_string(reloptions, ', '))
	FROM pg_class
	WHERE relnamespace = 'bpm'::regnamespace AND reloptions IS NOT NULL
		AND relname IN ('instance', 'token', 'job', 'event') \gexec

CREATE FUNCTION floor.start(process text, variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
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
	INSERT INTO floor.event (instance, seq, token, element, kind, at, actor, data) VALUES
		(i, 1, NULL, NULL, 'instance_started', at, current_user, variables),
		(i, 2, t, 'ordered', 'element_entered', at, current_user, NULL),
		(i, 3, t, 'ordered', 'element_completed', at, current_user, NULL),
		(i, 4, t, 'ordered_charge', 'flow_taken', at, current_user, NULL),
		(i, 5, t, 'charge', 'element_entered', at, current_user, NULL),
		(i, 6, t, 'charge', 'job_created', at, current_user, jsonb_build_object('job', j, 'type', 'charge'));
	RETURN i;
END $$;

CREATE FUNCTION floor.complete_job(job bigint, variables jsonb) RETURNS void LANGUAGE plpgsql AS $$
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
	INSERT INTO floor.event (instance, seq, token, element, kind, at, actor, data) VALUES
		(i.id, i.events + 1, j.token, 'charge', 'job_completed', at, current_user, jsonb_build_object('job', j.id)),
		(i.id, i.events + 2, NULL, NULL, 'variables_set', at, current_user, variables),
		(i.id, i.events + 3, j.token, 'charge', 'element_completed', at, current_user, NULL),
		(i.id, i.events + 4, j.token, 'charge_done', 'flow_taken', at, current_user, NULL),
		(i.id, i.events + 5, j.token, 'done', 'element_entered', at, current_user, NULL),
		(i.id, i.events + 6, j.token, 'done', 'element_completed', at, current_user, NULL),
		(i.id, i.events + 7, NULL, NULL, 'instance_completed', at, current_user, NULL);
END $$;

-- How long this backend has been on a processor, in microseconds.
CREATE FUNCTION floor.cpu() RETURNS numeric LANGUAGE sql AS
	$$ SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric / 1000 $$;

-- The processor time of one call, in microseconds, of each verb: n processes
-- started in one transaction and then completed, with nothing else around.
CREATE FUNCTION floor.cost(schema text, n int, OUT start numeric, OUT complete_job numeric) LANGUAGE plpgsql AS $$
DECLARE
	instances bigint[];
	jobs bigint[];
	began numeric;
BEGIN
	began := floor.cpu();
	EXECUTE format('SELECT array_agg(%I.start(''bench'', ''{"amount": 120, "customer": "Ada"}'')) '
		'FROM generate_series(1, %s)', schema, n) INTO instances;
	start := (floor.cpu() - began) / n;
	EXECUTE format('SELECT array_agg(j.id ORDER BY j.id) FROM %I.job j WHERE j.instance = ANY ($1)', schema)
		INTO jobs USING instances;
	began := floor.cpu();
	EXECUTE format('SELECT count(%I.complete_job(job, ''{"charged": true}'')) FROM unnest($1) job', schema)
		USING jobs;
	complete_job := (floor.cpu() - began) / n;
END $$;
