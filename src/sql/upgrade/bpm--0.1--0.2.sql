\echo Use "ALTER EXTENSION bpm UPDATE" to load this file. \quit

-- What becomes of tables, and what goes.  Functions, views and comments follow: the Makefile puts those of src/sql
-- behind.

ALTER TABLE bpm.saga
	ADD CONSTRAINT saga_undone_once CHECK ((state = 'compensated') = (compensated_at IS NOT NULL)),
	ADD CONSTRAINT saga_at_work CHECK (CASE state
		WHEN 'compensating' THEN token IS NOT NULL WHEN 'failed' THEN true ELSE token IS NULL END);
CREATE INDEX saga_done ON bpm.saga (instance, scope, seq) WHERE state = 'done';
CREATE UNIQUE INDEX saga_handler ON bpm.saga (token) WHERE token IS NOT NULL;

-- Who compensates remembers how far that has come: the place in the log, and how many handlers are at work.  One that
-- entered no element is there for nothing else (-1); any other goes on behind its event.
UPDATE bpm.token t SET data = jsonb_strip_nulls(jsonb_build_object(
	'levels', format('%s/%s', data ->> 'scope', data ->> 'until'), 'element', data -> 'element',
	'parallel', data -> 'parallel', 'at_work', (SELECT count(*) FROM bpm.saga s
		WHERE s.thrower = t.id AND s.token IS NOT NULL),
	'event', CASE WHEN EXISTS (SELECT FROM bpm.event e WHERE e.instance = t.instance AND e.token = t.id
		AND e.kind = 'element_entered') THEN 0 ELSE -1 END))
WHERE kind = 'compensation' AND data ? 'scope';

-- What has come to a join is told in bits.
CREATE FUNCTION bpm.in_bits(arrivals integer[]) RETURNS bit varying LANGUAGE sql STRICT AS
	$$ SELECT string_agg(repeat('1', n), '0' ORDER BY flow)::varbit
		FROM unnest(arrivals) WITH ORDINALITY AS f(n, flow) $$;
ALTER TABLE bpm.token ALTER COLUMN arrivals TYPE bit varying USING bpm.in_bits(arrivals);
DROP FUNCTION bpm.in_bits(integer[]);

-- The items of a loop are lists: 32 inputs in a row, the results as they come.
ALTER TABLE bpm.item RENAME TO item_alone;
ALTER TABLE bpm.item_alone RENAME CONSTRAINT item_pkey TO item_alone_pkey;
CREATE TABLE bpm.item (
	token			bigint NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('input', 'output')),
	position		bigint NOT NULL,
	items			jsonb NOT NULL CHECK (jsonb_typeof(items) = 'array'),
	PRIMARY KEY (token, kind, position)
);
COMMENT ON TABLE bpm.item IS 'what goes into and comes out of the iterations of multi-instance activities';
SELECT pg_catalog.pg_extension_config_dump('bpm.item', '');
INSERT INTO bpm.item (token, kind, position, items)
	SELECT token, 'output', position, jsonb_build_array(output) FROM bpm.item_alone WHERE output IS NOT NULL
	UNION ALL
	SELECT place.token, 'input', (n - 1) / 32 * 32 + 1, jsonb_agg(i.input ORDER BY n)
	FROM (SELECT token, generate_series((min(position) - 1) / 32 * 32 + 1, max(position)) AS n
			FROM bpm.item_alone WHERE input IS NOT NULL GROUP BY token) AS place
		LEFT JOIN bpm.item_alone i ON i.token = place.token AND i.position = n
	GROUP BY place.token, (n - 1) / 32;
ALTER EXTENSION bpm DROP TABLE bpm.item_alone;
DROP TABLE bpm.item_alone;

-- Events are packed: those of one instance that have moment and actor in common are a row, 64 of them at the most.
-- What became of tokens they do not tell: JSON null says so to bpm.state_at().
CREATE TABLE bpm.log (
	instance		bigint NOT NULL,
	seq				bigint NOT NULL,
	at				timestamptz NOT NULL,
	actor			text NOT NULL,
	segment			integer NOT NULL DEFAULT 0,
	kinds			smallint[] NOT NULL,
	tokens			bigint[],
	elements		text[],
	data			jsonb[],
	moves			jsonb[]
) PARTITION BY LIST (segment);
COMMENT ON TABLE bpm.log IS
'the events of bpm.event as they are stored: what one call did to an instance, packed into one row or, if it was much, '
'several; only ever appended to';
CREATE INDEX log_instance ON bpm.log (instance);
CREATE TABLE bpm.log_0 PARTITION OF bpm.log FOR VALUES IN (0);
CREATE TABLE bpm.log_1 PARTITION OF bpm.log FOR VALUES IN (1);
CREATE TABLE bpm.log_2 PARTITION OF bpm.log FOR VALUES IN (2);
CREATE TABLE bpm.log_3 PARTITION OF bpm.log FOR VALUES IN (3);
CREATE TABLE bpm.log_4 PARTITION OF bpm.log FOR VALUES IN (4);
CREATE TABLE bpm.log_5 PARTITION OF bpm.log FOR VALUES IN (5);
CREATE TABLE bpm.log_6 PARTITION OF bpm.log FOR VALUES IN (6);
CREATE TABLE bpm.log_7 PARTITION OF bpm.log FOR VALUES IN (7);
SELECT pg_catalog.pg_extension_config_dump('bpm.log_0', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_1', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_2', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_3', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_4', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_5', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_6', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_7', '');
INSERT INTO bpm.log (instance, seq, at, actor, kinds, tokens, elements, data, moves)
	SELECT instance, min(seq), at, actor,
		array_agg(array_position(ARRAY[
			'instance_started', 'instance_completed', 'instance_cancelled', 'instance_failed',
			'instance_suspended', 'instance_resumed', 'element_entered', 'element_completed',
			'element_cancelled', 'flow_taken', 'variables_set', 'job_created',
			'job_completed', 'job_failed', 'task_created', 'task_claimed',
			'task_completed', 'timer_fired', 'message_received', 'signal_received',
			'error_thrown', 'escalation_thrown', 'compensation_started', 'compensation_completed',
			'compensation_failed', 'incident_opened', 'incident_resolved', 'modified',
			'migrated', 'decision_evaluated', 'tokens_moved'], kind)::smallint ORDER BY seq),
		array_agg(token ORDER BY seq), array_agg(element ORDER BY seq), array_agg(data ORDER BY seq),
		array_agg('null'::jsonb)
	FROM (SELECT *, seq - row_number() OVER (PARTITION BY instance, at, actor ORDER BY seq) AS run FROM bpm.event) AS e
	GROUP BY instance, at, actor, run, seq / 64;
ALTER EXTENSION bpm DROP TABLE bpm.event;
DROP TABLE bpm.event;

CREATE TABLE bpm.segment (
	number			integer PRIMARY KEY CHECK (number BETWEEN 0 AND 7),
	opened_at		timestamptz NOT NULL,
	closed_at		timestamptz,
	error			text
);
COMMENT ON TABLE bpm.segment IS
'partitions of bpm.log that hold something; events are written to the one that is not closed, or to log_0';
CREATE UNIQUE INDEX segment_open ON bpm.segment ((closed_at IS NULL)) WHERE closed_at IS NULL;

CREATE TABLE bpm.retention (
	process			text UNIQUE NULLS NOT DISTINCT,
	keep			interval NOT NULL CHECK (keep > '0'),
	set_by			text NOT NULL
);
COMMENT ON TABLE bpm.retention IS
'how long history is kept: that of one process, or (NULL) of all others; no row: for ever';

CREATE TABLE bpm.archive (
	singleton		boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	function		regprocedure NOT NULL,
	search_path		text NOT NULL,
	set_by			text NOT NULL
);
COMMENT ON TABLE bpm.archive IS 'the function that gets the events of a partition of bpm.log before it is emptied';
SELECT pg_catalog.pg_extension_config_dump('bpm.segment', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.retention', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.archive', '');

CREATE TABLE bpm.job_type (
	type			text PRIMARY KEY,
	retries			integer NOT NULL CHECK (retries >= 0),
	backoff			text,
	notify			boolean NOT NULL
);
COMMENT ON TABLE bpm.job_type IS 'what holds for all jobs of a type, where their elements do not say otherwise';
SELECT pg_catalog.pg_extension_config_dump('bpm.job_type', '');
CREATE INDEX incident_open ON bpm.incident (instance, id) WHERE resolved_at IS NULL;
CREATE INDEX timer_definition ON bpm.timer (definition, due_at, id);

-- Functions that have more arguments, or other results, now.
DROP FUNCTION bpm.throw_error(bigint, text, text, jsonb);
DROP FUNCTION bpm.throw_escalation(bigint, text, jsonb);
DROP FUNCTION bpm.unlock_job(bigint);
DROP FUNCTION bpm.extend_job(bigint, interval);
DROP FUNCTION bpm.worker_status();

